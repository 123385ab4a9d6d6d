//! The commands of the phrase that stands for a keyring where there is none.

use super::{Answer, Here, guarded};
use crate::dto::Boot;
use crate::watch;
use tauri::AppHandle;
use zeroize::Zeroizing;

/// A phrase that is strong enough; it is kept nowhere.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn propose_phrase(shell: Here<'_>) -> Answer<String> {
    guarded(|| Ok(shell.device().propose_phrase().to_string()))
}

/// Goes on to setting up a device without a keyring, under a first phrase.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_phrase(shell: Here<'_>, phrase: String) -> Answer<Boot> {
    let phrase = Zeroizing::new(phrase);
    guarded(|| {
        shell.device().set_phrase(&phrase)?;
        shell.boot()
    })
}

/// Starts with the phrase.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_with_phrase(shell: Here<'_>, app: AppHandle, phrase: String) -> Answer<Boot> {
    let phrase = Zeroizing::new(phrase);
    guarded(|| {
        shell.device().open_with_phrase(&phrase)?;
        shell.trial.resume(shell.device());
        watch::follow(&app);
        shell.boot()
    })
}

/// Starts with the recovery code, and sets a new phrase in place of one that is lost.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn recover_with_phrase(shell: Here<'_>, app: AppHandle, code: String, phrase: String) -> Answer<Boot> {
    let phrase = Zeroizing::new(phrase);
    guarded(|| {
        shell.device().recover_with_phrase(&code, &phrase)?;
        shell.trial.resume(shell.device());
        watch::follow(&app);
        shell.boot()
    })
}

/// Another phrase; the one before opens nothing from now on.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn change_phrase(shell: Here<'_>, phrase: String) -> Answer<()> {
    let phrase = Zeroizing::new(phrase);
    guarded(|| Ok(shell.device().change_phrase(&phrase)?))
}
