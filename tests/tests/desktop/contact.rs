//! A visitor leaves a contact through the window, and asks for it later.

use crate::shop::{STORE, Shop, journey};
use anyhow::{Result, ensure};
use floorbook_tests::desktop::{App, Clerk, LI, MANAGER, Visitor, scan};
use thirtyfour::Key;

pub(crate) const PHONE: &str = "13800138000";

#[test]
fn a_visitor_leaves_a_contact_and_has_it_erased_again() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(1).await?;
        let visitor = Visitor::takes_screen(clerk).await?;
        visitor.types(PHONE).await?;
        app.wait_for_error("consent_missing").await?;
        let code = visitor.agrees().await?;
        visitor.hands_back().await?;

        clerk.signs_in(LI, None).await?;
        clerk.turns_to(&visit).await?;
        clerk.sees_contact("•••• 8000").await?;
        app.wait_until_sent().await?;
        let kept = shop.hq.contacts()?;
        ensure!(kept == [(code.clone(), "kept".to_owned())], "headquarters has {kept:?}");
        no_trace(shop, "while it is kept")?;

        clerk.locks().await?;
        clerk.signs_in(MANAGER, None).await?;
        clerk.looks_for_contact(MANAGER, &code).await?;
        let copy = clerk.reads_copy().await?;
        ensure!(copy.pointer("/card/phone").and_then(|phone| phone.as_str()) == Some("+8613800138000"), "{copy}");
        clerk.erases_contact().await?;
        clerk.looks_for_contact(MANAGER, PHONE).await?;
        app.wait_for("rights-none").await?;
        app.click("settings-close").await?;
        clerk.turns_to(&visit).await?;
        clerk.sees_contact("联系方式").await?;
        app.wait_until_sent().await?;
        let kept = shop.hq.contacts()?;
        ensure!(kept == [(code, "erased".to_owned())], "headquarters has {kept:?}");
        app.quit().await?;
        no_trace(shop, "after all")
    });
}

#[test]
fn nothing_else_is_reached_while_a_visitor_has_the_screen() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(1).await?;
        let visitor = Visitor::takes_screen(clerk).await?;
        for gone in ["lock", "tab-daylog", "settings-open", "sync-chip", "size-1", "clerk-c01", "pin-1", "undo"] {
            ensure!(!app.shows(gone).await?, "{gone} is in reach");
        }
        for key in ['1', '2', 'b', '/', '?', '@'] {
            app.strike(key).await?;
        }
        for key in [Key::Escape, Key::F5, Key::F11] {
            app.strike(key).await?;
        }
        ensure!(app.screen().await? == "turned" && app.count("dialog").await? == 0, "no key leads anywhere");
        visitor.types(PHONE).await?;
        app.wait_for_error("consent_missing").await?;
        visitor.hands_back().await?;
        clerk.signs_in(LI, None).await?;
        ensure!(clerk.running().await? == [visit.as_str()], "no key of theirs wrote anything");
        clerk.sees_contact("联系方式").await?;

        Visitor::takes_screen(clerk).await?.types(PHONE).await?;
        app.wait_for_error("consent_missing").await?;
        app.kill().await?;
        no_trace(shop, "killed in their hands")?;
        let app = shop.app().await?;
        app.wait_for_screen("lock").await?;
        no_contact_reached_headquarters(shop, &app).await?;
        app.quit().await
    });
}

async fn no_contact_reached_headquarters(shop: &Shop, app: &App) -> Result<()> {
    Clerk::at(app).signs_in(LI, None).await?;
    app.wait_until_sent().await?;
    let kept = shop.hq.contacts()?;
    ensure!(kept.is_empty(), "{STORE} left {kept:?}");
    Ok(())
}

/// The number of [`PHONE`] stands in no file, however it is written.
pub(crate) fn no_trace(shop: &Shop, when: &str) -> Result<()> {
    let texts = [PHONE, "138 0013 8000", "138-0013-8000"].map(str::to_owned);
    for folder in [shop.device(), shop.desktop.home(), shop.hq.data().to_path_buf()] {
        let hits = scan(&folder, &texts)?;
        ensure!(hits.is_empty(), "{when}: {hits:?}");
    }
    ensure!(!shop.desktop.logs().contains(PHONE), "{when}: a log holds it");
    Ok(())
}
