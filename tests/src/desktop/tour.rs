//! A walk past everything that can be seen: every screen, and on the floor everything that opens over it.

use super::{App, Clerk, Desktop, LI, LOOKS, Look, MANAGER, Visitor};
use crate::hq::HqProcess;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;

/// What opens over the floor: its name, the buttons that open it and those that close it again.
const PANELS: [(&str, &[&str], &[&str]); 14] = [
    ("floor", &[], &[]),
    ("floor-reasons", &["outcome-none"], &["outcome-none"]),
    ("floor-outcomes", &["outcome-more"], &["outcome-more"]),
    ("floor-note", &["note-open"], &["drawer-close"]),
    ("floor-sale", &["outcome-buy", "sale-amount"], &["sale-close", "undo"]),
    ("floor-sync", &["sync-chip"], &["sync-chip"]),
    ("floor-line", &["line-open"], &["line-close"]),
    ("floor-settings", &["settings-open"], &["settings-close"]),
    ("floor-time", &["retime"], &["drawer-close"]),
    ("floor-items", &["items-open"], &["drawer-close"]),
    ("floor-earlier", &["seen-before"], &["drawer-close"]),
    ("floor-questions", &["questions-open"], &["drawer-close"]),
    ("floor-contact", &["contact-open"], &["drawer-close"]),
    ("floor-tray", &["later-add", "later-tray"], &["later-tray", "undo"]),
];

/// Parties on a busy floor.
const BUSY: usize = 12;

/// Walks once around, with `store` of `hq` and a new device in `data`, and shows `see` what is to be seen.
///
/// # Errors
/// When the window does not follow, or `see` fails.
pub async fn tour(
    desktop: &Desktop,
    hq: &HqProcess,
    (url, store): (&str, &str),
    data: &Path,
    see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>,
) -> Result<()> {
    let app = App::open(desktop, data).await?;
    let clerk = Clerk::at(&app);
    app.wait_for_screen("setup").await?;
    in_all_looks(&app, "setup", see).await?;
    app.click("setup-pair").await?;
    in_all_looks(&app, "setup-missing", see).await?;
    app.ask_to_pair(url, &hq.code(store)?, "收银台 1").await?;
    app.wait_for_screen("recovery").await?;
    in_all_looks(&app, "recovery", see).await?;
    code_on_paper(&app, "recovery", see).await?;
    app.wait_for_screen("lock").await?;
    in_all_looks(&app, "lock-first", see).await?;
    clerk.signs_in(MANAGER, None).await?;
    in_all_looks(&app, "floor-empty", see).await?;
    manager_settings(&app, see).await?;
    clerk.opens_day_log().await?;
    in_all_looks(&app, "daylog-empty", see).await?;
    clerk.locks().await?;
    app.click(&format!("clerk-{}", MANAGER.id)).await?;
    clerk.types_pin("000000").await?;
    app.wait_for_error("pin_wrong").await?;
    in_all_looks(&app, "lock-wrong", see).await?;
    clerk.chooses_new_pin(MANAGER, "864209").await?;
    in_all_looks(&app, "lock-code", see).await?;
    app.click("pin-restart").await?;
    clerk.signs_in(LI, Some(MANAGER)).await?;
    fill(clerk).await?;
    for look in LOOKS {
        app.put_on(look).await?;
        panels(&app, look, see).await?;
    }
    let visit = clerk.welcomes(1).await?;
    for look in LOOKS {
        clerk.turns_to(&visit).await?;
        app.put_on(look).await?;
        let code = in_their_hands(clerk, look, see).await?;
        asked_for(clerk, &code, look, see).await?;
    }
    clerk.opens_day_log().await?;
    in_all_looks(&app, "daylog", see).await?;
    for look in LOOKS {
        app.put_on(look).await?;
        app.click_on("[data-testid=\"day-row\"][data-state=\"closed\"] button").await?;
        app.wait_for("correction").await?;
        see(&app, "daylog-correction", look).await?;
        app.click("correction-close").await?;
    }
    let second = App::open(desktop, data).await?;
    second.wait_for_screen("trouble").await?;
    in_all_looks(&second, "trouble", see).await?;
    second.quit().await?;
    app.quit().await?;
    without_its_key(desktop, data, see).await
}

/// Twelve parties, each told a little of, the last one in full, and a few that have left again.
///
/// # Errors
/// When the window does not follow.
pub async fn fill(clerk: Clerk<'_>) -> Result<()> {
    let app = clerk.app();
    for (size, reason) in [(1, "price"), (2, "browse"), (1, "compare"), (3, "price")] {
        let visit = clerk.welcomes(size).await?;
        app.click("chip-interest-2").await?;
        clerk.closes_unsold(&visit, reason).await?;
    }
    let mut chips = vec![];
    for n in 0..BUSY {
        clerk.welcomes(u8::try_from(n % 5 + 1)?).await?;
        if chips.is_empty() {
            chips = front_chips(app).await?;
        }
        // A few chips of each, and other ones every time.
        for chip in chips.iter().skip(n % 5).step_by(9) {
            app.click(chip).await?;
        }
    }
    for chip in chips.iter().skip(1).step_by(3) {
        app.click(chip).await?;
    }
    Ok(())
}

async fn panels(app: &App, look: Look, see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>) -> Result<()> {
    for (name, open, close) in PANELS {
        for button in open {
            app.click(button).await?;
        }
        see(app, name, look).await?;
        for button in close {
            app.click(button).await?;
        }
    }
    app.strike('?').await?;
    app.wait_for("key-sheet").await?;
    see(app, "floor-keys", look).await?;
    app.click("key-sheet-close").await?;
    for more in ids(app, "more-").await? {
        app.click(&more).await?;
        see(app, &format!("floor-{more}"), look).await?;
        app.click("drawer-close").await?;
    }
    Ok(())
}

/// Every step from a code in sight to a code on paper.
async fn code_on_paper(app: &App, name: &str, see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>) -> Result<()> {
    let code = app.reads_recovery_code().await?;
    in_all_looks(app, &format!("{name}-code"), see).await?;
    app.type_into("recovery-tail", "00000-00000").await?;
    app.click("recovery-tail-send").await?;
    app.wait_for_error("recovery_mistyped").await?;
    in_all_looks(app, &format!("{name}-wrong"), see).await?;
    let (_, tail) = code.split_at_checked(code.len().saturating_sub("ABCDE-FGHJK".len())).context("a short code")?;
    app.type_into("recovery-tail", tail).await?;
    app.click("recovery-tail-send").await
}

/// What the settings have for a manager only.
async fn manager_settings(app: &App, see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>) -> Result<()> {
    for look in LOOKS {
        app.put_on(look).await?;
        app.click("settings-open").await?;
        app.wait_for("recovery-make").await?.scroll_into_view().await?;
        see(app, "settings-manager", look).await?;
        app.reads_recovery_code().await?;
        app.wait_for("recovery-later").await?.scroll_into_view().await?;
        see(app, "settings-recovery", look).await?;
        app.click("settings-close").await?;
    }
    Ok(())
}

/// A visitor leaves a contact; gives the code of their receipt. The clerk is signed in again then.
async fn in_their_hands(
    clerk: Clerk<'_>,
    look: Look,
    see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>,
) -> Result<String> {
    let app = clerk.app();
    let visitor = Visitor::takes_screen(clerk).await?;
    see(app, "turned", look).await?;
    app.click("visitor-more").await?;
    visitor.types("13800138000").await?;
    app.wait_for_error("consent_missing").await?;
    see(app, "turned-refused", look).await?;
    let code = visitor.agrees().await?;
    see(app, "thanks", look).await?;
    visitor.hands_back().await?;
    clerk.signs_in(LI, None).await?;
    clerk.sees_contact("8000").await?;
    app.click("contact-open").await?;
    app.wait_for("contact-shown").await?;
    see(app, "floor-contact-left", look).await?;
    app.click("drawer-close").await?;
    Ok(code)
}

/// The visitor asks the manager for what they left. The clerk is signed in again then.
async fn asked_for(
    clerk: Clerk<'_>,
    code: &str,
    look: Look,
    see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>,
) -> Result<()> {
    let app = clerk.app();
    clerk.locks().await?;
    clerk.signs_in(MANAGER, None).await?;
    clerk.looks_for_contact(MANAGER, code).await?;
    app.click("rights-reveal").await?;
    app.click("reveal-visitor_asked").await?;
    app.wait_for("rights-card").await?;
    app.click("rights-erase").await?;
    app.wait_for("rights-sure").await?.scroll_into_view().await?;
    see(app, "settings-rights", look).await?;
    app.click("rights-cancel").await?;
    app.click("rights-copy").await?;
    app.wait_for("copy-json").await?;
    see(app, "settings-copy", look).await?;
    app.click("copy-close").await?;
    app.click("settings-close").await?;
    clerk.locks().await?;
    clerk.signs_in(LI, None).await
}

/// A start whose keyring has lost the key.
async fn without_its_key(
    desktop: &Desktop,
    data: &Path,
    see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>,
) -> Result<()> {
    desktop.keyring().take()?;
    let app = App::open(desktop, data).await?;
    app.wait_for_screen("trouble").await?;
    in_all_looks(&app, "trouble-key", see).await?;
    app.type_into("recover-code", "00000-00000-00000-00000-00000-00000").await?;
    app.click("recover-code-send").await?;
    app.wait_for("error").await?;
    in_all_looks(&app, "trouble-key-wrong", see).await?;
    app.quit().await
}

async fn in_all_looks(app: &App, name: &str, see: &mut impl AsyncFnMut(&App, &str, Look) -> Result<()>) -> Result<()> {
    for look in LOOKS {
        app.put_on(look).await?;
        see(app, name, look).await?;
    }
    Ok(())
}

async fn front_chips(app: &App) -> Result<Vec<String>> {
    ids(app, "chip-").await
}

/// The test ids on the page that begin with `start`, each once.
async fn ids(app: &App, start: &str) -> Result<Vec<String>> {
    let script = format!(
        "return [...new Set([...document.querySelectorAll('[data-testid^=\"{start}\"]')].map((one) => one.dataset.testid))]"
    );
    let Value::Array(ids) = app.ask(&script).await? else { return Ok(vec![]) };
    ids.iter().map(|id| id.as_str().map(str::to_owned).context("an id is a text")).collect()
}
