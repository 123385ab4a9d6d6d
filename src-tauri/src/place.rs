//! Where the window stands and how large it is: kept in the device's folder, numbers only.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use tauri::{App, AppHandle, Manager, WebviewWindow, WindowEvent};
use tauri_plugin_window_state::{AppHandleExt, Builder, StateFlags};

const FILE: &str = "window.json";
const KEPT: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);
/// So long after the last move it stands still.
const QUIET: Duration = Duration::from_millis(400);

/// Has the next window opened as the last one stood.
pub(crate) fn remember(app: &App, dir: &Path) -> tauri::Result<()> {
    // The name is joined to the system's folder for settings; a whole path takes its place.
    let file = dir.join(FILE).to_string_lossy().into_owned();
    app.handle().plugin(Builder::new().with_state_flags(KEPT).with_filename(file).build())
}

/// Keeps every move once it is over, not only the last one at the end: a till is often just switched off.
pub(crate) fn follow(window: &WebviewWindow) {
    let (moved, moves) = mpsc::channel();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_)) {
            moved.send(()).ok(); // nobody listens any more when the program ends
        }
    });
    let app = window.app_handle().clone();
    thread::spawn(move || {
        while moves.recv().is_ok() {
            while moves.recv_timeout(QUIET).is_ok() {}
            keep(&app);
        }
    });
}

/// On the thread of the window: it holds the same lock while it moves.
fn keep(app: &AppHandle) {
    let inner = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = inner.save_window_state(KEPT) {
            tracing::warn!(error = ?error, "the window's place cannot be kept");
        }
    });
    if let Err(error) = asked {
        tracing::warn!(error = ?error, "the window's place cannot be kept");
    }
}
