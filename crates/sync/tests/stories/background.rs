//! The sender in the background: when it sends, when it waits, and for how long.

use crate::desk::{Desk, SEAL_AFTER_MS};
use crate::hq_stub::Fault;
use floorbook_protocol::{ProblemKind, limits};
use floorbook_sync::Phase;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

fn is_waiting(desk: &Desk) -> bool {
    matches!(desk.status().phase, Phase::Waiting { .. })
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[tokio::test(start_paused = true)]
async fn the_pause_that_headquarters_asks_for_is_kept() {
    let desk = Desk::open();
    desk.arrive(2);
    desk.hq.will([Fault::Refused(ProblemKind::Busy, Some(30))]);
    desk.start();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!((seconds(30)..seconds(31)).contains(&took), "{took:?}");
    assert_eq!(desk.hq.state().hellos, 2, "it was left alone meanwhile");
}

#[tokio::test(start_paused = true)]
async fn a_pause_asked_for_in_the_middle_is_kept_and_then_the_rest_is_sent() {
    let desk = Desk::open();
    desk.backlog(7_000);
    desk.hq.will([Fault::StoredThenPause(20)]);
    desk.start();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!((seconds(20)..seconds(22)).contains(&took), "{took:?}");
    assert_eq!(desk.hq.state().stored.len(), 7_000);
}

#[tokio::test(start_paused = true)]
async fn a_failure_backs_off_and_a_write_does_not_cut_that_short() {
    let desk = Desk::patient();
    desk.arrive(1);
    desk.hq.state().away = true;
    desk.start();
    desk.until(is_waiting).await;
    desk.arrive(1);
    desk.syncer.written();
    let took = desk.until(|desk| desk.hq.state().hellos == 2).await;
    assert!((seconds(2)..seconds(3)).contains(&took), "the first wait is two seconds: {took:?}");
    desk.until(is_waiting).await;
    let took = desk.until(|desk| desk.hq.state().hellos == 3).await;
    assert!((seconds(4)..seconds(5)).contains(&took), "then it doubles: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn asking_cuts_a_wait_short() {
    let desk = Desk::patient();
    desk.arrive(1);
    desk.hq.state().away = true;
    desk.start();
    desk.until(|desk| desk.hq.state().hellos == 5 && is_waiting(desk)).await;
    desk.hq.state().away = false;
    desk.syncer.ask();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!(took < seconds(1), "32 s were to be waited: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_is_shown_is_the_wait_that_is_kept() {
    let desk = Desk::open();
    desk.arrive(1);
    desk.hq.state().away = true;
    desk.start();
    desk.until(|desk| desk.hq.state().hellos == 4 && is_waiting(desk)).await;
    let Phase::Waiting { retry_at_ms, .. } = desk.status().phase else { panic!("it waits") };
    let shown = retry_at_ms - 1_795_406_400_000;
    let start = Instant::now();
    desk.hq.state().away = false;
    desk.until(|desk| desk.status().waiting == 0).await;
    assert!(start.elapsed() <= Duration::from_millis(shown.cast_unsigned()) + seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_visit_is_sealed_after_its_time_and_not_before() {
    let desk = Desk::open();
    let visit = desk.arrives();
    desk.notes(visit, "blue");
    desk.start();
    let took = desk.until(|desk| desk.hq.state().stored.len() == 1).await;
    assert!(took < seconds(1), "the arrival goes at once");
    assert_eq!(desk.status().waiting, 1, "the tap is not sealed yet, and waits all the same");
    let more = desk.until(|desk| desk.status().waiting == 0).await;
    let quiet = Duration::from_millis(u64::from(SEAL_AFTER_MS));
    assert!((quiet..quiet + seconds(1)).contains(&(took + more)), "{:?}", took + more);
    assert_eq!(desk.hq.state().stored.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn asking_seals_every_tap() {
    let desk = Desk::open();
    let visit = desk.arrives();
    desk.notes(visit, "blue");
    desk.start();
    desk.syncer.ask();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!(took < seconds(1), "{took:?}");
    assert_eq!(desk.hq.state().stored.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_sent_without_being_asked_for() {
    let desk = Desk::open();
    desk.start();
    tokio::time::advance(seconds(5)).await;
    desk.arrive(1);
    desk.syncer.written();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!(took < seconds(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_records_travel_with_several_batches_on_the_way() {
    let desk = Desk::open();
    desk.backlog(10_000);
    desk.syncer.send_all().await.unwrap();
    assert_eq!(desk.status().waiting, 0);
    let state = desk.hq.state();
    assert_eq!((state.stored.len(), state.duplicates), (10_000, 0), "each once");
    assert!(state.came.iter().all(|batch| batch.len() <= limits::BATCH_RECORDS_MAX));
    assert!((2..=4).contains(&state.in_flight_max), "some at once, but not all: {}", state.in_flight_max);
}

#[tokio::test(start_paused = true)]
async fn one_lost_batch_among_several_loses_nothing() {
    for fault in [Fault::DropBefore, Fault::DropAfter, Fault::WrongKey, Fault::Retry] {
        let desk = Desk::open();
        desk.backlog(5_000);
        desk.hq.will([Fault::None, fault]);
        desk.start();
        desk.until(|desk| desk.status().waiting == 0).await;
        assert_eq!(desk.hq.state().stored.len(), 5_000, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backlog_gives_way_to_a_busy_clerk_and_comes_through_all_the_same() {
    let took = async |is_busy: bool| {
        let desk = Desk::open();
        desk.backlog(10_000);
        let (syncer, start) = (Arc::clone(&desk.syncer), Instant::now());
        let taps = async move {
            loop {
                syncer.tapped();
                sleep(Duration::from_millis(100)).await;
            }
        };
        let clerk = is_busy.then(|| tokio::spawn(taps));
        desk.syncer.send_all().await.unwrap();
        clerk.inspect(JoinHandle::abort);
        assert_eq!(desk.hq.state().stored.len(), 10_000);
        start.elapsed()
    };
    let (alone, beside) = (took(false).await, took(true).await);
    assert!(beside > alone + seconds(5), "ten batches, each after a while: {alone:?}, {beside:?}");
    assert!(beside < alone + seconds(12), "none waits for the clerk to go home: {alone:?}, {beside:?}");
}
