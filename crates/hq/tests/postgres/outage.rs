//! Whatever ends in the middle, nothing is lost and nothing is there twice.

use crate::house::House;
use crate::raw::raw;
use floorbook_hq::{ExportFilter, HqError, Place};
use floorbook_protocol::{ProblemKind, RecordResult, Run};
use floorbook_tests::postgres::{Cluster, Durability};
use std::sync::Arc;

fn visits(house: &House) -> u64 {
    house.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap().visits
}

/// A headquarters on a cluster of its own, which may fall.
fn house_on(cluster: &Cluster) -> House {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let place = Place { database: Some(cluster.database().unwrap()), ..Place::in_folder(folder.path().join("data")) };
    House::open_in(folder, place)
}

#[tokio::test]
async fn a_database_that_falls_and_comes_back_is_used_again() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let house = house_on(&cluster);
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(4);
    house.send(&device, &lines[..2]).await.unwrap();
    cluster.crash().unwrap();
    cluster.run_again().unwrap();
    let receipt = house.send(&device, &lines).await.expect("lost connections are replaced");
    assert_eq!(receipt.acked_through, 4);
    cluster.crash().unwrap();
    let more = device.opens_many(1);
    assert_eq!(house.send(&device, &more).await, Err(ProblemKind::Busy), "the device is to come again");
    assert!(matches!(house.hq.devices(), Err(HqError::Postgres(_))));
    cluster.run_again().unwrap();
    assert_eq!(house.send(&device, &more).await.unwrap().acked_through, 5);
    assert_eq!(visits(&house), 5);
}

#[tokio::test]
async fn a_connection_that_ends_under_a_batch_is_answered_with_come_again() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let client = raw(&house).await;
    let lines = device.opens_many(2);
    // Whoever appends an event ends there, as with a connection that is cut.
    client
        .batch_execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER cut BEFORE UPDATE ON devices FOR EACH ROW EXECUTE FUNCTION cut()",
        )
        .await
        .unwrap();
    assert_eq!(house.send(&device, &lines).await, Err(ProblemKind::Busy));
    client.batch_execute("DROP TRIGGER cut ON devices").await.unwrap();
    assert_eq!(visits(&house), 0, "nothing of it is there");
    let receipt = house.send(&device, &lines).await.unwrap();
    assert_eq!(receipt.results, [Run { count: 2, result: RecordResult::Accepted }]);
}

#[tokio::test]
async fn intake_waits_for_no_operator() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let client = raw(&house).await;
    let writer = i64::from_be_bytes(*b"floorbok") + 1;
    client.execute("SELECT pg_advisory_lock($1)", &[&writer]).await.unwrap();
    let lines = device.opens_many(2);
    assert_eq!(house.send(&device, &lines).await.unwrap().acked_through, 2);
    assert!(house.ask(&device).await.is_ok());
}
