//! What happens at the counter all day.

use crate::shop::{STORE, journey};
use anyhow::Result;
use floorbook_tests::desktop::{Album, Clerk, MANAGER, play};
use serde_json::json;

#[test]
fn a_working_day_arrives_complete_and_stands_in_the_day_log() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        app.speak("zh-CN").await?;
        let album = Album::in_folder(&shop.folder.path().join("pictures"))?;
        let logged = play(clerk, 12, &album).await?;

        clerk.opens_day_log().await?;
        let day = clerk.reads_day().await?;
        assert_eq!(app.text("figure-parties").await?, "12", "every visitor counts");
        assert!(logged.iter().all(|visit| day.contains(&visit.id)), "every visit has its row in the day log");

        app.wait_until_sent().await?;
        let rows = shop.hq.export()?;
        assert_eq!(rows.len(), logged.len(), "headquarters has as many");
        for visit in &logged {
            let found: Vec<_> = rows.iter().filter(|row| row["visit"] == json!(visit.id)).collect();
            assert_eq!(found.len(), 1, "once, not twice: {}", visit.id);
            assert_eq!(found[0]["outcome"], json!(visit.outcome), "undo included, the outcome is the last one");
            if let Some(note) = &visit.note {
                assert_eq!(found[0]["note"], json!(note), "the note as it was typed");
            }
        }
        app.quit().await
    });
}

#[test]
fn a_pin_that_is_easy_to_guess_is_refused() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        for easy in ["111111", "123456"] {
            app.click(&format!("clerk-{}", MANAGER.id)).await?;
            clerk.types_pin(easy).await?;
            clerk.types_pin(easy).await?;
            app.wait_for_error("pin_trivial").await?;
        }
        clerk.signs_in(MANAGER, None).await?;
        app.quit().await
    });
}

#[test]
fn a_note_of_a_megabyte_is_refused_and_the_words_before_it_stay() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(1).await?;
        clerk.notes("短短一句").await?;
        app.click("note-open").await?;
        paste_a_megabyte(&app).await?;
        app.wait_for_error("note_too_long").await?;
        app.click("drawer-close").await?;
        assert_eq!(clerk.reads_note().await?, "短短一句", "refused whole, nothing cut, nothing lost");
        clerk.closes(&visit, "buy").await?;
        app.wait_until_sent().await?;
        assert_eq!(shop.hq.export()?[0]["note"], json!("短短一句"), "headquarters has the words that were taken");
        app.quit().await
    });
}

async fn paste_a_megabyte(app: &floorbook_tests::desktop::App) -> Result<()> {
    let paste = "const field = document.querySelector('[data-testid=note]');\
                 field.value = '长'.repeat(1 << 20);\
                 field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));";
    app.ask(paste).await.map(drop)
}
