//! Devices of one store may ask different receivers; their boards agree all the same.

use crate::house::{Device, House};
use floorbook_protocol::{FeedRequest, decode_batch, encode_batch, limits, path};
use std::collections::BTreeMap;

/// What `device` gets of the others once there is something, or at the end of its patience.
async fn feed(house: &House, device: &Device) -> Vec<String> {
    let asked = FeedRequest {
        have: BTreeMap::new(),
        days: 14,
        wait_ms: limits::FEED_WAIT_MS_MAX,
        epoch: device.grant.epoch,
        ahead: None,
        lines: None,
    };
    let line = serde_json::to_string(&asked).unwrap();
    let letter = device.letter_to(path::FEED, encode_batch(&[line]).unwrap(), house.challenge().await);
    let page = house.try_put(&letter).await.unwrap().bytes().await.unwrap();
    if page.is_empty() { Vec::new() } else { decode_batch(&page).unwrap().records().map(str::to_owned).collect() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_at_one_receiver_hears_of_what_came_to_another() {
    let house = House::open();
    let other = house.another();
    let (mut here, there) = (house.device_of("north").await, house.device_of("north").await);
    let lines = here.opens_many(1);
    let (heard, sent) = tokio::join!(feed(&other, &there), house.send(&here, &lines));
    assert_eq!(sent.unwrap().acked_through, 1);
    assert_eq!(heard, lines);
}
