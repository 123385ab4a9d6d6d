//! What the page may call, whatever runs in it.

use crate::shop::{STORE, journey};
use anyhow::{Context, Result};
use floorbook_tests::desktop::{App, Clerk, LI, MANAGER, Staff, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;

/// The commands as the capability of the window names them.
const CAPABILITY: &str = include_str!("../../../src-tauri/capabilities/main.json");

/// What needs no device at all.
const ANYONE: [&str; 12] = [
    "boot",
    "retry_start",
    "set_prefs",
    "print_page",
    "ui_ready",
    "recover",
    "propose_phrase",
    "set_phrase",
    "open_with_phrase",
    "recover_with_phrase",
    "log_without_key",
    "begin_anew",
];
/// What sets a device up.
const UNPAIRED: [&str; 2] = ["pair", "try_here"];
/// What the lock screen lives on.
const PAIRED: [&str; 5] = ["enrol_pin", "unlock", "lock", "sync_status", "send_now"];
/// What anybody does until somebody has a PIN, and only a manager after that.
const RECOVERY: [&str; 2] = ["make_recovery_code", "confirm_recovery_code"];
/// What only a manager does.
const MANAGERS: [&str; 12] = [
    "import_catalogue",
    "find_contacts",
    "reveal_contact",
    "copy_contact",
    "withdraw_consent",
    "erase_contact",
    "rotate_key",
    "change_phrase",
    "set_aside",
    "send_again",
    "copy_set_aside",
    "export_unsent",
];
/// What only whoever has the turned screen does.
const VISITORS: [&str; 2] = ["give_contact", "turn_back"];

#[test]
fn no_command_runs_for_whom_it_is_not() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.wait_for_screen("setup").await?;
        let answers = answers(&app, &[&ANYONE, &UNPAIRED]).await?;
        assert!(answers.len() > 20 && answers.values().all(|code| code == "internal"), "unpaired: {answers:?}");

        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let answers = self::answers(&app, &[&ANYONE, &UNPAIRED, &PAIRED, &RECOVERY, &VISITORS]).await?;
        assert!(answers.len() > 20 && answers.values().all(|code| code == "locked"), "locked: {answers:?}");
        again(&app, "locked").await?;

        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        again(&app, "a manager").await?;
        clerk.locks().await?;
        let refused = of(&app, &RECOVERY).await?;
        assert!(refused.values().all(|code| code == "locked"), "locked: {refused:?}");
        clerk.signs_in(LI, Some(MANAGER)).await?;
        again(&app, "a clerk").await?;
        let refused = of(&app, &[MANAGERS.as_slice(), &RECOVERY].concat()).await?;
        assert!(refused.values().all(|code| code == "manager_needed"), "a clerk: {refused:?}");

        clerk.welcomes(1).await?;
        let visitor = Visitor::takes_screen(clerk).await?;
        let answers = self::answers(&app, &[&ANYONE, &UNPAIRED, &PAIRED, &VISITORS]).await?;
        assert!(answers.len() > 20 && answers.values().all(|code| code == "locked"), "turned: {answers:?}");
        let set_up = of(&app, &UNPAIRED).await?;
        assert!(set_up.values().all(|code| code == "internal"), "turned: {set_up:?}");
        visitor.hands_back().await?;
        again(&app, "handed back").await?;
        app.quit().await
    });
}

#[test]
fn a_forgotten_pin_gives_way_to_a_new_one() {
    journey(async |shop| {
        const NEW_PIN: &str = "864209";
        let app = shop.app().await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        clerk.locks().await?;
        clerk.signs_in(LI, Some(MANAGER)).await?;
        clerk.locks().await?;
        clerk.forgot_pin(LI, NEW_PIN, MANAGER).await?;
        clerk.locks().await?;
        app.click(&format!("clerk-{}", LI.id)).await?;
        clerk.types_pin(LI.pin).await?;
        app.wait_for_attribute("[data-testid=error]", "data-code", |code| code == "pin_wrong").await?;
        clerk.signs_in(Staff { pin: NEW_PIN, ..LI }, None).await?;
        app.quit().await
    });
}

/// A device is set up once, and a visitor has the screen only when it is turned to them.
async fn again(app: &App, who: &str) -> Result<()> {
    let answers = of(app, &[UNPAIRED, VISITORS].concat()).await?;
    assert!(answers.values().all(|code| code == "internal"), "{who}: {answers:?}");
    Ok(())
}

/// What every command answers but those that may run now.
async fn answers(app: &App, may: &[&[&str]]) -> Result<BTreeMap<String, String>> {
    let capability: Value = serde_json::from_str(CAPABILITY)?;
    let permissions = capability.get("permissions").and_then(Value::as_array).context("no permissions")?;
    let commands = permissions.iter().filter_map(|name| name.as_str()?.strip_prefix("allow-"));
    let commands: Vec<String> = commands.map(|name| name.replace('-', "_")).collect();
    let refused: Vec<&str> =
        commands.iter().map(String::as_str).filter(|name| !may.iter().any(|some| some.contains(name))).collect();
    of(app, &refused).await
}

/// The code that each of the commands answers with, called by the page with nothing but a recovery code of no letters.
async fn of(app: &App, commands: &[&str]) -> Result<BTreeMap<String, String>> {
    let script = format!(
        "const told = [...arguments].at(-1);
         const call = (name) => __TAURI_INTERNALS__.invoke(name, {{ code: '' }}).then(() => 'done', (error) => error.code ?? String(error));
         const answers = {}.map(async (name) => [name, await call(name)]);
         void Promise.all(answers).then((rows) => told(Object.fromEntries(rows)));",
        serde_json::to_string(commands)?
    );
    Ok(serde_json::from_value(app.ask_later(&script).await?)?)
}
