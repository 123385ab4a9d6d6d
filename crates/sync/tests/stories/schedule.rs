//! Random days on a bad network. Every failure names the seed that replays it.

use crate::desk::{Desk, SeededRng};
use std::sync::Arc;
use tokio::runtime::Builder;

const SEEDS: u64 = 240;
const AT_ONCE: u64 = 6;
const ROUNDS_MAX: u32 = 200;

/// Arrivals, taps and long notes, and attempts to send on which anything may go wrong.
async fn play(seed: u64) {
    let (desk, dice) = (Desk::seeded(seed), SeededRng::new(seed + 1_000_000));
    desk.hq.state().dice = Some(Arc::new(SeededRng::new(seed + 2_000_000)));
    let note = "想".repeat(if seed.is_multiple_of(24) { 20_000 } else { 5 }); // long ones fill several batches
    let mut arrivals = 0;
    for round in 0..3 + dice.below(4) {
        for _ in 0..dice.below(6) {
            let visit = desk.arrives();
            arrivals += 1;
            if dice.below(2) == 0 {
                desk.notes(visit, &note);
            }
        }
        let _may_fail = desk.syncer.send_all().await;
        let (waiting, stored) = (desk.status().waiting, desk.hq.state().stored.len() as u64);
        assert!(stored + waiting >= arrivals, "seed {seed}, round {round}: a record is lost");
    }
    let mut rounds = 0;
    while desk.status().waiting > 0 {
        rounds += 1;
        assert!(rounds < ROUNDS_MAX, "seed {seed}: it does not come to an end");
        let _may_fail = desk.syncer.send_all().await;
    }
    assert_eq!(desk.hq.state().stored, desk.sealed(), "seed {seed}: each record is at headquarters, once, as sealed");
    assert_eq!(desk.status().quarantined, 0, "seed {seed}: nothing was wrong with any record");
}

/// The disk is what takes time, so some days are played at once, each on a clock of its own.
#[test]
fn whatever_the_network_does_each_record_arrives_exactly_once() {
    std::thread::scope(|scope| {
        for first in 0..AT_ONCE {
            scope.spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
                (first..SEEDS).step_by(AT_ONCE as usize).for_each(|seed| runtime.block_on(play(seed)));
            });
        }
    });
}
