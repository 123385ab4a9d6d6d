//! Starting never guesses, never deletes, never overwrites.

use crate::desk::{Desk, root};
use floorbook_core::{CoreError, Device, State, VaultError};
use floorbook_ledger::SCHEMA;
use floorbook_sqlite::Database;
use std::fs;

pub(crate) fn trouble(device: &Device) -> CoreError {
    match device.state() {
        State::Trouble(error) => error,
        other => panic!("it started: {other:?}"),
    }
}

#[tokio::test]
async fn a_fresh_machine_is_set_up_and_nothing_is_made_before_that() {
    let desk = Desk::fresh();
    let device = desk.start();
    assert!(matches!(device.state(), State::Setup));
    assert!(!desk.database().exists(), "no database before there is a reason for one");
    assert_eq!(desk.vault.secret(), None, "no key either");
}

#[tokio::test]
async fn a_key_without_a_database_is_set_up_with_that_key() {
    let desk = Desk::fresh();
    desk.vault.holds(Some(&root(1).to_item()));
    assert!(matches!(desk.start().state(), State::Setup));
    assert_eq!(desk.vault.secret().as_deref(), Some(&root(1).to_item()[..]));
}

#[tokio::test]
async fn the_right_key_opens_the_database() {
    for desk in [Desk::used(), Desk::killed()] {
        let device = desk.start();
        assert!(matches!(device.state(), State::Setup), "it was never paired: {:?}", device.state());
        drop(device);
        assert_eq!(desk.kept().as_deref(), Some("yes"));
    }
}

#[tokio::test]
async fn a_database_without_a_key_is_left_alone() {
    for desk in [Desk::used(), Desk::killed()] {
        desk.vault.holds(None);
        let before = desk.bytes();
        let device = desk.start();
        assert!(matches!(trouble(&device), CoreError::KeyLost));
        device.retry();
        assert!(matches!(trouble(&device), CoreError::KeyLost));
        assert!(desk.bytes() == before, "not one byte");
        assert_eq!(desk.vault.secret(), None, "a new key would hide that the old one is gone");
        desk.vault.holds(Some(&root(1).to_item()));
        device.retry();
        assert!(matches!(device.state(), State::Setup), "the key came back");
    }
}

/// Starts with another key, then with the right one. Says whether every byte stayed meanwhile.
fn tries_another_key(desk: &Desk) -> bool {
    desk.vault.holds(Some(&root(2).to_item()));
    let before = desk.bytes();
    let device = desk.start();
    assert!(matches!(trouble(&device), CoreError::KeyMismatch));
    assert_eq!(desk.vault.secret().as_deref(), Some(&root(2).to_item()[..]));
    let stayed = desk.bytes() == before;
    desk.vault.holds(Some(&root(1).to_item()));
    device.retry();
    assert!(matches!(device.state(), State::Setup), "{:?}", device.state());
    drop(device);
    assert_eq!(desk.kept().as_deref(), Some("yes"), "nothing was lost by it");
    stayed
}

#[tokio::test]
async fn another_key_leaves_the_database_alone_and_the_right_one_still_opens_it() {
    assert!(tries_another_key(&Desk::used()), "not one byte");
}

#[tokio::test]
async fn another_key_leaves_the_log_of_a_killed_program_alone() {
    assert!(tries_another_key(&Desk::killed()), "a log must not be worked in by who cannot read it");
}

#[tokio::test]
async fn a_damaged_database_is_left_alone() {
    let desk = Desk::used();
    let mut bytes = fs::read(desk.database()).unwrap();
    bytes[2_000] ^= 1;
    fs::write(desk.database(), &bytes).unwrap();
    assert!(matches!(trouble(&desk.start()), CoreError::KeyMismatch), "it looks the same as a wrong key");
    assert!(fs::read(desk.database()).unwrap() == bytes, "not one byte");
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_is_not_an_empty_one() {
    for failure in [VaultError::Locked, VaultError::Missing, VaultError::Failing] {
        for desk in [Desk::fresh(), Desk::used()] {
            desk.vault.fails(Some(failure));
            let device = desk.start();
            let is_told = |trouble| match trouble {
                CoreError::Vault(told) => told == failure,
                CoreError::PhraseUnset => failure == VaultError::Missing && !desk.database().exists(),
                _ => false,
            };
            assert!(is_told(trouble(&device)), "{failure:?}");
            device.retry();
            assert!(is_told(trouble(&device)), "a failure is not remembered as an answer");
            desk.vault.fails(None);
            device.retry();
            assert!(matches!(device.state(), State::Setup), "{failure:?} is over: {:?}", device.state());
        }
    }
}

#[tokio::test]
async fn what_is_not_ours_in_the_keyring_is_left_there() {
    let item = String::from_utf8(root(1).to_item().to_vec()).unwrap();
    let strangers =
        ["", "not ours", "{}", &item.replace("\"version\":1", "\"version\":2"), &item.replace('{', "{\"x\":1,")];
    for secret in strangers {
        let desk = Desk::used();
        desk.vault.holds(Some(secret.as_bytes()));
        assert!(matches!(trouble(&desk.start()), CoreError::Vault(VaultError::Failing)), "{secret:?}");
        assert_eq!(desk.vault.secret().as_deref(), Some(secret.as_bytes()));
        assert_eq!(desk.kept().as_deref(), Some("yes"));
    }
}

#[tokio::test]
async fn one_folder_is_one_device_at_a_time() {
    let desk = Desk::used();
    let first = desk.start();
    let second = desk.start();
    assert!(matches!(trouble(&second), CoreError::AlreadyRunning));
    second.retry();
    assert!(matches!(trouble(&second), CoreError::AlreadyRunning));
    assert!(matches!(first.state(), State::Setup), "the first does not notice");
    drop(first);
    second.retry();
    assert!(matches!(second.state(), State::Setup), "the folder is free again");
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let desk = Desk::used();
    let database = Database::open(&desk.database(), &root(1).database_key(), SCHEMA).unwrap();
    database.write(|tx| tx.execute_batch("PRAGMA user_version = 99")).unwrap();
    drop(database);
    let before = desk.bytes();
    assert!(matches!(trouble(&desk.start()), CoreError::DatabaseNewer));
    assert!(desk.bytes() == before, "not one byte");
}

#[tokio::test]
async fn a_device_in_trouble_does_nothing_else() {
    let desk = Desk::used();
    desk.vault.holds(None);
    let device = desk.start();
    assert!(matches!(device.board(), Err(CoreError::WrongState)));
    assert!(matches!(device.arrive(1), Err(CoreError::WrongState)));
    assert!(matches!(device.pair("https://127.0.0.1:1", "x", "Till", false).await, Err(CoreError::WrongState)));
    assert!(device.profile().is_none() && device.sync_changes().is_none());
}
