//! The disk gives back something else than was written.

use floorbook_load::faults::bit_flips;

#[test]
fn no_flipped_bit_is_read_as_if_it_had_been_written() {
    let tally = bit_flips(0..3_000);
    println!("{tally}");
    assert!(tally.is_clean() && tally.of("damages") == 3_000, "{tally}");
}
