//! A Tauri window with nothing in it, under the web-view settings of the product: the limit beside
//! which a start and the memory are measured.
#![expect(clippy::print_stdout, reason = "the bench waits for the word")]

#[path = "../src/renderer.rs"]
mod renderer;

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    renderer::choose();
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .inner_size(1180.0, 820.0)
                .incognito(true)
                .on_document_title_changed(|_, title| println!("title {title}"))
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("examples/bare/tauri.conf.json"))
}
