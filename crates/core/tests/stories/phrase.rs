//! A machine without a keyring is opened by a phrase, and by nothing else.

use crate::desk::{Desk, root};
use crate::startup::trouble;
use floorbook_core::{CoreError, Device, PHRASE_FILE, PinCost, State, VaultError};
use floorbook_ledger::Ledger;
use std::fs;
use std::path::PathBuf;

const PHRASE: &str = "six grey cats sleep under boats";
const CODE: &str = "01AHR-Z234J-MY0FT-5RB0D-ZKSK1";

/// A machine without a keyring and with nothing on it.
fn bare() -> Desk {
    let desk = Desk::fresh();
    desk.vault.fails(Some(VaultError::Missing));
    desk
}

/// The same set up with a phrase; there is a database.
async fn set_up() -> Desk {
    let desk = bare();
    let device = desk.start();
    device.set_phrase(PHRASE).unwrap();
    // Nobody answers; by then the database is made.
    device.pair("https://127.0.0.1:1", CODE, "Till 1", false).await.unwrap_err();
    assert!(desk.database().exists());
    desk
}

fn sealed(desk: &Desk) -> PathBuf {
    desk.dir().join(PHRASE_FILE)
}

fn assert_set_up(device: &Device) {
    assert!(matches!(device.state(), State::Setup), "{:?}", device.state());
}

#[tokio::test]
async fn a_machine_without_a_keyring_is_set_up_once_there_is_a_phrase() {
    let desk = bare();
    let device = desk.start();
    assert!(matches!(trouble(&device), CoreError::PhraseUnset) && device.is_without_keyring());
    assert!(!sealed(&desk).exists(), "nothing is made before there is a reason");
    assert!(matches!(device.set_phrase("five grey cats sleep here"), Err(CoreError::PhraseWeak)));
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::WrongState)));
    assert!(matches!(trouble(&device), CoreError::PhraseUnset) && !sealed(&desk).exists());

    device.set_phrase(&device.propose_phrase()).unwrap();
    assert_set_up(&device);
    assert!(device.is_by_phrase() && sealed(&desk).exists() && !desk.database().exists());
    assert!(matches!(device.set_phrase(PHRASE), Err(CoreError::WrongState)), "never over one that is there");
}

#[tokio::test]
async fn the_phrase_opens_at_every_start_however_it_is_typed() {
    let desk = set_up().await;
    let key = fs::read(sealed(&desk)).unwrap();
    for typed in [PHRASE, " Six  grey CATS\u{3000}sleep under boats "] {
        let device = desk.start();
        assert!(matches!(trouble(&device), CoreError::PhraseNeeded) && device.is_without_keyring());
        assert!(matches!(device.set_phrase(typed), Err(CoreError::WrongState)));
        device.retry();
        assert!(matches!(trouble(&device), CoreError::PhraseNeeded), "trying again types nothing");
        device.open_with_phrase(typed).unwrap();
        assert_set_up(&device);
        assert!(matches!(device.open_with_phrase(typed), Err(CoreError::WrongState)), "it is open");
        assert!(fs::read(sealed(&desk)).unwrap() == key, "nothing is written by it");
    }
    assert_eq!(desk.vault.secret(), None);
}

#[tokio::test]
async fn a_wrong_phrase_changes_nothing() {
    let desk = set_up().await;
    let (key, before) = (fs::read(sealed(&desk)).unwrap(), desk.bytes());
    let device = desk.start();
    for wrong in ["", "six grey cats sleep under boat", &"six grey cats ".repeat(20)] {
        assert!(matches!(device.open_with_phrase(wrong), Err(CoreError::PhraseWrong)), "{wrong}");
        assert!(matches!(trouble(&device), CoreError::PhraseNeeded));
    }
    assert!(fs::read(sealed(&desk)).unwrap() == key && desk.bytes() == before, "not one byte");
    device.open_with_phrase(PHRASE).unwrap();
    assert_set_up(&device);
}

#[tokio::test]
async fn guessing_gets_slower_and_a_restart_gives_no_try_back() {
    let desk = set_up().await;
    let device = desk.start();
    for _ in 0..5 {
        assert!(matches!(device.open_with_phrase("wrong"), Err(CoreError::PhraseWrong)));
    }
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseWait(31))), "not even the right one");
    drop(device);
    let device = desk.start();
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseWait(31))), "the program started anew");
    desk.clock.goes_on(30);
    assert!(matches!(device.open_with_phrase("wrong"), Err(CoreError::PhraseWrong)));
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseWait(61))), "the wait doubles");
    drop(device);
    desk.clock.restarts();
    let device = desk.start();
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseWait(60))), "the machine started anew");
    for _ in 0..9 {
        desk.clock.goes_on(480);
        assert!(matches!(device.open_with_phrase("wrong"), Err(CoreError::PhraseWrong)), "it is never shut");
    }
    desk.clock.goes_on(480);
    device.open_with_phrase(PHRASE).unwrap();
    drop(device);
    let device = desk.start();
    assert!(matches!(device.open_with_phrase("wrong"), Err(CoreError::PhraseWrong)), "the right one ends the count");
}

#[tokio::test]
async fn counts_that_are_taken_away_while_it_runs_give_no_try_back() {
    let desk = set_up().await;
    let device = desk.start();
    for _ in 0..5 {
        device.open_with_phrase("wrong").unwrap_err();
    }
    fs::write(desk.dir().join("root.tries"), b"spoilt").unwrap();
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseWait(31))));
}

#[tokio::test]
async fn a_damaged_file_is_said_and_stays() {
    let desk = set_up().await;
    let whole = fs::read(sealed(&desk)).unwrap();
    let device = desk.start();
    for damaged in [b"".as_slice(), b"{}", &whole[..whole.len() / 2]] {
        fs::write(sealed(&desk), damaged).unwrap();
        assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseDamaged)));
        assert!(fs::read(sealed(&desk)).unwrap() == damaged && matches!(trouble(&device), CoreError::PhraseNeeded));
    }
    fs::remove_file(sealed(&desk)).unwrap();
    assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::PhraseDamaged)));
    fs::write(sealed(&desk), &whole).unwrap();
    device.open_with_phrase(PHRASE).unwrap();
    assert_set_up(&device);
}

#[tokio::test]
async fn a_file_of_lower_cost_opens_and_is_sealed_at_the_cost_of_today() {
    let desk = set_up().await;
    let cost = || serde_json::from_slice::<serde_json::Value>(&fs::read(sealed(&desk)).unwrap()).unwrap();
    assert_eq!(cost()["header"]["memory_kib"], 8);
    let device = desk.start_at(PinCost { memory_kib: 64, passes: 2 });
    device.open_with_phrase(PHRASE).unwrap();
    assert_set_up(&device);
    assert_eq!((&cost()["header"]["memory_kib"], &cost()["header"]["passes"]), (&64.into(), &2.into()));
    drop(device);
    let device = desk.start();
    device.open_with_phrase(PHRASE).unwrap();
    assert_eq!(cost()["header"]["memory_kib"], 64, "never at less");
}

#[tokio::test]
async fn a_database_of_another_key_is_left_alone() {
    let desk = set_up().await;
    fs::remove_file(desk.database()).unwrap();
    drop(Ledger::open(&desk.database(), &root(2).database_key()).unwrap());
    let before = desk.bytes();
    let device = desk.start();
    device.open_with_phrase(PHRASE).unwrap();
    assert!(matches!(trouble(&device), CoreError::KeyMismatch), "the phrase was right, the key is not");
    assert!(desk.bytes() == before && sealed(&desk).exists());
}

#[tokio::test]
async fn a_keyring_that_is_locked_or_fails_is_not_a_missing_one() {
    for failure in [VaultError::Locked, VaultError::Failing] {
        let (fresh, used) = (Desk::fresh(), set_up().await);
        for desk in [fresh, used] {
            desk.vault.fails(Some(failure));
            let device = desk.start();
            assert!(matches!(trouble(&device), CoreError::Vault(told) if told == failure));
            assert!(matches!(device.set_phrase(PHRASE), Err(CoreError::WrongState)));
            assert!(matches!(device.open_with_phrase(PHRASE), Err(CoreError::WrongState)));
        }
    }
}

#[tokio::test]
async fn a_database_whose_key_is_in_a_missing_keyring_takes_no_phrase() {
    let desk = Desk::used();
    desk.vault.fails(Some(VaultError::Missing));
    let device = desk.start();
    assert!(matches!(trouble(&device), CoreError::Vault(VaultError::Missing)));
    assert!(matches!(device.set_phrase(PHRASE), Err(CoreError::WrongState)), "the key is elsewhere");
    assert!(!sealed(&desk).exists());
}

#[tokio::test]
async fn a_keyring_that_came_later_takes_the_key_over() {
    let desk = set_up().await;
    desk.vault.fails(None);
    let device = desk.start();
    assert!(matches!(trouble(&device), CoreError::PhraseNeeded), "an empty keyring is no lost key here");
    assert_eq!(desk.vault.secret(), None, "nothing is made over it");
    device.open_with_phrase(PHRASE).unwrap();
    assert_set_up(&device);
    assert!(desk.vault.secret().is_some() && !sealed(&desk).exists() && !device.is_by_phrase());
    drop(device);
    assert_set_up(&desk.start());
}

#[tokio::test]
async fn before_the_database_too() {
    let desk = bare();
    desk.start().set_phrase(PHRASE).unwrap();
    desk.vault.fails(None);
    let device = desk.start();
    assert!(matches!(trouble(&device), CoreError::PhraseNeeded), "headquarters may know the key");
    assert!(matches!(device.recover_with_phrase(CODE, PHRASE), Err(CoreError::RecoveryWrong)), "there is no paper");
    assert!(!desk.database().exists());
    device.open_with_phrase(PHRASE).unwrap();
    assert_set_up(&device);
    assert!(desk.vault.secret().is_some() && !sealed(&desk).exists());
}

#[tokio::test]
async fn a_code_that_is_none_sets_no_new_phrase() {
    let desk = set_up().await;
    let key = fs::read(sealed(&desk)).unwrap();
    let device = desk.start();
    assert!(matches!(device.recover_with_phrase(CODE, "too short"), Err(CoreError::PhraseWeak)));
    assert!(matches!(device.recover_with_phrase(CODE, PHRASE), Err(CoreError::RecoveryMistyped)));
    assert!(fs::read(sealed(&desk)).unwrap() == key);
    assert!(matches!(device.recover(CODE), Err(CoreError::WrongState)));
}
