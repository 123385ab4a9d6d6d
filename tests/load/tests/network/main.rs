//! Schedules on a network that does whatever networks do: ten thousand that are drawn, and every one that ever
//! failed, as it was left when it had been made small.

mod found;

use floorbook_load::network::simulate;

#[test]
fn ten_thousand_schedules_lose_nothing_and_double_nothing() {
    let tally = simulate(0..10_000);
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}");
}
