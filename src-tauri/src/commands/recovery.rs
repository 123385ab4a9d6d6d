//! The commands of the recovery code, of the key that it recovers, and of the time without that key.

use super::{Answer, Here, guarded};
use crate::dto::Boot;
use crate::watch;
use tauri::AppHandle;

/// Makes a new recovery code, six groups of five letters; an earlier one opens nothing from now on.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn make_recovery_code(shell: Here<'_>) -> Answer<String> {
    guarded(|| Ok(shell.device().make_recovery_code()?.to_string()))
}

/// Somebody typed the code off the paper.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn confirm_recovery_code(shell: Here<'_>, code: String) -> Answer<Boot> {
    guarded(|| {
        shell.device().confirm_recovery_code(&code)?;
        shell.boot()
    })
}

/// Gives the key of the database back to a keyring that lost it.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn recover(shell: Here<'_>, app: AppHandle, code: String) -> Answer<Boot> {
    guarded(|| {
        shell.device().recover(&code)?;
        shell.trial.resume(shell.device());
        watch::follow(&app);
        shell.boot()
    })
}

/// Asks for a new key of the database, which is made at the next start.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn rotate_key(shell: Here<'_>) -> Answer<()> {
    guarded(|| Ok(shell.device().rotate_key()?))
}

/// Lets the clerks go on although the database cannot be opened: what they log is sealed for headquarters.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn log_without_key(shell: Here<'_>, app: AppHandle) -> Answer<Boot> {
    guarded(|| {
        shell.device().log_without_key()?;
        watch::follow(&app);
        shell.boot()
    })
}

/// Puts a damaged database aside, so that the device can be paired again.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn begin_anew(shell: Here<'_>) -> Answer<Boot> {
    guarded(|| {
        shell.device().begin_anew()?;
        shell.boot()
    })
}
