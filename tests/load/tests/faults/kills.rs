//! A real process is killed at any moment.

use floorbook_load::faults::kills;
use std::path::Path;

#[test]
fn no_kill_loses_what_a_process_said_was_done() {
    let tally = kills(0..1_000, Path::new(env!("CARGO_BIN_EXE_floorbook-load")));
    println!("{tally}");
    assert!(tally.is_clean() && tally.of("kills") == 1_000, "{tally}");
}
