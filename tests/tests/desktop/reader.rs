//! A whole visit told by somebody who cannot see the window: everything is found by its role and its name in the
//! accessible tree, and pressed there.

use crate::shop::journey;
use crate::tree::{Role, Tree};
use floorbook_tests::desktop::Clerk;
use serde_json::json;

#[test]
fn a_visit_can_be_told_through_the_accessible_tree_alone() {
    journey(async |shop| {
        shop.desktop.admit_readers()?;
        let app = shop.app_in_use().await?;
        app.speak("zh-CN").await?;
        let tree = Tree::on(shop.desktop.bus())?;

        tree.press(Role::Button, "进店 2 人")?;
        for name in ["中青年", "通勤", "伴侣", "新品台", "女装", "试衣间", "外套", "试穿", "需求明确"]
        {
            tree.press(Role::Toggle, name)?;
            tree.hears_on(name)?;
        }
        tree.press(Role::Button, "未购离店")?;
        tree.press(Role::Toggle, "无尺码")?;

        app.wait_until_sent().await?;
        let rows = shop.hq.export()?;
        assert_eq!(rows.len(), 1, "one visit");
        let told =
            [("age", "a35"), ("style", "commute"), ("company", "partner"), ("interest", "3"), ("outcome", "none")];
        for (column, code) in told {
            assert_eq!(rows[0][column], json!(code), "{column} as it was pressed");
        }
        let told =
            [("zones", "newin"), ("zones", "fit"), ("attention", "coat"), ("gesture", "try"), ("reasons", "size")];
        for (column, code) in told {
            assert!(rows[0][column].to_string().contains(code), "{column} as it was pressed: {:?}", rows[0]);
        }
        Clerk::at(&app).opens_day_log().await?;
        assert_eq!(app.text("figure-parties").await?, "1", "and the day log counts it");
        app.quit().await
    });
}
