//! The list of commands and events, and the TypeScript that is made of it.

use crate::commands::{self, floor, items};
use crate::watch::{BoardChanged, SyncChanged};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::boot,
            commands::retry_start,
            commands::pair,
            commands::try_here,
            commands::enrol_pin,
            commands::unlock,
            commands::lock,
            floor::board,
            floor::visit,
            floor::arrive,
            floor::note,
            floor::close_visit,
            floor::hand_over,
            floor::split_visit,
            floor::merge_visits,
            floor::set_entered,
            floor::set_left,
            floor::link_earlier,
            floor::likely_same,
            floor::correct_visit,
            floor::skip_turn,
            floor::step_away,
            floor::step_in,
            floor::undo,
            items::find_items,
            items::import_catalogue,
            items::catalogue,
            items::quick_words,
            commands::day,
            commands::sync_status,
            commands::send_now,
            commands::set_prefs,
            commands::print_page,
            commands::ui_ready,
        ])
        .events(collect_events![SyncChanged, BoardChanged])
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
        // Milliseconds and minor units stay far below 2^53.
        .dangerously_cast_bigints_to_number()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_bindings_are_fresh() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/ipc/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        builder().export(specta_typescript::Typescript::default(), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("FLOORBOOK_WRITE_BINDINGS").is_some() {
            std::fs::write(&committed, &fresh).unwrap();
        }
        assert_eq!(std::fs::read_to_string(committed).unwrap(), fresh, "run `cargo xtask bindings`");
    }
}
