//! Pages of the feed that come while others are taken in.

use crate::desk::Desk;
use floorbook_model::{DeviceId, EventId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

fn door() -> DeviceId {
    DeviceId::from_bytes([3; 16])
}

const LAST: u64 = 21;

/// Another device logged this much.
fn desk_beside_a_door() -> Desk {
    let desk = Desk::open();
    let line = |seq: u64| {
        let mut event = desk.event(seq);
        (event.device, event.id) = (door(), EventId::from_bytes((u128::from(seq) << 64 | 1).to_be_bytes()));
        (door(), seq, serde_json::to_string(&event).unwrap())
    };
    let mut state = desk.hq.state();
    (state.kit, state.others) = (Some(7), (1..=LAST).map(line).collect());
    drop(state);
    desk
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_asked_for_where_the_last_one_ended() {
    let desk = desk_beside_a_door();
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    desk.syncer.caught_up().await;
    assert_eq!((desk.book.peers().unwrap()[&door()], desk.sealed().len()), (LAST, 21));
    let places = desk.hq.state().places.clone();
    assert_eq!(places[..11], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20], "once each, and none is passed over");
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_fit_is_asked_for_again_and_nothing_behind_it_counts() {
    let desk = desk_beside_a_door();
    desk.hq.state().spoilt_after = Some(8);
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    desk.syncer.caught_up().await;
    assert_eq!((desk.book.peers().unwrap()[&door()], desk.sealed().len()), (LAST, 21));
    let places = desk.hq.state().places.clone();
    let (first, again) = places.split_at(1 + places.windows(2).position(|pair| pair[1] < pair[0]).unwrap());
    assert!(first.contains(&8) && again[0] <= 8, "from where the book stands: {places:?}");
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn a_page_that_holds_less_than_its_head_says_is_asked_for_again() {
    let desk = desk_beside_a_door();
    desk.hq.state().torn_after = Some(8);
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    desk.syncer.caught_up().await;
    assert_eq!((desk.book.peers().unwrap()[&door()], desk.sealed().len()), (LAST, 21));
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn what_came_before_headquarters_went_away_is_kept() {
    let desk = desk_beside_a_door();
    desk.hq.state().feed_ends_at = Some(8);
    let follower = tokio::spawn(Arc::clone(&desk.syncer).follow(7, || ()));
    sleep(Duration::from_millis(500)).await;
    assert_eq!(desk.book.peers().unwrap()[&door()], 8);
    desk.hq.state().feed_ends_at = None;
    desk.syncer.caught_up().await;
    assert_eq!((desk.book.peers().unwrap()[&door()], desk.sealed().len()), (LAST, 21));
    follower.abort();
}
