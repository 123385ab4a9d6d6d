//! The floor goes on while the key is away, and headquarters gets what was logged once it is back.

use crate::shop::{STORE, journey};
use anyhow::{Context, Result};
use floorbook_tests::desktop::{App, Clerk, LI, MANAGER, PATIENCE, eventually, scan};
use std::fs;

const NOTE: &str = "想要珊瑚色的围巾配灰外套";

#[test]
fn what_is_logged_while_the_key_is_lost_reaches_headquarters_once_it_is_back() {
    journey(async |shop| {
        shop.app_in_use().await?.quit().await?;
        let entry = shop.desktop.keyring().take()?;

        let app = shop.app().await?;
        app.wait_for_error("key_lost").await?;
        goes_on(&app).await?;
        let clerk = Clerk::at(&app);
        let first = clerk.welcomes(2).await?;
        clerk.notes(NOTE).await?;
        clerk.settles().await?;
        app.kill().await?;

        let app = shop.app().await?;
        app.wait_for_error("key_lost").await?;
        goes_on(&app).await?;
        let clerk = Clerk::at(&app);
        assert!(clerk.running().await?.is_empty(), "what was logged is not shown after a restart");
        let second = clerk.welcomes(1).await?;
        clerk.closes(&second, "buy").await?;
        clerk.settles().await?;
        for folder in [shop.device(), shop.desktop.home()] {
            assert_eq!(scan(&folder, &[NOTE.to_owned()])?, [], "nothing of it stands on the disk in clear");
        }

        shop.desktop.keyring().put_back(&entry)?;
        app.click("key-away-retry").await?;
        app.wait_for_screen("lock").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(LI, None).await?;
        assert!(!app.shows("key-away").await?);
        app.wait_until_sent().await?;
        let visits = shop.hq.visits()?;
        for visit in [&first, &second] {
            assert_eq!(visits.get(visit), Some(&1), "each visit once: {visits:?}");
        }
        app.quit().await
    });
}

#[test]
fn while_the_keyring_stays_locked_the_floor_goes_on() {
    journey(async |shop| {
        shop.app_in_use().await?.quit().await?;
        shop.desktop.keyring().lock()?;
        let app = shop.app().await?;
        app.wait_for_error("keyring_locked").await?;
        goes_on(&app).await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(3).await?;
        app.click("key-away-retry").await?;
        let is_answered = async || Ok(app.text("key-away").await?.contains("仍然打不开").then_some(()));
        eventually("the answer", PATIENCE, is_answered).await?;
        assert_eq!(clerk.running().await?, [visit], "the clerk is where they were");
        app.quit().await
    });
}

#[test]
fn beside_a_damaged_database_the_floor_goes_on_and_a_device_begun_anew_brings_all_of_it() {
    journey(async |shop| {
        shop.app_in_use().await?.quit().await?;
        let app = shop.app_again().await?;
        shop.hq.kill();
        let clerk = Clerk::at(&app);
        let before = clerk.welcomes(2).await?;
        clerk.settles().await?;
        clerk.notes(NOTE).await?;
        clerk.settles().await?;
        app.kill().await?;
        let log = shop.device().join("floorbook.db-wal");
        let mut bytes = fs::read(&log)?;
        let last = bytes.len().checked_sub(2_000).context("the log holds what was tapped")?;
        *bytes.get_mut(last).context("a byte of it")? ^= 1;
        fs::write(&log, bytes)?;

        let app = shop.app().await?;
        app.wait_for_error("database_damaged").await?;
        goes_on(&app).await?;
        let clerk = Clerk::at(&app);
        let meanwhile = clerk.welcomes(1).await?;
        clerk.settles().await?;
        app.click("key-away-retry").await?;
        app.wait_for_error("database_damaged").await?;

        shop.hq.serve()?;
        app.click("trouble-anew").await?;
        app.click("trouble-anew-sure").await?;
        app.wait_for_screen("setup").await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        app.wait_until_sent().await?;
        let visits = shop.hq.visits()?;
        for visit in [&before, &meanwhile] {
            assert_eq!(visits.get(visit), Some(&1), "each visit once: {visits:?}");
        }
        app.quit().await
    });
}

/// A code is enough, and there is no PIN to type.
async fn goes_on(app: &App) -> Result<()> {
    app.click("trouble-go-on").await?;
    app.wait_for_screen("lock").await?;
    app.wait_for("key-away").await?;
    app.click(&format!("clerk-{}", LI.id)).await?;
    app.wait_for_screen("floor").await
}
