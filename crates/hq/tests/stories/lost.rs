//! A device is lost: headquarters says what was on it, has contacts erased there, and opens it without paper.

use crate::house::{CountedRng, Device, House};
use floorbook_hq::{Because, DeviceState, HqError};
use floorbook_model::{Clock, ContactId, DeviceId};
use floorbook_protocol::{
    ConfigRequest, ContactName, ContactRecord, OpeningKey, Sealed, SealedFor, encode_batch, limits, path, receipt_code,
};
use std::fs;

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "left on a train" };
const DAY_MS: i64 = 24 * 3_600_000;
const ROOTS: &[u8] = b"[\"cm9vdA==\",\"cm9vdCBiZWZvcmU=\"]";

/// Contacts that a visitor left on `device`, one for each number.
async fn leaves(house: &House, device: &Device, numbers: std::ops::Range<u16>) -> Vec<ContactId> {
    let (rng, visit) = (CountedRng::default(), device.visit());
    let key = OpeningKey::make(&rng).sealing_key();
    let id = |number: u16| ContactId::from_bytes([number.to_be_bytes(); 8].concat().try_into().unwrap());
    let record = |contact: ContactId| {
        let (store, device) = (device.grant.store.id.clone(), device.grant.device);
        let name = ContactName { contact, visit, store, device, revision: 1 };
        let record = ContactRecord::seal(name, b"{\"name\":\"Li\"}", &key, &rng).unwrap();
        serde_json::to_string(&record).unwrap()
    };
    let contacts: Vec<ContactId> = numbers.map(id).collect();
    let lines: Vec<String> = contacts.iter().copied().map(record).collect();
    house.send_contacts(device, &lines).await.unwrap();
    contacts
}

fn erase(house: &House, contact: ContactId) {
    house.hq.erase_contact(&receipt_code(contact), BECAUSE).unwrap();
}

/// The root secrets of `device`, sealed to `key` as those of `bound_to`.
async fn deposits(house: &House, device: &Device, key: &OpeningKey, bound_to: DeviceId) {
    let rng = CountedRng::default();
    let sealed = Sealed::seal(SealedFor::Escrow, bound_to.as_bytes(), ROOTS, &key.sealing_key(), &rng).unwrap();
    let said = ConfigRequest { escrow: Some(sealed), ..device.asks(0) };
    house.ask_with(device, &said).await.unwrap();
}

#[tokio::test]
async fn the_sheet_tells_what_was_on_the_device_and_nothing_of_others() {
    let house = House::open();
    let (mut device, mut other) = (house.device_of("north").await, house.device_of("north").await);
    let mut lines = device.opens_many(2);
    house.clock.pass(31 * DAY_MS);
    lines.extend(device.opens_many(3));
    house.send(&device, &lines).await.unwrap();
    let theirs = other.opens_many(7);
    house.send(&other, &theirs).await.unwrap();
    let contacts = leaves(&house, &device, 1..4).await;
    leaves(&house, &other, 4..5).await;
    erase(&house, contacts[0]);
    house.clock.pass(DAY_MS);
    house.ask_with(&device, &ConfigRequest { waiting: 12, ..device.asks(0) }).await.unwrap();

    let sheet = house.hq.device_sheet(device.grant.device).unwrap();
    assert_eq!((sheet.visits, sheet.device.waiting, sheet.has_escrow), (3, Some(12), false));
    assert_eq!(sheet.device.version.as_deref(), Some("1.0.0"));
    assert_eq!(sheet.device.asked_ms, Some(house.clock.wall_ms()));
    assert_eq!(sheet.device.heard_ms, Some(house.clock.wall_ms() - DAY_MS));
    assert_eq!((sheet.device.state, sheet.store.name.as_str()), (DeviceState::Welcome, "north"));
    let mut kept: Vec<String> = sheet.contacts.iter().map(|line| line.code.clone()).collect();
    let mut expected: Vec<String> = contacts[1..].iter().map(|contact| receipt_code(*contact)).collect();
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
    let stranger = DeviceId::from_bytes([9; 16]);
    assert!(matches!(house.hq.device_sheet(stranger), Err(HqError::DeviceUnknown(_))));
    assert!(matches!(house.hq.wipe_device(stranger, BECAUSE), Err(HqError::DeviceUnknown(_))));
    assert_eq!(house.on_record("device_wiped"), [], "what was not done is not on record");
}

#[tokio::test]
async fn what_headquarters_erased_is_erased_where_it_was_taken() {
    let house = House::open();
    let (mut device, other) = (house.device_of("north").await, house.device_of("north").await);
    let contacts = leaves(&house, &device, 1..4).await;
    let own = floorbook_model::Body::ContactErased { contact: contacts[2] };
    let line = device.event(device.visit(), own);
    house.send(&device, &[line]).await.unwrap();
    erase(&house, contacts[0]);
    house.clock.pass(DAY_MS);
    erase(&house, contacts[1]);
    assert_eq!(house.ask(&device).await.unwrap().erased, [contacts[1], contacts[0]], "and not what it erased itself");
    assert_eq!(house.ask(&other).await.unwrap().erased, []);
    house.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    assert_eq!(
        house.ask(&device).await.unwrap().erased.len(),
        2,
        "it is owed to the visitor, whoever holds the device"
    );
    house.clock.pass(59 * DAY_MS);
    assert_eq!(house.ask(&device).await.unwrap().erased, [contacts[1]]);
    house.clock.pass(DAY_MS);
    assert_eq!(house.ask(&device).await.unwrap().erased, []);
}

#[tokio::test]
async fn an_answer_stays_within_what_a_device_reads() {
    let house = House::open();
    let device = house.device_of("north").await;
    for start in [1, 601] {
        leaves(&house, &device, start..start + 600).await;
    }
    house.clock.pass(400 * DAY_MS);
    assert_eq!(house.hq.erase_expired_contacts().unwrap(), 1_200);
    let line = serde_json::to_string(&device.asks(0)).unwrap();
    let letter = device.letter_to(path::CONFIG, encode_batch(&[line]).unwrap(), house.challenge().await);
    let config = house.ask_by(&device, &letter).await.unwrap();
    assert_eq!(config.erased.len(), 1_000);
    assert!(config.kit.is_some() && serde_json::to_vec(&config).unwrap().len() < limits::ANSWER_BYTES_MAX / 2);
}

#[tokio::test]
async fn a_device_without_paper_is_opened_by_a_new_code_which_goes_on_record() {
    let house = House::open();
    let device = house.device_of("north").await;
    let (key, id) = (OpeningKey::make(&CountedRng::default()), device.grant.device);
    let file = house.folder.path().join("recovery.sealed");
    let missing = house.hq.recover_device(id, &key, &file, BECAUSE);
    assert!(matches!(missing, Err(HqError::EscrowMissing(_))));
    deposits(&house, &device, &key, id).await;
    house.ask(&device).await.unwrap();
    assert!(house.hq.device_sheet(id).unwrap().has_escrow, "a question without it takes nothing away");

    let code = house.hq.recover_device(id, &key, &file, BECAUSE).unwrap();
    let sealed: Sealed = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let typed: floorbook_protocol::PaperCode = code.to_string().to_lowercase().parse().unwrap();
    assert_eq!(typed.opening_key().open(SealedFor::RecoveryByHq, b"", &sealed).unwrap().as_slice(), ROOTS);
    let audit = house.on_record("key_opened");
    assert_eq!((audit.len(), audit[0].reason.as_str()), (1, BECAUSE.reason));
    assert_eq!(audit[0].subject.to_string(), id.to_string());

    let again = house.hq.recover_device(id, &key, &file, BECAUSE);
    assert!(matches!(again, Err(HqError::AlreadyThere(_))), "a file is never written over");
}

#[tokio::test]
async fn a_key_that_is_not_the_devices_own_opens_nothing_and_the_try_is_on_record() {
    let house = House::open();
    let (device, other) = (house.device_of("north").await, house.device_of("north").await);
    let rng = CountedRng::default();
    let (key, theirs) = (OpeningKey::make(&rng), OpeningKey::make(&rng));
    let id = device.grant.device;
    let file = house.folder.path().join("recovery.sealed");
    deposits(&house, &device, &key, id).await;
    assert!(matches!(house.hq.recover_device(id, &theirs, &file, BECAUSE), Err(HqError::EscrowSealed)));
    deposits(&house, &device, &key, other.grant.device).await;
    assert!(matches!(house.hq.recover_device(id, &key, &file, BECAUSE), Err(HqError::EscrowSealed)), "one of another");
    assert!(!file.exists());
    assert_eq!(house.on_record("key_opened").len(), 2);
}
