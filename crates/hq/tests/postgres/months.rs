//! Every month has a partition of its own, and every event a place.

use crate::house::{Device, House};
use crate::raw::{partitions, raw};
use chrono::{DateTime, Datelike, Months};
use floorbook_hq::ExportFilter;
use floorbook_model::{Clock, EventId};
use floorbook_protocol::{RecordHead, RecordResult};

/// The next event of `device`, with the id that a clock would give at `ms`.
fn event_at(device: &mut Device, ms: i64) -> String {
    let (_, line) = device.opens();
    let id = RecordHead::parse(&line).unwrap().id;
    let mut bytes = *id.as_bytes();
    bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    line.replace(&id.to_string(), &EventId::from_bytes(bytes).to_string())
}

/// The same time of day so many months ago.
fn months_ago(house: &House, months: u32) -> i64 {
    let now = DateTime::from_timestamp_millis(house.clock.wall_ms()).unwrap();
    now.checked_sub_months(Months::new(months)).unwrap().timestamp_millis()
}

fn name(ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(ms).unwrap();
    format!("events_{:04}_{:02}", time.year(), time.month())
}

#[tokio::test]
async fn an_event_of_any_time_is_taken_and_goes_to_its_month_or_to_the_others() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let now_ms = house.clock.wall_ms();
    let times = [now_ms, months_ago(&house, 3), 0, (1 << 47) + 7];
    let lines = times.map(|ms| event_at(&mut device, ms));
    let receipt = house.send(&device, &lines).await.unwrap();
    assert_eq!(receipt.record_results().cloned().collect::<Vec<_>>(), [const { RecordResult::Accepted }; 4]);
    let mut wanted = [(name(now_ms), 1), (name(times[1]), 1), ("events_other".to_owned(), 2)];
    wanted.sort();
    assert_eq!(partitions(&raw(&house).await).await, wanted);
    let again = house.send(&device, &lines).await.unwrap();
    assert_eq!(again.record_results().cloned().collect::<Vec<_>>(), [const { RecordResult::Duplicate }; 4]);
    assert_eq!(house.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap().visits, 4);
}

#[tokio::test]
async fn a_number_is_used_once_over_all_months_and_an_id_too() {
    let house = House::open();
    let (mut device, mut other) = (house.device_of("north").await, house.device_of("north").await);
    let first = event_at(&mut device, months_ago(&house, 1));
    house.send(&device, &[&first]).await.unwrap();
    device.seq = 0;
    let same_number = device.opens().1;
    let same_id = {
        let (_, line) = other.opens();
        let ids = [&line, &first].map(|line| RecordHead::parse(line).unwrap().id.to_string());
        line.replace(&ids[0], &ids[1])
    };
    for (device, line) in [(&device, same_number), (&other, same_id)] {
        let receipt = house.send(device, &[line]).await.unwrap();
        assert!(matches!(receipt.results[0].result, RecordResult::Quarantined(_)), "{receipt:?}");
    }
    assert_eq!(partitions(&raw(&house).await).await.iter().map(|(_, events)| events).sum::<i64>(), 1);
}

#[tokio::test]
async fn while_somebody_reads_for_long_events_wait_elsewhere_for_their_month() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut reader = raw(&house).await;
    let long = reader.transaction().await.unwrap();
    long.query("SELECT count(*) FROM events", &[]).await.unwrap();
    let lines = device.opens_many(2);
    assert_eq!(house.send(&device, &lines).await.unwrap().acked_through, 2, "intake does not wait for it");
    let client = raw(&house).await;
    assert_eq!(partitions(&client).await, [("events_other".to_owned(), 2)]);
    long.commit().await.unwrap();
    house.clock.pass(10 * 60_000);
    let lines = device.opens_many(1);
    house.send(&device, &lines).await.unwrap();
    assert_eq!(partitions(&client).await.iter().map(|(_, events)| *events).collect::<Vec<_>>(), [3]);
    assert_eq!(partitions(&client).await[0].0, name(house.clock.wall_ms()));
}
