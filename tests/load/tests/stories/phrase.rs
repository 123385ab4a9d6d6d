//! A till without a keyring: everything works under a phrase, and the paper helps where that is lost.

use crate::support::{House, MANAGER_PIN, Till, clerk, manager};
use floorbook_core::{Approval, CoreError, Device, KeyVault, PHRASE_FILE, State, VaultError, VaultItem};
use floorbook_hq::Because;
use std::fs;
use std::sync::Arc;
use zeroize::Zeroizing;

const PHRASE: &str = "six grey cats sleep under boats";
const NEW_PHRASE: &str = "春眠不觉晓处处闻啼鸟夜来风雨";

struct NoKeyring;

impl KeyVault for NoKeyring {
    fn load(&self, _: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Err(VaultError::Missing)
    }

    fn keep(&self, _: VaultItem, _: &[u8]) -> Result<(), VaultError> {
        Err(VaultError::Missing)
    }

    fn forget(&self, _: VaultItem) -> Result<(), VaultError> {
        Err(VaultError::Missing)
    }
}

/// In use under the phrase: a manager is signed in, and there is a visit.
fn till(house: &House) -> Till<NoKeyring> {
    let till = Till::with(Arc::new(NoKeyring));
    till.device.set_phrase(PHRASE).unwrap();
    till.pair(house);
    till.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    till.device.arrive(2).unwrap();
    till
}

fn restarted(till: Till<NoKeyring>) -> Till<NoKeyring> {
    let till = till.restarted_with(Arc::new(NoKeyring), |_| ());
    assert!(matches!(till.device.state(), State::Trouble(CoreError::PhraseNeeded)), "{:?}", till.device.state());
    till
}

fn assert_goes_on(device: &Device) {
    assert!(matches!(device.state(), State::Locked), "{:?}", device.state());
    device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(device.board().unwrap().running.len(), 1, "the visit is where it was");
}

#[test]
fn the_phrase_opens_what_was_logged_and_headquarters_still_takes_it() {
    let house = House::open();
    let till = restarted(till(&house));
    till.device.open_with_phrase(PHRASE).unwrap();
    assert_goes_on(&till.device);
    till.drain();
    assert_eq!(house.rows().len(), 1);
}

#[test]
fn tries_at_pins_are_counted_where_no_keyring_counts_them() {
    let house = House::open();
    let mut old = Vec::new();
    let till = till(&house).restarted_with(Arc::new(NoKeyring), |database| old = fs::read(database).unwrap());
    till.device.open_with_phrase(PHRASE).unwrap();
    for _ in 0..5 {
        till.device.unlock(&manager(), "135790").unwrap_err();
    }
    // Nothing but the database is put back.
    let till = till.restarted_with(Arc::new(NoKeyring), |database| fs::write(database, old).unwrap());
    till.device.open_with_phrase(PHRASE).unwrap();
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinWait(_))), "they still count");
}

#[test]
fn a_manager_changes_the_phrase_and_nobody_else() {
    let house = House::open();
    let till = till(&house);
    assert!(matches!(till.device.change_phrase("too short"), Err(CoreError::PhraseWeak)));
    till.pass_s(61);
    assert!(matches!(till.device.change_phrase(NEW_PHRASE), Err(CoreError::PinNeeded)));
    till.device.confirm_pin(MANAGER_PIN).unwrap();
    till.device.change_phrase(NEW_PHRASE).unwrap();
    till.device.enrol_pin(&clerk(), "975310", &crate::support::approved()).unwrap();
    assert!(matches!(till.device.change_phrase(PHRASE), Err(CoreError::ManagerNeeded)));

    let till = restarted(till);
    assert!(matches!(till.device.change_phrase(PHRASE), Err(CoreError::WrongState)));
    assert!(matches!(till.device.open_with_phrase(PHRASE), Err(CoreError::PhraseWrong)), "the old one opens nothing");
    till.device.open_with_phrase(NEW_PHRASE).unwrap();
    assert_goes_on(&till.device);
}

#[test]
fn a_device_whose_keyring_has_the_key_has_no_phrase_to_change() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.confirm_pin(MANAGER_PIN).unwrap();
    assert!(matches!(till.device.change_phrase(PHRASE), Err(CoreError::WrongState)));
    assert!(!till.database().with_file_name(PHRASE_FILE).exists());
}

#[test]
fn the_paper_opens_where_the_phrase_is_lost_and_a_new_one_is_set() {
    let house = House::open();
    let till = till(&house);
    let code = till.device.make_recovery_code().unwrap().to_string();
    let other = Till::open(&house).device.make_recovery_code().unwrap().to_string();

    let till = restarted(till);
    let sealed = till.database().with_file_name(PHRASE_FILE);
    let before = fs::read(&sealed).unwrap();
    assert!(matches!(till.device.recover_with_phrase(&code, "too short"), Err(CoreError::PhraseWeak)));
    assert!(matches!(till.device.recover_with_phrase(&other, NEW_PHRASE), Err(CoreError::RecoveryWrong)));
    assert!(fs::read(&sealed).unwrap() == before, "nothing was written for it");
    for _ in 0..5 {
        till.device.open_with_phrase("wrong").unwrap_err();
    }
    till.device.recover_with_phrase(&code.to_lowercase(), NEW_PHRASE).unwrap();
    assert_goes_on(&till.device);

    let till = restarted(till);
    till.device.open_with_phrase(NEW_PHRASE).unwrap();
    assert_goes_on(&till.device);
}

#[test]
fn a_new_key_of_the_database_is_sealed_under_the_same_phrase() {
    let house = House::open();
    let till = till(&house);
    till.device.rotate_key().unwrap();
    let till = restarted(till);
    let sealed = till.database().with_file_name(PHRASE_FILE);
    let before = fs::read(&sealed).unwrap();
    till.device.open_with_phrase(PHRASE).unwrap();
    assert_goes_on(&till.device);
    assert!(fs::read(&sealed).unwrap() != before, "there is another key");

    let till = restarted(till);
    till.device.open_with_phrase(PHRASE).unwrap();
    assert_goes_on(&till.device);
    let till = till.restarted_with(Arc::new(NoKeyring), |database| {
        fs::write(database.with_file_name(PHRASE_FILE), before).unwrap();
    });
    till.device.open_with_phrase(PHRASE).unwrap();
    assert!(matches!(till.device.state(), State::Trouble(CoreError::KeyMismatch)), "an old copy opens the old one");
}

#[test]
fn a_wiped_till_forgets_its_phrase_and_is_set_up_with_another() {
    let house = House::open();
    let till = till(&house);
    house.hq().wipe_device(till.id(&house), Because { who: "Officer", reason: "the tablet was stolen" }).unwrap();
    till.obeys();
    assert!(matches!(till.device.state(), State::Trouble(CoreError::PhraseUnset)), "{:?}", till.device.state());
    assert!(till.device.wiped().is_some() && !till.database().with_file_name(PHRASE_FILE).exists());
    till.device.set_phrase(NEW_PHRASE).unwrap();
    till.pair(&house);
    let till = restarted(till);
    till.device.open_with_phrase(NEW_PHRASE).unwrap();
    assert!(matches!(till.device.state(), State::Locked));
}

#[test]
fn a_clerk_goes_on_while_nobody_is_there_who_knows_the_phrase() {
    let house = House::open();
    let till = restarted(till(&house));
    till.device.log_without_key().unwrap();
    assert!(till.device.is_without_keyring(), "another start asks for the phrase");
    till.device.unlock(&clerk(), "").unwrap();
    let visit = till.device.arrive(3).unwrap().visit.id();
    till.device.retry();
    assert!(matches!(till.device.state(), State::Trouble(CoreError::PhraseNeeded)));
    till.device.open_with_phrase(PHRASE).unwrap();
    till.drain();
    assert!(house.exported().contains(&visit.to_string()));
}
