//! What the other devices of a store logged, for the one that asks.

use crate::house::{Device, House};
use floorbook_hq::Because;
use floorbook_protocol::{FeedRequest, ProblemKind, encode_batch, limits, path};
use std::time::{Duration, Instant};

const DAY_MS: i64 = 86_400_000;

fn asked(epoch: u64, wait_ms: u32) -> FeedRequest {
    FeedRequest { have: [].into(), days: 14, wait_ms, epoch, ahead: None, lines: None }
}

async fn kit_of(house: &House, device: &Device) -> u64 {
    house.ask_with(device, &device.asks(0)).await.unwrap().kit.unwrap().epoch
}

#[tokio::test]
async fn a_device_is_told_of_a_kit_by_its_epoch_and_waits_once_it_was() {
    let house = House::open();
    let device = house.device_of("north").await;
    house
        .hq
        .set_policy(&"north".parse().unwrap(), |policy| policy.wipe_after_days = Some(30), Because::default())
        .unwrap();
    let newest = kit_of(&house, &device).await;
    let start = Instant::now();
    let (head, lines) = house.feed(&device, &asked(device.grant.epoch, limits::FEED_WAIT_MS_MAX)).await.unwrap();
    assert_eq!((head.config, head.epoch, lines.len()), (true, newest, 0));
    assert!(start.elapsed() < Duration::from_secs(20), "at once");
    let (head, _) = house.feed(&device, &asked(newest, 300)).await.unwrap();
    assert!(!head.config && start.elapsed() >= Duration::from_millis(300), "it was told already");
}

#[tokio::test]
async fn the_last_days_are_those_of_headquarters_clock() {
    let house = House::open();
    let mut door = house.device_of("north").await;
    let old = door.opens_many(2);
    house.clock.pass(15 * DAY_MS);
    let new = door.opens_many(3);
    house.send(&door, &[old, new.clone()].concat()).await.unwrap();
    let counter = house.device_of("north").await;
    let (_, lines) = house.feed(&counter, &asked(counter.grant.epoch, 0)).await.unwrap();
    assert_eq!(lines, new);
}

#[tokio::test]
async fn the_head_says_where_the_next_page_begins_and_a_page_is_as_long_as_was_asked() {
    let house = House::open();
    let (mut door, mut till) = (house.device_of("north").await, house.device_of("north").await);
    let (of_door, of_till) = (door.opens_many(3), till.opens_many(2));
    house.send(&door, &of_door).await.unwrap();
    house.send(&till, &[&of_till[1..]].concat()).await.unwrap();
    let counter = house.device_of("north").await;
    let mut question = FeedRequest { ahead: Some([].into()), lines: Some(2), ..asked(counter.grant.epoch, 0) };
    let (head, lines) = house.feed(&counter, &question).await.unwrap();
    assert_eq!((lines, head.more, head.ahead), ([&of_till[1..], &of_door[..1]].concat(), true, 1));
    assert_eq!(
        (&head.ahead_through, &head.through),
        (&[(till.grant.device, 2)].into(), &[(door.grant.device, 1)].into())
    );
    (question.ahead, question.have) = (Some(head.ahead_through), head.through);
    let (head, lines) = house.feed(&counter, &question).await.unwrap();
    assert_eq!((lines, head.more, head.ahead), (of_door[1..].to_vec(), false, 0));
    assert_eq!((head.ahead_through, head.through), ([].into(), [(door.grant.device, 3)].into()));
    question.lines = Some(0);
    let (_, lines) = house.feed(&counter, &question).await.unwrap();
    assert_eq!(lines.len(), 1, "nothing is ever asked for");
}

#[tokio::test]
async fn a_device_that_asks_a_third_time_ends_the_first() {
    let house = House::open();
    let (device, other) = (house.device_of("north").await, house.device_of("north").await);
    let wait = asked(device.grant.epoch, limits::FEED_WAIT_MS_MAX);
    let start = Instant::now();
    let waits = async |n: u64| {
        tokio::time::sleep(Duration::from_millis(200 * n)).await;
        house.feed(&device, &wait).await.unwrap();
        n
    };
    let ended = tokio::select! {
        n = waits(0) => n,
        n = waits(1) => n,
        n = waits(2) => n,
        _ = house.feed(&other, &wait) => 9,
    };
    assert_eq!(ended, 0);
    assert!(start.elapsed() < Duration::from_secs(20), "long before its time was over");
}

#[tokio::test]
async fn a_question_is_one_line() {
    let house = House::open();
    let device = house.device_of("north").await;
    let line = serde_json::to_string(&asked(0, 0)).unwrap();
    for lines in [vec![line.clone(), line.clone()], vec!["{}".to_owned()]] {
        let letter = device.letter_to(path::FEED, encode_batch(&lines).unwrap(), house.challenge().await);
        let answer = house.try_put(&letter).await.unwrap();
        assert_eq!(answer.status(), 400, "{lines:?}");
        assert_eq!(house.deliver(&device, &letter).await.unwrap_err(), ProblemKind::Malformed);
    }
}
