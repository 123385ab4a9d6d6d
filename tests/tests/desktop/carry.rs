//! What does not go to headquarters by itself: a file that is carried, and records that were set aside.

use crate::shop::{Shop, journey};
use anyhow::{Context, Result, bail};
use floorbook_tests::desktop::{App, Clerk, LOOKS, MANAGER, PATIENCE, SIZES, eventually};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

#[test]
fn a_month_without_a_network_reaches_headquarters_on_a_stick() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        shop.hq.kill();
        let clerk = Clerk::at(&app);
        let first = clerk.welcomes(2).await?;
        clerk.closes(&first, "buy").await?;
        let second = clerk.welcomes(1).await?;
        clerk.locks().await?;
        clerk.signs_in(MANAGER, None).await?;

        usable(&app, "carry").await?;
        app.click("sync-chip").await?;
        app.click("carry-open").await?;
        app.click("carry-make").await?;
        let field = app.wait_for("carry-path").await?;
        let path = field.value().await?.context("a file without a place")?;
        assert!(app.broken_rules().await?.is_empty());
        app.click("carry-close").await?;

        let stick = shop.folder.path().join("stick.sealed");
        fs::copy(&path, &stick)?;
        let said = shop.hq.imports(&stick)?;
        assert!(said.contains(" 0 known already, 0 refused"), "{said}");
        let visits = shop.hq.visits()?;
        assert!([&first, &second].iter().all(|visit| visits.get(*visit) == Some(&1)), "{visits:?}");
        shop.hq.serve()?;
        app.wait_until_sent().await?;
        assert_eq!(shop.hq.visits()?, visits, "none is there twice");
        app.quit().await
    });
}

#[test]
fn a_record_that_headquarters_did_not_take_is_sent_again_once_headquarters_is_mended() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        shop.hq.kill();
        at_headquarters(shop, "INSERT INTO events (device, seq, id, line) VALUES (1, 1, zeroblob(16), '{}')")?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(2).await?;
        shop.hq.serve()?;
        clerk.locks().await?;
        clerk.signs_in(MANAGER, None).await?;
        needs_person(&app, true).await?;

        usable(&app, "aside").await?;
        app.click("sync-chip").await?;
        app.click("aside-open").await?;
        app.wait_for("aside-record").await?;
        shop.hq.kill();
        at_headquarters(shop, "DELETE FROM events WHERE id = zeroblob(16)")?;
        shop.hq.serve()?;
        app.click("aside-again").await?;
        app.wait_for("aside-none").await?;
        app.click("aside-close").await?;
        needs_person(&app, false).await?;
        assert_eq!(shop.hq.visits()?.get(&visit), Some(&1));
        app.quit().await
    });
}

/// Waits until the chip says that somebody is needed, or that nobody is.
async fn needs_person(app: &App, is_needed: bool) -> Result<()> {
    let says = async || {
        let said = app.ask("return document.querySelector('[data-testid=sync-chip]').textContent").await?.to_string();
        if said.contains("要人处理") == is_needed { Ok(Some(())) } else { bail!("it says {said}") }
    };
    eventually("the chip", PATIENCE, says).await
}

/// A dialog of the chip breaks no rule of accessibility and cuts no word, in any look and size. The first look is
/// put on again.
async fn usable(app: &App, dialog: &str) -> Result<()> {
    let mut wrong = vec![];
    for look in LOOKS.into_iter().chain(LOOKS.into_iter().take(1)) {
        app.put_on(look).await?;
        app.click("sync-chip").await?;
        app.click(&format!("{dialog}-open")).await?;
        app.wait_for(dialog).await?;
        for (width, height) in SIZES {
            app.set_size(width, height).await?;
            let name = format!("{} {} {width}x{height}", look.locale, look.theme);
            wrong.extend(app.broken_rules().await?.into_iter().map(|rule| format!("{name}: {rule}")));
            wrong.extend(app.flaws().await?.into_iter().map(|flaw| format!("{name}: {flaw}")));
        }
        app.click(&format!("{dialog}-close")).await?;
        app.click("sync-chip").await?;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Does something to the database of headquarters, which does not serve meanwhile.
fn at_headquarters(shop: &Shop, sql: &str) -> Result<()> {
    let folder: &Path = shop.hq.data();
    let key = fs::read_to_string(folder.join("hq.key"))?;
    let database = Connection::open(folder.join("hq.db"))?;
    database.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.trim()))?;
    database.execute(sql, [])?;
    Ok(())
}
