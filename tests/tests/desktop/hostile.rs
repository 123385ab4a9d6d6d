//! Text that has broken other programs is text in every view of the window.

use crate::shop::journey;
use anyhow::{Context, Result, ensure};
use floorbook_tests::desktop::{App, Clerk, LI, MANAGER};
use floorbook_tests::hostile::HOSTILE;
use std::collections::BTreeMap;

const STORE: &str = "s02";
const STORE_NAME: &str = "<img src=x onerror=window.owned=7>";
const DEVICE_NAME: &str = "<svg/onload=window.owned=8>";

/// What text becomes where it is taken for a page. None of these stands in ours by itself: every element of
/// ours that shows words has a class.
const ELEMENTS: &str = "iframe, object, embed, b:not([class]), i:not([class]), u:not([class]), a[href^='http'], \
                        img[src='x'], [onerror], [onload], script:not([src])";

#[test]
fn hostile_text_is_shown_as_text_and_runs_nowhere() {
    journey(async |shop| {
        shop.hq.add_store(STORE, STORE_NAME, "apparel")?;
        let app = shop.app().await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, DEVICE_NAME).await?;
        is_text_only(&app, "the lock screen").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        clerk.locks().await?;
        clerk.signs_in(LI, Some(MANAGER)).await?;
        let visits = planted(&app).await?;
        clerk.locks().await?;
        clerk.signs_in(LI, None).await?;
        is_text_only(&app, "the floor").await?;
        for (visit, text) in &visits {
            clerk.turns_to(visit).await?;
            let shown = clerk.reads_note().await?;
            ensure!(visible(&shown) == visible(text), "{text:?} is shown as {shown:?}");
            is_text_only(&app, text).await?;
        }
        for visit in visits.keys() {
            let close = format!("invoke('close_visit', {{ visitId: '{visit}', outcome: {OUTCOME} }})");
            app.ask_later(&calling(&close)).await?;
        }
        clerk.opens_day_log().await?;
        ensure!(clerk.reads_day().await?.len() >= 30, "the visits are in the log");
        is_text_only(&app, "the day log").await?;
        app.click("settings-open").await?;
        is_text_only(&app, "the settings").await?;
        app.quit().await
    });
}

const OUTCOME: &str =
    "{ code: 'buy', reasons: [], amount_minor: null, pieces: null, receipt: '<i>7</i>', follow_up: null }";

/// One visit for every text, in its note and in the line to a colleague.
async fn planted(app: &App) -> Result<BTreeMap<String, &'static str>> {
    let mut visits = BTreeMap::new();
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let visit = format!("01930000-0000-7000-8000-{number:012x}");
        let note = serde_json::to_string(text)?;
        let plant = format!(
            "invoke('arrive', {{ visitId: '{visit}', size: 1, later: false }})
               .then(() => invoke('note', {{ visitId: '{visit}', patch: {{ note: {note} }} }}))
               .then(() => invoke('hand_over', {{ visitId: '{visit}', clerkId: 'c02', note: {note} }}))"
        );
        let answer = app.ask_later(&calling(&plant)).await?;
        ensure!(answer.as_str() == Some("done"), "{text:?}: {answer}");
        visits.insert(visit, text);
    }
    Ok(visits)
}

fn calling(what: &str) -> String {
    format!(
        "const told = [...arguments].at(-1);
         const invoke = __TAURI_INTERNALS__.invoke;
         void {what}.then(() => told('done'), (error) => told(error.code ?? String(error)));"
    )
}

/// No text became a part of the page, and none ran.
async fn is_text_only(app: &App, place: &str) -> Result<()> {
    app.settle().await?;
    let script = format!(
        "return [window.owned ?? null, [...document.querySelectorAll({})].map((it) => it.outerHTML.slice(0, 80))]",
        serde_json::to_string(ELEMENTS)?
    );
    let answer = app.ask(&script).await?;
    let found = answer.as_array().context("two answers")?;
    ensure!(found.first().is_some_and(serde_json::Value::is_null), "{place}: something ran: {answer}");
    let elements = found.get(1).and_then(serde_json::Value::as_array).context("a list")?;
    ensure!(elements.is_empty(), "{place}: text became a part of the page: {answer}");
    Ok(())
}

/// A text field keeps neither NUL nor the form of line ends.
fn visible(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || *c == '\n').collect()
}
