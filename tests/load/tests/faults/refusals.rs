//! The disk is full, or fails, at any request.

use floorbook_load::faults::refusals;

#[test]
fn a_disk_that_refuses_at_any_request_costs_nothing_that_was_acknowledged() {
    let tally = refusals(0..1);
    println!("{tally}");
    assert!(tally.is_clean() && tally.of("refusals") > 500, "{tally}");
}
