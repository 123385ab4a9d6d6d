//! What does not go by itself: a file that somebody carries, and what headquarters set aside.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, manager};
use floorbook_core::{Carried, CoreError, Held};
use floorbook_hq::{Because, Hq, Place, Released, SpoolSummary};
use floorbook_load::{SeededRng, SimClock};
use rusqlite::Connection;
use std::cell::RefCell;
use std::fs;
use std::sync::Arc;

const CLERK_PIN: &str = "739150";

fn carried(till: &Till) -> Carried {
    till.device.export_unsent(|_, _| ()).unwrap()
}

impl House {
    /// Takes a file in while it does not serve: nobody else can be quicker.
    fn imports(&self, file: &[u8]) -> SpoolSummary {
        let (clock, rng) = (Arc::new(SimClock::at(chrono::Utc::now().timestamp_millis())), Arc::new(SeededRng::new(9)));
        let hq = Hq::open(&Place::in_folder(self.folder().join("hq")), clock, rng).unwrap();
        hq.import_spool(file, Because::default()).unwrap()
    }

    /// Its database, as the operator's tools open it.
    fn raw(&self) -> Connection {
        let folder = self.folder().join("hq");
        let key = fs::read_to_string(folder.join("hq.key")).unwrap();
        let database = Connection::open(folder.join("hq.db")).unwrap();
        database.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.trim())).unwrap();
        database
    }
}

#[test]
fn a_file_brings_a_month_to_headquarters_and_the_next_contact_finds_it_known() {
    let mut house = House::open();
    let till = Till::open(&house);
    till.hears();
    house.kill();
    for _ in 0..1_200 {
        till.device.arrive(2).unwrap();
    }
    let told = RefCell::new(Vec::new());
    let Carried { path, records } =
        till.device.export_unsent(|done, total| told.borrow_mut().push((done, total))).unwrap();
    assert_eq!((records, told.into_inner()), (1_200, vec![(500, 1_200), (1_000, 1_200), (1_200, 1_200)]));
    assert_eq!(till.waiting(), 1_200, "nothing left the outbox");
    let file = fs::read(&path).unwrap();
    assert!(!file.windows(12).any(|bytes| bytes == b"visit_opened"), "nobody on the way reads it");
    let summary = house.imports(&file);
    house.restart();
    assert_eq!(summary, SpoolSummary { accepted: 1_200, ..SpoolSummary::default() });
    assert_eq!(house.exported().len(), 1_200);
    till.drain();
    let again = house.hq().import_spool(&file, Because::default()).unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 1_200));
    assert_eq!(house.exported().len(), 1_200, "each once");
}

#[test]
fn a_new_file_takes_the_place_of_the_one_before() {
    let mut house = House::open();
    let till = Till::open(&house);
    house.kill();
    till.device.arrive(2).unwrap();
    let first = carried(&till);
    till.device.arrive(1).unwrap();
    let second = carried(&till);
    assert!(!first.path.exists() && second.path.exists());
    assert_eq!(second.records, 2, "and holds what that held");
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.waiting(), 2, "it lies where the sender does not look");
}

#[test]
fn only_a_manager_takes_anything_out_or_sends_it_again() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()).unwrap();
    assert!(matches!(till.device.export_unsent(|_, _| ()), Err(CoreError::ManagerNeeded)));
    assert!(matches!(till.device.set_aside(), Err(CoreError::ManagerNeeded)));
    assert!(matches!(till.device.send_again(&[1]), Err(CoreError::ManagerNeeded)));
    assert!(matches!(till.device.copy_set_aside(), Err(CoreError::ManagerNeeded)));
}

#[test]
fn what_headquarters_set_aside_is_sent_again_once_headquarters_is_mended() {
    let mut house = House::open();
    let till = Till::open(&house);
    house.kill();
    till.device.arrive(2).unwrap();
    let other = "INSERT INTO events (device, seq, id, line) VALUES (1, 1, zeroblob(16), '{}')";
    house.raw().execute(other, []).unwrap();
    house.restart();
    till.drain();
    assert_eq!(till.device.sync_status().unwrap().quarantined, 1);
    let held = till.device.set_aside().unwrap();
    let Held { n, code, kind, at_ms, entered_ms, .. } = held[0].clone();
    assert_eq!((code.as_str(), kind.as_deref()), ("conflict", Some("visit_opened")));
    assert!(at_ms.is_some() && entered_ms == at_ms, "{held:?}");
    let copy = till.device.copy_set_aside().unwrap();
    let copied: serde_json::Value = serde_json::from_str(copy.trim()).unwrap();
    let (_, record) = house.hq().quarantined(house.hq().quarantine().unwrap()[0].n).unwrap();
    assert_eq!(copied["record"].as_str().unwrap().as_bytes(), record, "byte for byte what headquarters holds");
    till.device.send_again(&[n]).unwrap();
    till.until(|status| status.waiting == 0);
    assert_eq!(till.device.set_aside().unwrap()[0].code, "conflict", "it is answered the same way");
    house.raw().execute("DELETE FROM events WHERE id = zeroblob(16)", []).unwrap();
    till.device.send_again(&[n]).unwrap();
    till.until(|status| status.waiting == 0 && status.quarantined == 0);
    assert!(till.device.set_aside().unwrap().is_empty());
    let n = house.hq().quarantine().unwrap()[0].n;
    assert_eq!(house.hq().release(n, Because::default()).unwrap(), Released::KnownAlready);
    assert_eq!(house.exported().len(), 1);
}
