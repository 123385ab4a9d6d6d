//! A machine without a keyring: a phrase opens it, through the window alone.

use crate::shop::{STORE, Shop, journey};
use anyhow::{Context, Result};
use floorbook_tests::desktop::{App, Clerk, MANAGER, PATIENCE, eventually, scan};

const PHRASE: &str = "six grey cats sleep under boats";
const OTHER: &str = "old ships carry green tea home";

#[test]
fn a_machine_without_a_keyring_is_opened_by_a_phrase() {
    journey(async |shop| {
        shop.desktop.hide_keyring(true);
        let app = shop.app().await?;
        app.wait_for_screen("trouble").await?;
        app.wait_for_error("phrase_unset").await?;
        assert_eq!(app.broken_rules().await?, [""; 0]);
        app.click("phrase-propose").await?;
        let proposal = proposed(&app).await?;
        app.type_into("phrase-again", &proposal).await?;
        app.click("phrase-keep").await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        let visit = clerk.welcomes(2).await?;
        clerk.settles().await?;
        app.quit().await?;
        assert_kept_nowhere(shop, &proposal)?;

        let app = shop.app().await?;
        app.wait_for_error("phrase_needed").await?;
        assert_eq!(app.broken_rules().await?, [""; 0]);
        opens(&app, PHRASE).await?;
        app.wait_for_attribute("[data-testid=error]", "data-code", |code| code == "phrase_wrong").await?;
        opens(&app, &proposal.to_uppercase()).await?;
        app.wait_for_screen("lock").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        assert_eq!(clerk.running().await?, [visit.as_str()], "the visit is where it was");
        clerk.closes(&visit, "buy").await?;
        app.wait_until_sent().await?;
        assert_eq!(shop.hq.visits()?.get(&visit), Some(&1), "headquarters takes what this device signs");
        app.quit().await
    });
}

#[test]
fn a_phrase_is_changed_and_a_lost_one_gives_way_to_the_paper() {
    journey(async |shop| {
        shop.desktop.hide_keyring(true);
        let app = shop.app().await?;
        app.wait_for_error("phrase_unset").await?;
        chooses(&app, PHRASE).await?;
        app.ask_to_pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        app.wait_for_screen("recovery").await?;
        let code = app.reads_recovery_code().await?;
        app.click("recovery-later").await?;
        app.wait_for_screen("lock").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        app.click("settings-open").await?;
        app.click("phrase-change").await?;
        chooses(&app, OTHER).await?;
        app.wait_for("phrase-change").await?;
        app.quit().await?;

        let app = shop.app().await?;
        app.wait_for_error("phrase_needed").await?;
        opens(&app, PHRASE).await?;
        app.wait_for_attribute("[data-testid=error]", "data-code", |code| code == "phrase_wrong").await?;
        app.click("phrase-lost").await?;
        assert_eq!(app.broken_rules().await?, [""; 0]);
        app.type_into("phrase-code", &code).await?;
        chooses(&app, PHRASE).await?;
        app.wait_for_screen("lock").await?;
        app.quit().await?;
        assert_kept_nowhere(shop, PHRASE)?;

        let app = shop.app().await?;
        app.wait_for_error("phrase_needed").await?;
        opens(&app, PHRASE).await?;
        app.wait_for_screen("lock").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        app.quit().await
    });
}

#[test]
fn a_keyring_that_comes_later_takes_the_key_over() {
    journey(async |shop| {
        shop.desktop.hide_keyring(true);
        let app = shop.app().await?;
        app.wait_for_error("phrase_unset").await?;
        chooses(&app, PHRASE).await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        let visit = Clerk::at(&app).welcomes(1).await?;
        Clerk::at(&app).settles().await?;
        app.quit().await?;

        shop.desktop.hide_keyring(false);
        let app = shop.app().await?;
        app.wait_for_error("phrase_needed").await?;
        assert!(shop.desktop.keyring().secret()?.is_none(), "no new key was made for an old database");
        opens(&app, PHRASE).await?;
        app.wait_for_screen("lock").await?;
        app.quit().await?;
        assert!(shop.desktop.keyring().secret()?.is_some() && !shop.device().join("root.sealed").exists());

        let app = shop.app().await?;
        app.wait_for_screen("lock").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        assert_eq!(Clerk::at(&app).running().await?, [visit], "the visit is where it was");
        app.quit().await
    });
}

/// The proposal, once it stands in the field.
async fn proposed(app: &App) -> Result<String> {
    let read = "return document.querySelector('[data-testid=phrase-new]').value || null";
    let read = async || Ok(app.ask(read).await?.as_str().map(str::to_owned));
    eventually("a proposal", PATIENCE, read).await
}

async fn chooses(app: &App, phrase: &str) -> Result<()> {
    app.type_into("phrase-new", phrase).await?;
    app.type_into("phrase-again", phrase).await?;
    app.click("phrase-keep").await
}

async fn opens(app: &App, phrase: &str) -> Result<()> {
    app.type_into("phrase-typed", phrase).await?;
    app.click("phrase-open").await
}

fn assert_kept_nowhere(shop: &Shop, phrase: &str) -> Result<()> {
    let start = phrase.rsplit_once(' ').context("more than one word")?.0.to_owned();
    assert!(!shop.desktop.logs().contains(&start), "no log holds the phrase");
    for folder in [shop.device(), shop.desktop.home()] {
        assert_eq!(scan(&folder, &[phrase.to_owned(), start.clone()])?, [], "no file holds the phrase");
    }
    Ok(())
}
