//! A backlog is never in the way of what is logged now.

use crate::desk::{Desk, SEAL_AFTER_MS};
use crate::hq_stub::Fault;
use floorbook_protocol::RecordHead;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The numbers of what came, batch by batch.
fn came(desk: &Desk) -> Vec<Vec<u64>> {
    let seq = |line: &String| RecordHead::parse(line).unwrap().seq;
    desk.hq.state().came.iter().map(|batch| batch.iter().map(seq).collect()).collect()
}

/// Waits until headquarters was sent so many batches.
async fn batches(desk: &Desk, count: usize) {
    desk.until(|desk| desk.hq.state().came.len() >= count).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_written_today_goes_before_the_backlog_of_earlier_days() {
    let desk = Desk::open();
    desk.backlog(3_500);
    desk.arrive(3);
    desk.syncer.send_all().await.unwrap();
    let came = came(&desk);
    assert_eq!(came[0], [3_501, 3_502, 3_503]);
    assert_eq!(came[1..].concat(), (1..=3_500).collect::<Vec<_>>(), "and the backlog in its order");
    assert_eq!((desk.status().waiting, desk.hq.state().duplicates), (0, 0), "each once");
}

#[tokio::test(start_paused = true)]
async fn a_visit_that_is_logged_while_a_backlog_is_sent_goes_next() {
    let desk = Desk::open();
    desk.backlog(20_000);
    desk.start();
    batches(&desk, 5).await;
    desk.arrive(1);
    desk.syncer.written();
    desk.until(|desk| came(desk).concat().contains(&20_001)).await;
    let at = came(&desk).iter().position(|batch| *batch == [20_001]).unwrap();
    assert!(at <= 8, "behind what was on the way: {at}");
    desk.until(|desk| desk.status().waiting == 0).await;
    let state = desk.hq.state();
    assert_eq!((state.stored.len(), state.duplicates), (20_001, 0), "each once");
}

#[tokio::test(start_paused = true)]
async fn a_visit_does_not_wait_for_the_patience_that_a_backlog_has() {
    let desk = Desk::open();
    desk.backlog(20_000);
    let syncer = Arc::clone(&desk.syncer);
    tokio::spawn(async move {
        loop {
            syncer.tapped();
            sleep(Duration::from_millis(100)).await;
        }
    });
    desk.start();
    batches(&desk, 3).await;
    sleep(Duration::from_millis(200)).await; // a batch of the backlog waits for the clerk now
    desk.arrive(1);
    desk.syncer.written();
    let took = desk.until(|desk| came(desk).iter().any(|batch| *batch == [20_001])).await;
    assert!(took < Duration::from_millis(50), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_clerk_who_writes_all_the_time_does_not_stop_a_backlog() {
    let desk = Desk::open();
    desk.backlog(5_000);
    desk.start();
    for _ in 0..120 {
        desk.arrive(1);
        desk.syncer.written();
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(desk.hq.state().stored.len(), 5_120, "a batch a second, and every visit at once");
}

#[tokio::test(start_paused = true)]
async fn taps_are_sealed_in_their_time_although_a_backlog_is_being_sent() {
    let desk = Desk::open();
    let visit = desk.arrives();
    desk.syncer.send_all().await.unwrap();
    desk.notes(visit, "blue");
    sleep(Duration::from_millis(u64::from(SEAL_AFTER_MS) - 60)).await;
    desk.backlog_after(1, 20_000);
    desk.start();
    desk.until(|desk| came(desk).concat().contains(&20_002)).await;
    assert!(desk.status().waiting > 10_000, "{}", desk.status().waiting);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_again_and_again_still_brings_the_new_visits_first() {
    let desk = Desk::open();
    desk.backlog(4_000);
    for round in 1..=4 {
        desk.arrive(1);
        desk.hq.will([Fault::None, Fault::DropBefore, Fault::DropAfter]);
        desk.syncer.send_all().await.unwrap_err();
        let last = 4_000 + round;
        assert!(desk.hq.state().stored.values().any(|line| RecordHead::parse(line).unwrap().seq == last));
    }
    desk.syncer.send_all().await.unwrap();
    assert_eq!(desk.hq.state().stored, desk.sealed());
}
