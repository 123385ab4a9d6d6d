//! What was acknowledged is there after any end of the process.

use crate::house::{House, data};
use floorbook_hq::{ExportFilter, Hq, HqError, Place};
use std::fs;

#[tokio::test]
async fn a_restart_keeps_visits_devices_codes_challenges_and_identity() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(5);
    house.send(&device, &lines).await.unwrap();
    let (hq_key, ca_der) = (house.hq.public_key(), house.hq.ca_der().to_vec());
    let code = house.code(1);
    let letter = device.letter(floorbook_protocol::encode_batch(&lines).unwrap(), house.challenge().await);

    let house = house.restart();
    assert_eq!((house.hq.public_key(), house.hq.ca_der()), (hq_key, ca_der.as_slice()));
    let receipt = house.deliver(&device, &letter).await.unwrap();
    assert_eq!(receipt.acked_through, 5);
    assert_eq!(receipt.results.len(), 1, "all of them are duplicates");
    let again = house.pair(&code, &device.key).await.expect("a code outlives the process that made it");
    assert_eq!(again.spool_key, device.grant.spool_key);
    assert_eq!(house.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap().visits, 5);
}

#[tokio::test]
async fn a_stop_finishes_cleanly() {
    let house = House::open();
    let _ = house.challenge().await;
    house.stop().await.unwrap();
}

#[tokio::test]
async fn a_headquarters_is_never_made_over_another() {
    let house = House::open();
    let before = fs::read(data(&house.folder).join("hq.key")).unwrap();
    let again = Hq::init(&house.place, &[], house.clock.clone(), house.rng.clone());
    assert!(matches!(again, Err(HqError::AlreadyThere(_))), "{again:?}");
    assert_eq!(fs::read(data(&house.folder).join("hq.key")).unwrap(), before);
}

#[tokio::test]
async fn without_its_key_it_does_not_open_and_is_left_alone() {
    let house = House::open();
    let dir = data(&house.folder);
    let open_with = |key_file: &str| {
        let place = Place { key_file: Some(dir.join(key_file)), ..house.place.clone() };
        Hq::open(&place, house.clock.clone(), house.rng.clone())
    };
    let open = |key: &str| {
        fs::write(dir.join("other.key"), key).unwrap();
        open_with("other.key")
    };
    assert!(matches!(open(&"ab".repeat(48)), Err(HqError::Open(_) | HqError::Sealed)));
    for text in ["", "ab", &"zz".repeat(48), &"ab".repeat(49), &"é".repeat(48)] {
        assert!(matches!(open(text), Err(HqError::BadKeyFile(_))), "{text}");
    }
    assert!(matches!(open_with("no.key"), Err(HqError::NotThere(_))));
    assert!(open_with("hq.key").is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_are_for_their_owner_and_the_database_tells_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::open();
    let dir = data(&house.folder);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&dir), mode(&dir.join("hq.key"))), (0o700, 0o600));
    let ca = fs::read_to_string(dir.join("ca.pem")).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----\n") && !ca.contains("KEY"));
    for entry in fs::read_dir(&dir).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let names = "小李".as_bytes();
        assert!(!bytes.windows(names.len()).any(|part| part == names), "a name stands in a file");
    }
}
