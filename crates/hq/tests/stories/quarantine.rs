//! What was set aside waits for the operator, and is taken in once it fits.

use crate::house::House;
use crate::place::learns_to_read;
use floorbook_hq::{Because, ExportFilter, HqError, Released};
use floorbook_protocol::{QuarantineCode, RecordResult};

fn visits(house: &House) -> usize {
    let mut out = Vec::new();
    house.hq.export_jsonl(&mut out, &ExportFilter::default()).unwrap();
    String::from_utf8(out).unwrap().lines().count()
}

#[tokio::test]
async fn the_operator_sees_what_was_set_aside_and_why_it_stays_there() {
    let house = House::open();
    let (mut device, mut other) = (house.device_of("north").await, house.device_of("south").await);
    let (good, foreign) = (device.opens().1, other.opens().1);
    let changed = good.replace("\"size\":2", "\"size\":4");
    house.send(&device, &[&good, &foreign, &changed, "{}"]).await.unwrap();
    let listed = house.hq.quarantine().unwrap();
    let said: Vec<_> = listed.iter().map(|line| (line.code.as_str(), line.seq, line.store.as_str())).collect();
    let expected = [("foreign_origin", None, "north"), ("conflict", Some(1), "north"), ("malformed", None, "north")];
    assert_eq!(said, expected);
    assert!(listed.iter().all(|line| line.device == device.grant.device), "whoever brought it");
    let (line, record) = house.hq.quarantined(listed[1].n).unwrap();
    assert_eq!((line, record), (listed[1].clone(), changed.into_bytes()), "exactly as it came");
    for line in &listed {
        assert!(matches!(house.hq.release(line.n, Because::default()), Err(HqError::Unfit(_))), "{line:?}");
    }
    assert_eq!(house.hq.quarantine().unwrap(), listed, "nothing has moved");
    assert!(matches!(house.hq.release(77, Because::default()), Err(HqError::QuarantineUnknown(77))));
    assert_eq!(visits(&house), 1);
}

#[tokio::test]
async fn what_fits_by_now_becomes_an_event_and_its_device_hears_that_it_is_known() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let unread = device.opens().1;
    let later = device.opens().1;
    house.send(&device, &["{}", &later]).await.unwrap();
    learns_to_read(&house, &unread).await;
    let n = house.hq.quarantine().unwrap()[0].n;
    assert_eq!(house.hq.release(n, Because::default()).unwrap(), Released::Stored);
    assert!(house.hq.quarantine().unwrap().is_empty());
    let receipt = house.send(&device, &[&unread]).await.unwrap();
    assert_eq!(receipt.results[0].result, RecordResult::Duplicate);
    assert_eq!((visits(&house), receipt.acked_through), (2, 2));
}

#[tokio::test]
async fn what_came_again_meanwhile_is_no_longer_set_aside_once_it_is_released() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let unread = device.opens().1;
    house.send(&device, &["{}"]).await.unwrap();
    learns_to_read(&house, &unread).await;
    house.send(&device, &[&unread]).await.unwrap();
    let n = house.hq.quarantine().unwrap()[0].n;
    assert_eq!(house.hq.release(n, Because::default()).unwrap(), Released::KnownAlready);
    assert!(house.hq.quarantine().unwrap().is_empty());
    assert_eq!(visits(&house), 1);
}

#[tokio::test]
async fn a_record_that_is_sent_again_is_answered_the_same_way() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let good = device.opens().1;
    let changed = good.replace("\"size\":2", "\"size\":4");
    house.send(&device, &[&good]).await.unwrap();
    for _ in 0..2 {
        let receipt = house.send(&device, &[&changed]).await.unwrap();
        assert_eq!(receipt.results[0].result, RecordResult::Quarantined(QuarantineCode::Conflict));
        assert_eq!(house.hq.quarantine().unwrap().len(), 1, "each once");
    }
}
