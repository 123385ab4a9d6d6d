//! The commands for what does not go to headquarters by itself.

use super::{Answer, Here, guarded};
use crate::dto::{Carried, SetAside, SyncStatus};
use crate::watch::ExportProgress;
use std::cell::Cell;
use std::time::{Duration, Instant};
use tauri::AppHandle;
use tauri_specta::Event;

/// Enough to see progress move.
const PACE: Duration = Duration::from_millis(100);

/// What headquarters set aside, the last first.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_aside(shell: Here<'_>) -> Answer<Vec<SetAside>> {
    guarded(|| Ok(shell.device().set_aside()?.into_iter().map(SetAside::from).collect()))
}

/// Sends records that were set aside once more, by their order on this device.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn send_again(shell: Here<'_>, records: Vec<i64>) -> Answer<SyncStatus> {
    guarded(|| {
        shell.device().send_again(&records)?;
        Ok(shell.device().sync_status()?.into())
    })
}

/// What was set aside, as JSON Lines for headquarters.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn copy_set_aside(shell: Here<'_>) -> Answer<String> {
    guarded(|| Ok(shell.device().copy_set_aside()?))
}

/// Seals what is unsent in a file that somebody carries to headquarters.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn export_unsent(shell: Here<'_>, app: AppHandle) -> Answer<Carried> {
    guarded(|| {
        let told = Cell::new(Instant::now());
        let tell = |done, total| {
            if told.get().elapsed() >= PACE {
                told.set(Instant::now());
                // One that is not heard is followed by another.
                ExportProgress::of(done, total).emit(&app).ok();
            }
        };
        Ok(shell.device().export_unsent(tell)?.into())
    })
}
