//! What headquarters wants of the device: asked for, and heard from nobody else.

use crate::desk::Desk;
use crate::hq_stub::Fault;
use floorbook_model::{BusinessDay, Event};
use floorbook_protocol::{ChainHead, DayLedger, Order, ProblemKind, Purpose};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// Lines by the numbers of their events.
fn in_order(lines: &[String]) -> impl Iterator<Item = &str> {
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lines.sort_by_key(|line| Event::parse(line).unwrap().seq);
    lines.into_iter()
}

/// Waits until headquarters was heard, and says how long that took.
async fn heard(desk: &Desk) -> Duration {
    let (start, mut heard) = (Instant::now(), desk.syncer.heard());
    timeout(minutes(60), heard.changed()).await.unwrap().unwrap();
    assert_eq!(heard.borrow().as_ref().unwrap().config.order, Order::Wipe);
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_device_that_starts_asks_at_once_and_says_what_it_has() {
    let desk = Desk::open();
    desk.arrive(3);
    desk.hq.will([Fault::Retry]);
    desk.start();
    assert!(heard(&desk).await < minutes(1));
    let state = desk.hq.state();
    let asked = state.asked.first().unwrap();
    assert_eq!((asked.epoch, asked.waiting, asked.version.as_str()), (7, 3, "0.1.0"));
    let ledger = asked.ledger.as_ref().unwrap();
    let said: DayLedger = ledger.open(Purpose::Ledger, &desk.hq.device_key()).unwrap();
    assert_eq!((said.device, said.day), (desk.book.origin().device, BusinessDay::parse("2026-11-23").unwrap()));
    assert_eq!((said.through, said.count, said.waiting, said.set_aside), (3, 3, 3, 0));
    let lines = desk.sealed().into_values().collect::<Vec<_>>();
    assert_eq!(said.chain, in_order(&lines).fold(ChainHead::default(), ChainHead::after));
}

#[tokio::test(start_paused = true)]
async fn it_asks_again_while_it_runs_and_at_once_when_it_is_told_to() {
    let desk = Desk::open();
    desk.start();
    heard(&desk).await;
    let took = heard(&desk).await;
    assert!((minutes(4)..minutes(7)).contains(&took), "{took:?}");
    desk.syncer.ask();
    assert!(heard(&desk).await < minutes(1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_headquarters_to_this_question_is_not_heard() {
    let others = [Fault::WrongKey, Fault::WrongPurpose, Fault::WrongDevice, Fault::Portal, Fault::DropAfter];
    for fault in others {
        let desk = Desk::open();
        desk.hq.state().config_faults.extend([fault]);
        desk.start();
        let took = heard(&desk).await;
        assert!((minutes(1)..minutes(3)).contains(&took), "{fault:?}: only the honest one after it: {took:?}");
    }
    let desk = Desk::open();
    desk.hq.state().config_faults.extend([Fault::None, Fault::Replay]);
    desk.start();
    heard(&desk).await;
    let took = heard(&desk).await;
    assert!(took > minutes(5), "an answer that was played again would have come sooner: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_to_ask_is_no_failure_of_sending() {
    let desk = Desk::open();
    desk.hq.state().config_faults.extend([Fault::DropBefore]);
    desk.arrive(1);
    desk.start();
    desk.until(|desk| desk.status().waiting == 0).await;
    desk.arrive(1);
    desk.syncer.written();
    let took = desk.until(|desk| desk.status().waiting == 0).await;
    assert!(took < minutes(1), "what is written goes at once all the same: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_refused_asks_what_is_wanted_of_it() {
    let desk = Desk::open();
    desk.start();
    heard(&desk).await;
    desk.hq.will([Fault::Refused(ProblemKind::DeviceRevoked, None)]);
    desk.arrive(1);
    desk.syncer.written();
    assert!(heard(&desk).await < minutes(1));
}

#[tokio::test(start_paused = true)]
async fn headquarters_that_was_put_back_gets_again_what_it_lost() {
    let desk = Desk::open();
    desk.arrive(3);
    desk.start();
    desk.until(|desk| desk.status().waiting == 0).await;
    let all = std::mem::take(&mut desk.hq.state().stored);
    desk.hq.state().acked_through = Some(0);
    desk.until(|desk| desk.hq.state().stored == all).await;
    desk.hq.state().acked_through = Some(3);
    desk.until(|desk| desk.status().waiting == 0).await;
    let came = desk.hq.state().came.len();
    heard(&desk).await;
    heard(&desk).await;
    assert_eq!(desk.hq.state().came.len(), came, "it holds everything");
}

#[tokio::test(start_paused = true)]
async fn records_that_headquarters_does_not_take_keep_no_order_away() {
    for fault in [Fault::Refused(ProblemKind::Malformed, None), Fault::WrongKey, Fault::More] {
        let desk = Desk::open();
        desk.arrive(1);
        desk.hq.will([fault; 20]);
        desk.start();
        assert!(heard(&desk).await < minutes(1), "{fault:?}");
        assert_eq!(desk.status().waiting, 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kit_that_the_device_does_not_take_is_asked_for_once() {
    let desk = Desk::open();
    desk.hq.state().kit = Some(8);
    desk.start();
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    sleep(minutes(4)).await;
    let asked = desk.hq.state().asked.len();
    assert!((1..=2).contains(&asked), "at the start and at the hint: {asked}");
    desk.hq.state().kit = Some(9);
    sleep(Duration::from_secs(26)).await;
    assert_eq!(desk.hq.state().asked.len(), asked + 1, "and for the next one within half a minute");
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn to_get_a_page_of_the_feed_is_to_hear_of_headquarters() {
    let desk = Desk::open();
    desk.hq.state().kit = Some(7);
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    sleep(minutes(3)).await;
    let heard_ms = desk.status().heard_ms.unwrap();
    sleep(minutes(2)).await;
    let later_ms = desk.status().heard_ms.unwrap();
    assert!((60_000..=150_000).contains(&(later_ms - heard_ms)), "noted about once a minute");
    follower.abort();
}
