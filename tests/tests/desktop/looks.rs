//! What the screens look like, and whether everybody can use them.

use crate::shop::{STORE, journey};
use anyhow::Result;
use floorbook_tests::desktop::{App, Clerk, Look, MANAGER, SIZES, fill, tour};

#[test]
fn no_screen_breaks_a_rule_of_accessibility_in_any_language_or_theme() {
    journey(async |shop| {
        let mut broken = vec![];
        let mut look_closely = async |app: &App, name: &str, look: Look| -> Result<()> {
            let rules = app.broken_rules().await?;
            broken.extend(rules.into_iter().map(|rule| format!("{name} {} {}: {rule}", look.locale, look.theme)));
            Ok(())
        };
        let place = (shop.url.as_str(), STORE);
        tour(&shop.desktop, &shop.hq, place, &shop.device(), &mut look_closely).await?;
        assert!(broken.is_empty(), "{} rules broken:\n{}", broken.len(), broken.join("\n"));
        Ok(())
    });
}

#[test]
fn a_busy_floor_neither_scrolls_nor_cuts_a_word_at_any_size_in_any_language_with_any_pack() {
    journey(async |shop| {
        let mut flaws = vec![];
        for pack in ["apparel", "jewellery", "electronics"] {
            shop.hq.add_store(pack, "人民路店", pack)?;
            let app = App::open(&shop.desktop, &shop.folder.path().join(pack)).await?;
            app.pair(&shop.url, &shop.hq.code(pack)?, "收银台 1").await?;
            Clerk::at(&app).signs_in(MANAGER, None).await?;
            fill(Clerk::at(&app)).await?;
            for locale in ["zh-CN", "en"] {
                app.speak(locale).await?;
                for (width, height) in SIZES {
                    app.set_size(width, height).await?;
                    let found = app.flaws().await?;
                    flaws.extend(found.into_iter().map(|flaw| format!("{pack} {locale} {width}x{height}: {flaw}")));
                }
            }
            app.quit().await?;
        }
        assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
        Ok(())
    });
}
