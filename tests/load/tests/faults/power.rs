//! The power goes at any moment.

use floorbook_load::faults::power_cuts;

#[test]
fn no_power_cut_loses_an_acknowledged_act_or_keeps_half_of_one() {
    let tally = power_cuts(0..10_000);
    println!("{tally}");
    assert!(tally.is_clean() && tally.of("cuts") == 10_000, "{tally}");
}
