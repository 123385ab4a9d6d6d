//! The power goes, or somebody ends the program.

use crate::shop::journey;
use floorbook_tests::desktop::Clerk;
use serde_json::json;

#[test]
fn a_kill_in_the_middle_of_a_visit_loses_no_tap() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(2).await?;
        let tags = [("age", "a35"), ("zones", "newin"), ("attention", "coat"), ("gesture", "try"), ("interest", "3")];
        for (group, code) in tags {
            clerk.taps(group, code).await?;
        }
        clerk.notes("想等儿子一起来看").await?;
        clerk.settles().await?;
        app.kill().await?;

        let app = shop.app_again().await?;
        let clerk = Clerk::at(&app);
        assert_eq!(clerk.running().await?, std::slice::from_ref(&visit), "the visit still runs, and only once");
        clerk.turns_to(&visit).await?;
        for (group, code) in tags {
            clerk.sees(group, code).await?;
        }
        assert_eq!(clerk.reads_note().await?, "想等儿子一起来看", "the note is the one typed before");

        clerk.closes(&visit, "buy").await?;
        app.wait_until_sent().await?;
        let rows = shop.hq.export()?;
        assert_eq!(rows.len(), 1, "one visit, whatever happened to the program");
        assert_eq!(rows[0]["interest"], json!("3"), "what was tapped before the kill is at headquarters");
        app.quit().await
    });
}
