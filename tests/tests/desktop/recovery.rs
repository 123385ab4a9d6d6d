//! The way back when the keyring has lost the key: through the window alone, with a piece of paper.

use crate::shop::{STORE, journey};
use anyhow::{Context, Result};
use floorbook_tests::desktop::{App, Clerk, MANAGER, PATIENCE, eventually, scan};

#[test]
fn the_code_on_paper_brings_the_log_back_after_the_keyring_lost_its_key() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.ask_to_pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        app.wait_for_screen("recovery").await?;
        let code = app.reads_recovery_code().await?;
        let tail = last_two(&code)?;
        types_back(&app, &slipped(tail)).await?;
        app.wait_for_error("recovery_mistyped").await?;
        types_back(&app, tail).await?;
        app.wait_for_screen("lock").await?;

        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        let visit = clerk.welcomes(2).await?;
        clerk.settles().await?;
        let logs = shop.desktop.logs();
        app.quit().await?;
        for word in [code.as_str(), tail] {
            assert!(!logs.contains(word), "no log holds the code");
            for folder in [shop.device(), shop.desktop.home()] {
                assert_eq!(scan(&folder, &[word.to_owned(), word.replace('-', "")])?, [], "no file holds the code");
            }
        }

        shop.desktop.keyring().take()?;
        let app = shop.app().await?;
        app.wait_for_screen("trouble").await?;
        app.wait_for_error("key_lost").await?;
        recovers(&app, &format!("{}{}", head(&code)?, slipped(tail))).await?;
        app.wait_for_attribute("[data-testid=error]", "data-code", |shown| shown == "recovery_mistyped").await?;
        assert!(shop.desktop.keyring().secret()?.is_none(), "a slip of the pen puts nothing into the keyring");
        recovers(&app, &code).await?;
        app.wait_for_screen("lock").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        assert_eq!(clerk.running().await?, [visit.as_str()], "the visit is where it was");
        clerk.closes(&visit, "buy").await?;
        app.wait_until_sent().await?;
        assert_eq!(shop.hq.visits()?.get(&visit), Some(&1), "headquarters still takes what this device signs");
        app.quit().await?;

        let app = shop.app().await?;
        let clerk = Clerk::at(&app);
        clerk.chooses_new_pin(MANAGER, "864209").await?;
        app.type_into("approve-code", &code).await?;
        app.click("approve-code-send").await?;
        app.wait_for_screen("floor").await?;
        app.quit().await
    });
}

#[test]
fn a_new_key_is_made_at_the_next_start_and_the_paper_stays_good() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.ask_to_pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        app.wait_for_screen("recovery").await?;
        let code = app.reads_recovery_code().await?;
        types_back(&app, last_two(&code)?).await?;
        app.wait_for_screen("lock").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        let visit = clerk.welcomes(2).await?;
        clerk.settles().await?;
        app.click("settings-open").await?;
        app.click("key-renew").await?;
        app.wait_for("key").await?;
        eventually("the answer", PATIENCE, async || Ok((!app.shows("key-renew").await?).then_some(()))).await?;
        app.quit().await?;

        let old = shop.desktop.keyring().secret()?;
        let app = shop.app().await?;
        app.wait_for_screen("lock").await?;
        assert_ne!(shop.desktop.keyring().secret()?, old, "the keyring has another key");
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        assert_eq!(Clerk::at(&app).running().await?, [visit.as_str()], "under it everything is there");
        app.quit().await?;

        shop.desktop.keyring().take()?;
        let app = shop.app().await?;
        app.wait_for_error("key_lost").await?;
        recovers(&app, &code).await?;
        app.wait_for_screen("lock").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        assert_eq!(Clerk::at(&app).running().await?, [visit.as_str()], "the paper knows the new key");
        app.quit().await
    });
}

async fn types_back(app: &App, tail: &str) -> Result<()> {
    app.type_into("recovery-tail", tail).await?;
    app.click("recovery-tail-send").await
}

async fn recovers(app: &App, code: &str) -> Result<()> {
    app.type_into("recover-code", code).await?;
    app.click("recover-code-send").await
}

/// The last two groups, and everything before them.
fn last_two(code: &str) -> Result<&str> {
    code.strip_prefix(head(code)?).context("a code begins with its head")
}

fn head(code: &str) -> Result<&str> {
    code.get(..code.len().saturating_sub("ABCDE-FGHJK".len())).context("letters of one byte")
}

/// The same with its first letter misread.
fn slipped(tail: &str) -> String {
    let first = if tail.starts_with('7') { "8" } else { "7" };
    format!("{first}{}", tail.get(1..).unwrap_or_default())
}
