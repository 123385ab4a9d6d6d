//! Lists the commands, so that a window can call none that its capability does not name.

fn main() {
    const COMMANDS: &[&str] = &[
        "boot",
        "retry_start",
        "pair",
        "try_here",
        "enrol_pin",
        "unlock",
        "lock",
        "board",
        "visit",
        "arrive",
        "note",
        "close_visit",
        "hand_over",
        "split_visit",
        "merge_visits",
        "set_entered",
        "set_left",
        "link_earlier",
        "likely_same",
        "correct_visit",
        "skip_turn",
        "step_away",
        "step_in",
        "undo",
        "find_items",
        "import_catalogue",
        "catalogue",
        "quick_words",
        "day",
        "sync_status",
        "send_now",
        "set_prefs",
        "print_page",
        "ui_ready",
    ];
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        panic!("{error:#}");
    }
}
