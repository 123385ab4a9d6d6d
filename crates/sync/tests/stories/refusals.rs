//! A record that nobody takes never stands in the way of the others.

use crate::desk::Desk;
use floorbook_protocol::limits;
use std::collections::BTreeSet;

#[tokio::test(start_paused = true)]
async fn a_refused_batch_is_halved_until_the_bad_records_stand_alone() {
    for bad in [vec![0], vec![99], vec![37, 38], vec![3, 50, 96]] {
        let desk = Desk::open();
        desk.arrive(100);
        let lines: Vec<String> = desk.book.outbox(0, 1_000, usize::MAX).unwrap().into_iter().map(|r| r.line).collect();
        let poison: BTreeSet<String> = bad.iter().map(|at| lines[*at].clone()).collect();
        desk.hq.state().poison = poison.clone();
        desk.syncer.send_all().await.unwrap();
        let status = desk.status();
        assert_eq!((status.waiting, status.quarantined), (0, bad.len() as u64), "{bad:?}");
        let state = desk.hq.state();
        assert_eq!(state.stored.len(), 100 - bad.len(), "all others arrive");
        assert!(state.stored.values().all(|line| !poison.contains(line)));
        assert!(state.came.len() < 60, "halving finds them in few batches, not one by one: {}", state.came.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_too_long_to_travel_is_set_aside_and_kept() {
    let desk = Desk::open();
    desk.arrive(3);
    let visit = desk.arrives();
    desk.notes(visit, &"x".repeat(limits::RECORD_BYTES_MAX));
    desk.arrive(3);
    desk.syncer.send_all().await.unwrap();
    assert_eq!((desk.status().waiting, desk.status().quarantined), (0, 1));
    assert_eq!((desk.hq.state().stored.len(), desk.sealed().len()), (7, 8), "it waits here for a person");
}

#[tokio::test(start_paused = true)]
async fn while_headquarters_signs_for_nothing_nothing_is_set_aside() {
    for parties in [1, 20] {
        let desk = Desk::open();
        desk.arrive(parties);
        desk.hq.state().poison = desk.sealed().into_values().collect();
        assert!(desk.syncer.send_all().await.is_err());
        let status = desk.status();
        assert_eq!((status.waiting, status.quarantined), (parties as u64, 0), "the fault is not a record's");
        desk.hq.state().poison.clear();
        desk.syncer.send_all().await.unwrap();
        assert_eq!((desk.status().waiting, desk.hq.state().stored.len()), (0, parties));
    }
}

#[tokio::test(start_paused = true)]
async fn asking_sends_what_was_set_aside_here_again() {
    let desk = Desk::open();
    desk.arrive(9);
    let bad = desk.book.outbox(0, 9, usize::MAX).unwrap()[4].line.clone();
    desk.hq.state().poison.insert(bad);
    desk.syncer.send_all().await.unwrap();
    assert_eq!((desk.status().waiting, desk.status().quarantined), (0, 1));
    desk.hq.state().poison.clear(); // headquarters was repaired
    desk.syncer.send_all().await.unwrap();
    assert_eq!((desk.status().waiting, desk.status().quarantined), (0, 0));
    assert_eq!(desk.hq.state().stored, desk.sealed());
}
