//! A keyring that lost the key costs no visit, as long as there is a piece of paper.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, manager, tap};
use floorbook_core::{Approval, CoreError, KeyVault, MemoryVault, RECOVERY_FILE, State, VaultItem};
use floorbook_load::derive_vault;
use std::fs;
use std::sync::Arc;

/// A till with one visit, and the code on its paper.
fn till_with_paper(house: &House) -> (Till, String) {
    let till = Till::open(house);
    let visit = till.device.arrive(2).unwrap().visit.id();
    till.device.note(visit, &tap("age", "a35")).unwrap();
    let code = till.device.make_recovery_code().unwrap().to_string();
    till.device.confirm_recovery_code(&code).unwrap();
    (till, code)
}

/// Nothing is left in the keyring.
fn lost() -> Arc<MemoryVault> {
    Arc::default()
}

fn assert_goes_on(till: &Till) {
    assert!(matches!(till.device.state(), State::Locked), "{:?}", till.device.state());
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.device.board().unwrap().running[0].visit.text("age"), Some("a35"));
}

#[test]
fn a_lost_key_comes_back_with_the_code_and_stays() {
    let house = House::open();
    let (till, code) = till_with_paper(&house);
    let till = till.restarted_with(lost(), |_| ());
    assert!(matches!(till.device.state(), State::Trouble(CoreError::KeyLost)));
    assert!(matches!(
        till.device.recover(&code.replacen('-', "", 1).replacen('-', "7", 1)),
        Err(CoreError::RecoveryMistyped)
    ));
    let other = Till::open(&house).device.make_recovery_code().unwrap().to_string();
    assert!(matches!(till.device.recover(&other), Err(CoreError::RecoveryWrong)), "a code of another device");
    assert!(till.vault.load(VaultItem::Root).unwrap().is_none(), "nothing was written for it");

    till.device.recover(&code.to_lowercase()).unwrap();
    assert_goes_on(&till);
    assert!(matches!(till.device.recover(&code), Err(CoreError::WrongState)), "it is not lost any more");
    assert_goes_on(&till.restarted());
}

#[test]
fn the_key_of_something_else_gives_way_to_the_right_one() {
    let house = House::open();
    let (till, code) = till_with_paper(&house);
    let till = till.restarted_with(Arc::new(derive_vault(8).unwrap()), |_| ());
    assert!(matches!(till.device.state(), State::Trouble(CoreError::KeyMismatch)));
    till.device.recover(&code).unwrap();
    assert_goes_on(&till);
}

#[test]
fn a_code_that_does_not_open_this_database_changes_nothing() {
    let house = House::open();
    let (stranger, code) = till_with_paper(&house);
    let till = Till::open(&house);
    let another = Arc::new(derive_vault(8).unwrap());
    let before = another.load(VaultItem::Root).unwrap();
    let sealed = fs::read(stranger.database().with_file_name(RECOVERY_FILE)).unwrap();
    // The key in the sealed copy is the stranger's; the database under it is damaged beyond that key.
    let till = till.restarted_with(Arc::clone(&another), |database| {
        fs::write(database.with_file_name(RECOVERY_FILE), &sealed).unwrap();
        let mut bytes = fs::read(database).unwrap();
        bytes[2_000] ^= 1;
        fs::write(database, bytes).unwrap();
    });
    assert!(matches!(till.device.recover(&code), Err(CoreError::KeyMismatch)));
    assert_eq!(another.load(VaultItem::Root).unwrap(), before);
}

#[test]
fn a_new_code_takes_the_place_of_the_old_one() {
    let house = House::open();
    let (till, old) = till_with_paper(&house);
    assert!(!till.device.is_recovery_due().unwrap());
    let new = till.device.make_recovery_code().unwrap().to_string();
    assert!(till.device.is_recovery_due().unwrap(), "nobody has shown yet that it is on paper");
    assert!(matches!(till.device.confirm_recovery_code(&old), Err(CoreError::RecoveryWrong)));
    assert!(till.device.is_recovery_due().unwrap());
    let till = till.restarted_with(lost(), |_| ());
    assert!(matches!(till.device.recover(&old), Err(CoreError::RecoveryWrong)));
    till.device.recover(&new).unwrap();
    assert_goes_on(&till);
}

#[test]
fn a_code_that_was_never_wholly_written_leaves_the_old_one_good() {
    let house = House::open();
    let (till, code) = till_with_paper(&house);
    let till = till.restarted_with(lost(), |database| {
        fs::write(database.with_file_name("recovery.sealed.new"), b"{\"suite\":1,").unwrap();
    });
    till.device.recover(&code).unwrap();
    assert_goes_on(&till);
}

#[test]
fn a_damaged_or_missing_copy_is_said_and_nothing_is_written() {
    let house = House::open();
    let (till, code) = till_with_paper(&house);
    let sealed = till.database().with_file_name(RECOVERY_FILE);
    let whole = fs::read(&sealed).unwrap();
    let till = till.restarted_with(lost(), |_| ());
    for cut in (0..whole.len()).step_by(37) {
        fs::write(&sealed, &whole[..cut]).unwrap();
        assert!(matches!(till.device.recover(&code), Err(CoreError::RecoveryWrong)), "{cut}");
    }
    for at in (0..whole.len()).step_by(23) {
        let mut flipped = whole.clone();
        flipped[at] ^= 4;
        fs::write(&sealed, &flipped).unwrap();
        assert!(matches!(till.device.recover(&code), Err(CoreError::RecoveryWrong)), "{at}");
    }
    fs::remove_file(&sealed).unwrap();
    assert!(matches!(till.device.recover(&code), Err(CoreError::RecoveryWrong)));
    assert!(till.vault.load(VaultItem::Root).unwrap().is_none());
}

#[test]
fn a_code_is_made_while_nobody_has_a_pin_and_by_managers_after_that() {
    let house = House::open();
    let till = Till::paired(&house);
    assert!(till.device.is_recovery_due().unwrap());
    till.device.make_recovery_code().unwrap();
    till.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    till.device.enrol_pin(&clerk(), "739105", &approved()).unwrap();
    assert!(matches!(till.device.make_recovery_code(), Err(CoreError::ManagerNeeded)));
    till.device.lock().unwrap();
    assert!(matches!(till.device.make_recovery_code(), Err(CoreError::Locked)));
    assert!(matches!(till.device.confirm_recovery_code("x"), Err(CoreError::Locked)));
}
