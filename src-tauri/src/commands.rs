//! The commands of the window: parse, one call on the device, map what comes back.

use crate::dto::{Approval, Boot, DayView, ErrorCode, Prefs, SyncStatus, read_approval, read_cursor};
use crate::error::AppError;
use crate::trial::Invitation;
use crate::{Shell, watch, window};
use floorbook_core::{Rows, State as DeviceState};
use floorbook_model::{BusinessDay, Calendar, ClerkId, VisitId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::{AppHandle, State, WebviewWindow};

pub(crate) mod contact;
pub(crate) mod floor;
pub(crate) mod items;
pub(crate) mod phrase;
pub(crate) mod recovery;
pub(crate) mod sending;

type Answer<T> = Result<T, AppError>;
type Here<'a> = State<'a, Shell>;

impl Shell {
    fn boot(&self) -> Answer<Boot> {
        Boot::of(self.device(), self.trial.is_possible())
    }

    fn calendar(&self) -> Answer<Calendar> {
        Ok(self.device().calendar()?)
    }
}

/// A bug must reach the clerk as words and the log as a trace, not as a window that never answers.
fn guarded<T>(work: impl FnOnce() -> Answer<T>) -> Answer<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(ErrorCode::Internal.into()))
}

fn bad_input<E>(_: E) -> AppError {
    AppError::from(ErrorCode::BadInput)
}

fn read_visit(text: &str) -> Answer<VisitId> {
    text.parse().map_err(bad_input)
}

fn read_clerk(text: &str) -> Answer<ClerkId> {
    text.parse().map_err(bad_input)
}

/// What the window needs to show its first screen.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn boot(shell: Here<'_>) -> Answer<Boot> {
    guarded(|| shell.boot())
}

/// Starts again after a trouble, or after a time without the key.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn retry_start(shell: Here<'_>, app: AppHandle) -> Answer<Boot> {
    guarded(|| {
        if shell.device().is_without_keyring() {
            app.restart(); // the keyring's client remembers its first failure for the life of the process
        }
        let was_without_key = shell.device().is_without_key();
        shell.device().retry();
        if !(was_without_key && shell.device().is_without_key()) {
            shell.trial.resume(shell.device());
            watch::follow(&app);
        }
        shell.boot()
    })
}

/// Pairs with headquarters by a one-time code.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pair(
    shell: Here<'_>,
    app: AppHandle,
    hq_url: String,
    code: String,
    device_name: String,
) -> Answer<Boot> {
    shell.device().pair(&hq_url, &code, &device_name, false).await?;
    watch::follow(&app);
    shell.boot()
}

/// Starts a headquarters on this machine and pairs with it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_here(
    shell: Here<'_>,
    app: AppHandle,
    pack_id: String,
    store_name: String,
    device_name: String,
) -> Answer<Boot> {
    if !matches!(shell.device().state(), DeviceState::Setup) {
        return Err(ErrorCode::Internal.into());
    }
    let Invitation { hq_url, code } = tokio::task::block_in_place(|| shell.trial.prepare(&pack_id, &store_name))?;
    shell.device().pair(&hq_url, &code, &device_name, true).await?;
    watch::follow(&app);
    shell.boot()
}

/// Gives a clerk a PIN, their first one or another, and signs them in. Only the first PIN on a device,
/// which is a manager's, needs nobody's approval.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn enrol_pin(shell: Here<'_>, clerk_id: String, pin: String, approval: Option<Approval>) -> Answer<Boot> {
    guarded(|| {
        let approval = read_approval(approval).ok_or(()).map_err(bad_input)?;
        shell.device().enrol_pin(&read_clerk(&clerk_id)?, &pin, &approval)?;
        shell.boot()
    })
}

/// Signs a clerk in.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn unlock(shell: Here<'_>, clerk_id: String, pin: String) -> Answer<Boot> {
    guarded(|| {
        shell.device().unlock(&read_clerk(&clerk_id)?, &pin)?;
        shell.boot()
    })
}

/// Whoever is signed in types their PIN again.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn confirm_pin(shell: Here<'_>, pin: String) -> Answer<()> {
    guarded(|| Ok(shell.device().confirm_pin(&pin)?))
}

/// Signs out.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn lock(shell: Here<'_>) -> Answer<Boot> {
    guarded(|| {
        shell.device().lock()?;
        shell.boot()
    })
}

/// Opens a day, null meaning today, or its next page: all of its visits, or only those that a rule
/// closed and nobody has looked at since.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn day(
    shell: Here<'_>,
    day: Option<String>,
    after: Option<String>,
    only_unchecked: bool,
) -> Answer<DayView> {
    guarded(|| {
        let day = day.map(|day| BusinessDay::parse(&day).ok_or(())).transpose().map_err(bad_input)?;
        let after = after.map(|after| read_cursor(&after).ok_or(())).transpose().map_err(bad_input)?;
        let rows = if only_unchecked { Rows::Unchecked } else { Rows::All };
        Ok(shell.device().day(day, rows, after)?.into())
    })
}

/// How sending stands.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn sync_status(shell: Here<'_>) -> Answer<SyncStatus> {
    guarded(|| Ok(shell.device().sync_status()?.into()))
}

/// Asks to send everything now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn send_now(shell: Here<'_>) -> Answer<SyncStatus> {
    guarded(|| {
        shell.device().send_now()?;
        Ok(shell.device().sync_status()?.into())
    })
}

/// Keeps language, theme, hand, size of the text and sound; gives what is in force.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_prefs(shell: Here<'_>, window: WebviewWindow, prefs: Prefs) -> Answer<Prefs> {
    guarded(|| {
        let kept = shell.device().set_prefs(prefs.into())?;
        window::zoom(&window, &kept);
        Ok(kept.into())
    })
}

/// Opens the system's dialog for printing the page.
#[tauri::command]
#[specta::specta]
pub(crate) fn print_page(window: WebviewWindow) -> Answer<()> {
    window::print(&window).map_err(|error| {
        tracing::warn!(error = ?error, "the page cannot be printed");
        ErrorCode::Internal.into()
    })
}

/// A screen has been painted; written to the log so that starts can be measured.
#[tauri::command]
#[specta::specta]
pub(crate) fn ui_ready(shell: Here<'_>, screen: String) {
    let screen: String = screen.chars().filter(char::is_ascii_alphabetic).take(16).collect();
    tracing::info!("ui.ready screen={screen} elapsed_ms={}", shell.started.elapsed().as_millis());
}
