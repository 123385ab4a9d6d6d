//! Tells the window what changed without its doing: how sending stands, the board, and what headquarters
//! wants of the device.

use crate::Shell;
use crate::dto::{PhonePage, SyncStatus, small};
use floorbook_core::{CoreError, Phone};
use serde::Serialize;
use specta::Type;
use std::future::Future;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::watch::Receiver;

/// Enough to see progress move, too seldom to be felt.
const PACE: Duration = Duration::from_millis(100);
/// What could not be done is tried again after so long.
const AGAIN: Duration = Duration::from_secs(60);

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
        let obeying = app.clone();
        let is_done = until_obeyed(&mut wishes, move || {
            let app = obeying.clone();
            async move {
                let obey = move || app.state::<Shell>().device().obey();
                tauri::async_runtime::spawn_blocking(obey).await.unwrap_or(Err(CoreError::WrongState))
            }
        });
        if !is_done.await {
            return; // somebody else followed it to its end
        }
        if DeviceChanged.emit(&app).is_err() {
            tracing::warn!("the window was not told of a change");
        }
        follow(&app);
    });
}

/// Waits for a wish and obeys until that works: the device goes on as it is meanwhile, and is followed by whoever
/// followed it. `false` when it became another one by itself.
async fn until_obeyed<F: Future<Output = Result<(), CoreError>>>(
    wishes: &mut Receiver<bool>,
    mut obey: impl FnMut() -> F,
) -> bool {
    // The last wish of a device that is no more would be heard for ever.
    while wishes.wait_for(|wished| *wished).await.is_ok() && wishes.has_changed().is_ok() {
        match obey().await {
            Ok(()) => return true,
            Err(error) => tracing::error!(error = ?error, "what headquarters wants was not done"),
        }
        tokio::time::sleep(AGAIN).await;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use tokio::sync::watch;
    use tokio::time::Instant;

    fn paused() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    #[test]
    fn what_cannot_be_done_is_tried_again_once_a_minute_until_it_is() {
        let (_wish, mut wishes) = watch::channel(true);
        let tries = Cell::new(0);
        paused().block_on(async {
            let start = Instant::now();
            let obey = || {
                tries.set(tries.get() + 1);
                let result = if tries.get() < 4 { Err(CoreError::DiskFull) } else { Ok(()) };
                async { result }
            };
            assert!(until_obeyed(&mut wishes, obey).await);
            assert_eq!(start.elapsed(), AGAIN * 3);
        });
    }

    #[test]
    fn a_device_that_became_another_one_is_left_to_who_made_it_so() {
        let (wish, mut wishes) = watch::channel(true);
        let mut wish = Some(wish);
        let obey = || {
            wish = None;
            async { Err(CoreError::WrongState) }
        };
        assert!(!paused().block_on(until_obeyed(&mut wishes, obey)));
    }
}
