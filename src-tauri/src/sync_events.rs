//! Tells the window when sending stands otherwise, at most some times a second.

use crate::Shell;
use crate::dto::SyncStatus;
use serde::Serialize;
use specta::Type;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;

/// Enough to see progress move, too seldom to be felt.
const PACE: Duration = Duration::from_millis(100);

/// Sending stands otherwise.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub(crate) struct SyncChanged(SyncStatus);

/// Follows the sender, once the device is paired. Call it at the start and after pairing.
pub(crate) fn follow(app: &AppHandle) {
    let Some(mut changes) = app.state::<Shell>().device().sync_changes() else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while changes.changed().await.is_ok() {
            let told = app.state::<Shell>().device().sync_status().map(|status| SyncChanged(status.into()).emit(&app));
            if !matches!(told, Ok(Ok(()))) {
                tracing::warn!("the window was not told how sending stands");
            }
            tokio::time::sleep(PACE).await;
        }
    });
}
