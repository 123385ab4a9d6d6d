//! The one window: how it opens, its zoom and its printing.

use crate::options::Options;
use floorbook_core::Prefs;
use std::path::Path;
use tauri::{App, AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
/// An iPad's size: what the form is drawn for.
const SIZE: (u32, u32) = (1180, 820);
const SMALLEST: (u32, u32) = (760, 640);

/// Set by whoever drives the window for a test.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Opens it. The web view is private: it keeps no cache and no storage on the disk. Only a driven
/// one is not, because WebKitGTK can drive no private view.
pub(crate) fn open(app: &App, options: &Options, dir: &Path) -> tauri::Result<()> {
    // A size on the command line holds for that run only.
    #[cfg(desktop)]
    if options.size.is_none() {
        crate::place::remember(app, dir)?;
    }
    let (width, height) = options.size.unwrap_or(SIZE);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Floorbook 进店簿")
        .inner_size(f64::from(width), f64::from(height))
        .min_inner_size(f64::from(SMALLEST.0), f64::from(SMALLEST.1))
        .incognito(std::env::var_os(AUTOMATION).is_none())
        .build()?;
    zoom(&window, &Prefs::load(dir));
    #[cfg(desktop)]
    if options.size.is_none() {
        crate::place::follow(&window);
    }
    Ok(())
}

/// Makes the page as large as the text is wanted. A page that stays as it was is no reason to stop.
pub(crate) fn zoom(window: &WebviewWindow, prefs: &Prefs) {
    if let Err(error) = window.set_zoom(f64::from(prefs.text_pct) / 100.0) {
        tracing::warn!(error = ?error, "the size of the text cannot be changed");
    }
}

/// Asks the system to print the page.
pub(crate) fn print(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(desktop)]
    return window.print();
    #[cfg(mobile)]
    return window.eval("window.print()");
}

/// Brings the window in front of the others.
#[cfg(desktop)]
pub(crate) fn come_forward(app: &AppHandle) {
    tracing::info!("window.second_start the window comes forward");
    let Some(window) = app.get_webview_window(LABEL) else { return };
    if let Err(error) = window.unminimize().and_then(|()| window.set_focus()) {
        tracing::warn!(error = ?error, "the window stays where it is");
    }
}
