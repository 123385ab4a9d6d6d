//! Starts that must not guess.

use crate::shop::journey;
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_tests::desktop::{Clerk, database};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_lost_key_is_said_and_the_database_is_left_alone() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let visit = Clerk::at(&app).welcomes(1).await?;
        Clerk::at(&app).settles().await?;
        app.quit().await?;

        let entry = shop.desktop.keyring().take()?;
        let before = bytes_of(&shop.device())?;
        let app = shop.app().await?;
        app.wait_for_screen("trouble").await?;
        app.wait_for_error("key_lost").await?;
        app.click("trouble-retry").await?;
        app.wait_for_error("key_lost").await?;
        assert_eq!(bytes_of(&shop.device())?, before, "nothing on the disk has changed");
        assert!(shop.desktop.keyring().secret()?.is_none(), "no new key was made for an old database");

        shop.desktop.keyring().put_back(&entry)?;
        app.click("trouble-retry").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(floorbook_tests::desktop::LI, None).await?;
        assert_eq!(clerk.running().await?, [visit], "the visit is where it was");
        app.quit().await
    });
}

#[test]
fn a_keyring_with_something_else_in_it_is_said_and_nothing_is_changed() {
    journey(async |shop| {
        shop.app_in_use().await?.quit().await?;
        let entry = shop.desktop.keyring().take()?;
        let before = bytes_of(&shop.device())?;
        for (secret, code) in [(with_another_key(entry.secret())?, "key_mismatch"), ("x".into(), "keyring_missing")] {
            let other = entry.holding(&secret);
            shop.desktop.keyring().put_back(&other)?;
            let app = shop.app().await?;
            app.wait_for_screen("trouble").await?;
            app.wait_for_error(code).await?;
            app.quit().await?;
            assert_eq!(bytes_of(&shop.device())?, before, "{code}: not one byte of the database");
            assert_eq!(shop.desktop.keyring().secret()?.as_deref(), Some(other.secret()), "{code}: nor the keyring");
        }
        shop.desktop.keyring().put_back(&entry)?;
        let app = shop.app_again().await?;
        app.quit().await
    });
}

#[test]
fn a_locked_keyring_is_said_and_nothing_is_changed() {
    journey(async |shop| {
        shop.app_in_use().await?.quit().await?;
        let before = bytes_of(&shop.device())?;
        shop.desktop.keyring().lock()?;
        let app = shop.app().await?;
        app.wait_for_screen("trouble").await?;
        app.wait_for_error("keyring_locked").await?;
        app.quit().await?;
        assert_eq!(bytes_of(&shop.device())?, before, "not one byte of the database");
        Ok(())
    });
}

/// The same item of a keyring with another key of the database in it, in the form in which it stands there.
fn with_another_key(secret: &str) -> Result<String> {
    let other = |item: &[u8]| -> Result<String> {
        let mut item: Value = serde_json::from_slice(item)?;
        let key = item.get_mut("db_key").context("a key")?;
        *key = STANDARD.encode([7; 32]).into();
        Ok(item.to_string())
    };
    match STANDARD.decode(secret.trim()) {
        Ok(item) => Ok(STANDARD.encode(other(&item)?)),
        Err(_) => other(secret.as_bytes()),
    }
}

#[test]
fn a_second_start_on_the_same_data_is_refused_and_the_first_goes_on() {
    journey(async |shop| {
        let first = shop.app_in_use().await?;
        let second = shop.app().await?;
        second.wait_for_screen("trouble").await?;
        second.wait_for_error("already_running").await?;

        let clerk = Clerk::at(&first);
        let visit = clerk.welcomes(1).await?;
        clerk.closes(&visit, "buy").await?;
        first.wait_until_sent().await?;
        assert_eq!(shop.hq.visits()?.get(&visit), Some(&1), "the first one works as if nothing had happened");

        first.quit().await?;
        second.click("trouble-retry").await?;
        second.wait_for_screen("lock").await?;
        second.quit().await
    });
}

fn bytes_of(device: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    database(device)?.into_iter().map(|file| Ok((file.clone(), fs::read(file)?))).collect()
}
