//! The commands of the catalogue and of the quick line.

use super::{Answer, Here, bad_input, guarded};
use crate::dto::{Catalogue, Imported, Item, QuickWord};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Articles whose number begins with the query or whose name has it.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn find_items(shell: Here<'_>, query: String) -> Answer<Vec<Item>> {
    guarded(|| Ok(shell.device().find_items(&query)?.into_iter().map(Item::from).collect()))
}

/// Replaces the catalogue by a CSV file. Its bytes come in base64: a list of numbers takes the web
/// view seconds to write.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn import_catalogue(shell: Here<'_>, csv: String) -> Answer<Imported> {
    guarded(|| {
        let bytes = STANDARD.decode(csv).map_err(bad_input)?;
        Ok(shell.device().import_catalogue(&bytes)?.into())
    })
}

/// The catalogue as a whole.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn catalogue(shell: Here<'_>) -> Answer<Catalogue> {
    guarded(|| Ok(shell.device().catalogue()?.into()))
}

/// Everything that can be said on the quick line.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn quick_words(shell: Here<'_>) -> Answer<Vec<QuickWord>> {
    guarded(|| Ok(shell.device().quick_words()?.into_iter().map(QuickWord::from).collect()))
}
