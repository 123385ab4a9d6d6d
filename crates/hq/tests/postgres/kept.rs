//! What stands in the database, and what does not.

use crate::house::{Device, House};
use crate::raw::raw;
use floorbook_hq::{Because, Hq, HqError, Place};
use floorbook_model::{Body, ContactId, VisitId};
use floorbook_protocol::{ContactName, ContactRecord, OpeningKey, receipt_code};
use floorbook_tests::postgres::Cluster;
use std::fs;
use std::path::Path;

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "asked" };

fn sealed(house: &House, device: &Device, contact: ContactId, visit: VisitId) -> String {
    let named =
        ContactName { contact, visit, store: device.grant.store.id.clone(), device: device.grant.device, revision: 1 };
    let key = OpeningKey::make(&*house.rng).sealing_key();
    serde_json::to_string(&ContactRecord::seal(named, b"{\"name\":\"Li\"}", &key, &*house.rng).unwrap()).unwrap()
}

/// Whether any file of tables holds these bytes.
fn stands_in(folder: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, bytes);
        }
        fs::read(&path).unwrap().windows(bytes.len()).any(|part| part == bytes)
    })
}

#[tokio::test]
async fn an_erased_contact_stands_in_no_file_of_the_table_and_its_neighbour_does() {
    let house = House::open();
    let device = house.device_of("north").await;
    let [gone, kept] = [7, 9].map(|byte| ContactId::from_bytes([byte; 16]));
    let lines = [gone, kept].map(|contact| sealed(&house, &device, contact, VisitId::from_bytes([8; 16])));
    house.send_contacts(&device, &lines).await.unwrap();
    let client = raw(&house).await;
    let oid: u32 =
        client.query_one("SELECT oid FROM pg_database WHERE datname = current_database()", &[]).await.unwrap().get(0);
    let tables = Cluster::shared().data().join("base").join(oid.to_string());
    client.batch_execute("CHECKPOINT").await.unwrap();
    let bytes = |line: &String| line.as_bytes()[line.len() - 80..line.len() - 8].to_vec();
    assert!(stands_in(&tables, &bytes(&lines[0])), "as long as it is kept");
    house.hq.erase_contact(&receipt_code(gone), BECAUSE).unwrap();
    client.batch_execute("CHECKPOINT").await.unwrap();
    assert!(!stands_in(&tables, &bytes(&lines[0])));
    assert!(stands_in(&tables, &bytes(&lines[1])));
}

#[tokio::test]
async fn what_a_device_erased_goes_from_the_files_at_the_next_quiet_look() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (contact, visit) = (ContactId::from_bytes([7; 16]), VisitId::from_bytes([8; 16]));
    let line = sealed(&house, &device, contact, visit);
    house.send_contacts(&device, &[line]).await.unwrap();
    let erased = device.event(visit, Body::ContactErased { contact });
    house.send(&device, &[erased]).await.unwrap();
    let client = raw(&house).await;
    let scoured = "SELECT scoured FROM headquarters";
    assert_eq!(client.query_one(scoured, &[]).await.unwrap().get::<_, i64>(0), 0);
    let other = house.another(); // it looks when it starts to serve
    while client.query_one(scoured, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    drop(other);
}

#[tokio::test]
async fn the_database_alone_signs_nothing() {
    let house = House::open();
    let place = Place { dir: house.folder.path().join("elsewhere"), ..house.place.clone() };
    let open = |place: &Place| Hq::open(place, house.clock.clone(), house.rng.clone());
    assert!(matches!(open(&place), Err(HqError::NotThere(_))));
    fs::create_dir(&place.dir).unwrap();
    fs::write(place.key_path(), "ab".repeat(48)).unwrap();
    assert!(matches!(open(&place), Err(HqError::Sealed)));
    fs::copy(house.place.key_path(), place.key_path()).unwrap();
    assert_eq!(open(&place).unwrap().public_key(), house.hq.public_key(), "the key file is all that it needs");
}

#[tokio::test]
async fn a_secret_that_was_put_in_the_place_of_another_opens_nothing() {
    let house = House::open();
    raw(&house).await.batch_execute("UPDATE headquarters SET signing_seed = challenge_key").await.unwrap();
    let opened = Hq::open(&house.place, house.clock.clone(), house.rng.clone());
    assert!(matches!(opened, Err(HqError::Sealed)));
}

#[tokio::test]
async fn a_database_holds_one_headquarters_and_is_never_made_over() {
    let house = House::open();
    let place = Place { dir: house.folder.path().join("elsewhere"), ..house.place.clone() };
    let again = Hq::init(&place, &[], house.clock.clone(), house.rng.clone());
    assert!(matches!(again, Err(HqError::Taken)));
    assert!(!place.dir.exists(), "nothing was made");
    let empty = Place { database: Some(Cluster::shared().database().unwrap()), ..house.place.clone() };
    assert!(matches!(Hq::open(&empty, house.clock.clone(), house.rng.clone()), Err(HqError::Empty)));
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_left_alone() {
    let house = House::open();
    raw(&house).await.batch_execute("UPDATE floorbook_schema SET version = 99").await.unwrap();
    let opened = Hq::open(&house.place, house.clock.clone(), house.rng.clone());
    assert!(matches!(opened, Err(HqError::Open(_))));
}

#[test]
fn a_password_is_shown_to_nobody() {
    let place = Place { database: Some("postgres://hq:secret@db/floorbook".to_owned()), ..Place::default() };
    assert!(!format!("{place:?}").contains("secret"));
}
