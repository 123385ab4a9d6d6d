//! The one window.

use crate::options::Options;
use tauri::{App, WebviewUrl, WebviewWindowBuilder};

/// An iPad's size: what the form is drawn for.
const SIZE: (u32, u32) = (1180, 820);
const SMALLEST: (u32, u32) = (760, 640);

/// Set by whoever drives the window for a test.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Opens it. The web view is private: it keeps no cache and no storage on the disk. Only a driven
/// one is not, because WebKitGTK can drive no private view.
pub(crate) fn open(app: &App, options: &Options) -> tauri::Result<()> {
    let (width, height) = options.size.unwrap_or(SIZE);
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Floorbook 进店簿")
        .inner_size(f64::from(width), f64::from(height))
        .min_inner_size(f64::from(SMALLEST.0), f64::from(SMALLEST.1))
        .incognito(std::env::var_os(AUTOMATION).is_none())
        .build()?;
    Ok(())
}
