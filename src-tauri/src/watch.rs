//! Tells the window what changed without its doing: how sending stands, the board, and what headquarters
//! wants of the device.

use crate::Shell;
use crate::dto::{PhonePage, SyncStatus, small};
use floorbook_core::Phone;
use serde::Serialize;
use specta::Type;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::watch::Receiver;

/// Enough to see progress move, too seldom to be felt.
const PACE: Duration = Duration::from_millis(100);

/// Sending stands otherwise.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct SyncChanged(SyncStatus);

/// The board changed: a rule closed a visit.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct BoardChanged;

/// The device is another one: it works with a newer kit, lets nobody in, or was wiped. Ask where it stands.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct DeviceChanged;

/// So many of the records that are exported are sealed.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct ExportProgress {
    done: u32,
    total: u32,
}

impl ExportProgress {
    pub(crate) fn of(done: u64, total: u64) -> Self {
        Self { done: small(done), total: small(total) }
    }
}

/// It stands otherwise with the page for a visitor's phone.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct PhoneChanged(PhonePage);

/// Follows the device, once it is paired. Call it at the start and after pairing.
pub(crate) fn follow(app: &AppHandle) {
    let shell = app.state::<Shell>();
    let device = shell.device();
    if let Some(changes) = device.sync_changes() {
        tell(app, changes, |app| {
            let status = app.state::<Shell>().device().sync_status();
            matches!(status.map(|status| SyncChanged(status.into()).emit(app)), Ok(Ok(())))
        });
    }
    if let Some(changes) = device.board_changes() {
        tell(app, changes, |app| BoardChanged.emit(app).is_ok());
    }
    if let Some(phone) = device.phone_changes() {
        tell_of_phone(app, phone);
    }
    if let Some(wishes) = device.wishes() {
        obey(app, wishes);
    }
}

/// Tells of every change, at most some times a second.
fn tell(app: &AppHandle, mut changes: Receiver<()>, say: impl Fn(&AppHandle) -> bool + Send + 'static) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while changes.changed().await.is_ok() {
            if !say(&app) {
                tracing::warn!("the window was not told of a change");
            }
            tokio::time::sleep(PACE).await;
        }
    });
}

/// Tells how it stands with the page for a phone, now and after every change.
fn tell_of_phone(app: &AppHandle, mut phone: Receiver<Phone>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            let page = PhonePage::from(&*phone.borrow_and_update());
            if PhoneChanged(page).emit(&app).is_err() {
                tracing::warn!("the window was not told of a change");
            }
            if phone.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Does what headquarters wants as soon as it is known, and then follows the device that has come of it.
fn obey(app: &AppHandle, mut wishes: Receiver<bool>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if wishes.wait_for(|wished| *wished).await.is_err() {
            return; // somebody else followed it to its end
        }
        let obeying = app.clone();
        let obeyed = tauri::async_runtime::spawn_blocking(move || obeying.state::<Shell>().device().obey()).await;
        if !matches!(obeyed, Ok(Ok(()))) {
            tracing::error!(result = ?obeyed, "what headquarters wants was not done");
        }
        if DeviceChanged.emit(&app).is_err() {
            tracing::warn!("the window was not told of a change");
        }
        follow(&app);
    });
}
