//! While the key is away nothing that was logged is lost, nothing of it can be read on the device, and
//! headquarters gets each visit once.

use crate::canary::nowhere;
use crate::support::{House, MANAGER_PIN, Till, clerk, manager, outcome, tap};
use floorbook_core::{CoreError, KeyVault, MemoryVault, State, VaultItem};
use floorbook_hq::Because;
use floorbook_model::VisitId;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Nothing is left in the keyring.
fn lost() -> Arc<MemoryVault> {
    Arc::default()
}

/// A till that has sent a visit of its own, then lost its key and goes on; with what its keyring held.
fn going_on(house: &House) -> (Till, Arc<MemoryVault>) {
    let till = Till::open(house);
    till.device.arrive(5).unwrap();
    till.drain();
    let keyring = Arc::clone(&till.vault);
    let till = till.restarted_with(lost(), |_| ());
    assert!(matches!(till.device.state(), State::Trouble(CoreError::KeyLost)));
    (goes_on(till), keyring)
}

fn goes_on(till: Till) -> Till {
    till.device.log_without_key().unwrap();
    till.device.unlock(&clerk(), "").unwrap();
    till
}

fn spools(till: &Till, extension: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(till.database().parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|it| it == extension) && path.to_string_lossy().contains("spool-"))
        .collect()
}

/// The key is back at the next start, and everything is sent.
fn back(till: Till, keyring: Arc<MemoryVault>) -> Till {
    let till = till.restarted_with(keyring, |_| ());
    assert!(matches!(till.device.state(), State::Locked), "{:?}", till.device.state());
    till.drain();
    till.until(|_| spools(&till, "sealed").is_empty()); // also those that held nothing
    till
}

#[test]
fn killed_after_every_tap_everything_arrives_once() {
    let house = House::open();
    let (mut till, keyring) = going_on(&house);
    let mut logged: BTreeMap<VisitId, usize> = BTreeMap::new();
    for taps in 0..6 {
        let visit = till.device.arrive(2).unwrap().visit.id();
        if taps % 3 > 0 {
            till.device.note(visit, &tap("age", "a35")).unwrap();
        }
        if taps % 3 > 1 {
            till.device.close_visit(visit, outcome("buy")).unwrap();
        }
        logged.insert(visit, taps % 3);
        till = goes_on(till.restarted_with(lost(), |_| ()));
        assert!(till.device.board().unwrap().running.is_empty(), "what was logged is not shown after a restart");
    }
    assert_eq!(house.rows().len(), 1, "without the key nothing is sent");
    let _till = back(till, keyring);
    let rows = house.rows();
    assert_eq!(rows.len(), 7);
    for row in &rows {
        let visit = row["visit"].as_str().unwrap().parse().unwrap();
        let Some(taps) = logged.remove(&visit) else { continue };
        assert_eq!(row["age"].as_str(), (taps > 0).then_some("a35"), "{row}");
        assert_eq!(row["outcome"].as_str(), (taps > 1).then_some("buy"), "{row}");
        assert_eq!(row["store"], "north");
    }
    assert!(logged.is_empty(), "{logged:?}");
}

#[test]
fn the_device_itself_goes_on_as_before_when_its_key_is_back() {
    let house = House::open();
    let (till, keyring) = going_on(&house);
    till.device.arrive(1).unwrap();
    assert_eq!(till.waiting(), 1);
    let item = keyring.load(VaultItem::Root).unwrap().unwrap();
    till.vault.keep(VaultItem::Root, &item).unwrap();
    till.device.retry();
    assert!(matches!(till.device.state(), State::Locked) && !till.device.is_without_key());
    till.drain();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.shows(2); // its own visit, and the one that comes back from headquarters
    till.device.arrive(3).unwrap();
    till.drain();
    let mut sizes: Vec<u64> = house.rows().iter().map(|row| row["size"].as_u64().unwrap()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 3, 5]);
    assert_eq!(house.hq().devices().unwrap().len(), 1, "a stand-in is no device");
}

#[test]
fn a_file_that_headquarters_did_not_sign_for_stays() {
    let mut house = House::open();
    let (till, keyring) = going_on(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    house.kill();
    let till = till.restarted_with(keyring, |_| ());
    assert_eq!(till.until(|status| status.waiting > 0).waiting, 1, "it is counted as waiting");
    assert_eq!(spools(&till, "sealed").len(), 1);
    house.restart();
    till.drain();
    assert!(spools(&till, "sealed").is_empty());
    assert!(house.exported().contains(&visit.to_string()));
}

#[test]
fn a_torn_tail_costs_the_last_tap_alone_and_the_file_is_kept() {
    let house = House::open();
    let (till, keyring) = going_on(&house);
    till.device.arrive(1).unwrap();
    till.device.arrive(2).unwrap();
    let path = spools(&till, "sealed").remove(0);
    let till = till.restarted_with(lost(), |_| {
        let mut file = fs::read(&path).unwrap();
        file.truncate(file.len() - 1);
        fs::write(&path, file).unwrap();
    });
    let till = back(till, keyring);
    assert_eq!(house.rows().len(), 2);
    assert_eq!(spools(&till, "torn").len(), 1);
}

#[test]
fn a_file_that_a_person_brings_first_is_known_when_the_device_comes_with_it() {
    let house = House::open();
    let (till, keyring) = going_on(&house);
    till.device.arrive(1).unwrap();
    let file = fs::read(spools(&till, "sealed").remove(0)).unwrap();
    assert_eq!(house.hq().import_spool(&file, Because::default()).unwrap().accepted, 1);
    let _till = back(till, keyring);
    assert_eq!(house.rows().len(), 2);
}

#[test]
fn what_a_wiped_device_had_not_sent_comes_when_it_is_paired_again() {
    let house = House::open();
    let till = Till::open(&house);
    till.drain();
    house.hq().wipe_device(till.id(&house), Because { who: "Officer", reason: "lost" }).unwrap();
    let visit = till.device.arrive(2).unwrap().visit.id();
    till.obeys();
    assert!(matches!(till.device.state(), State::Setup) && house.rows().is_empty());
    assert!(!till.database().with_file_name("outfit.json").exists(), "nobody logs on it without its key");
    till.pair(&house);
    till.drain();
    till.until(|_| spools(&till, "sealed").is_empty());
    assert_eq!(house.exported(), [visit.to_string()]);
}

#[test]
fn nothing_that_is_logged_without_the_key_stands_on_the_disk_in_clear() {
    let house = House::open();
    let (till, _) = going_on(&house);
    let words: Vec<String> = (0..100).map(|number| format!("想要珊瑚色{number:04}的围巾")).collect();
    for word in &words {
        let visit = till.device.arrive(1).unwrap().visit.id();
        till.device.note(visit, &tap("note", word)).unwrap();
    }
    let looked_for: Vec<&str> = words.iter().map(String::as_str).collect();
    let folder = [till.database().parent().unwrap().to_owned()];
    nowhere(&folder, &looked_for, "while it is logged");
    let till = till.restarted_with(lost(), |_| ());
    nowhere(&folder, &looked_for, "after a restart");
    assert!(!till.database().with_file_name("standin.db").exists());
}
