//! Setting a device up can fail and be repeated.

use crate::desk::Desk;
use floorbook_core::{Approval, CoreError, Rows, State, SyncError, VaultError};
use std::net::TcpListener;

const CODE: &str = "01AHR-Z234J-MY0FT-5RB0D-ZKSK1";

/// An address at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("https://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_pairing_that_failed_is_repeated_with_the_same_key() {
    let desk = Desk::fresh();
    let device = desk.start();
    let pair = async || device.pair(&nobody(), CODE, "Till 1", false).await.unwrap_err();
    assert!(matches!(pair().await, CoreError::Sync(error) if matches!(*error, SyncError::Away(_))));
    let key = desk.vault.secret();
    assert!(key.is_some(), "headquarters may have answered: the key it would know is kept");
    assert!(matches!(device.state(), State::Setup));
    assert!(matches!(pair().await, CoreError::Sync(_)));
    assert_eq!(desk.vault.secret(), key);
    drop(device);
    let device = desk.start();
    assert!(matches!(device.pair(&nobody(), CODE, "Till 1", false).await, Err(CoreError::Sync(_))));
    assert_eq!(desk.vault.secret(), key, "after a restart too");
}

#[tokio::test]
async fn no_database_is_made_under_a_key_that_is_not_kept() {
    let desk = Desk::fresh();
    let device = desk.start();
    desk.vault.fails(Some(VaultError::Locked));
    let refused = device.pair(&nobody(), CODE, "Till 1", false).await;
    assert!(matches!(refused, Err(CoreError::Vault(VaultError::Locked))), "{refused:?}");
    assert!(!desk.database().exists(), "it could never be opened again");
    desk.vault.fails(None);
    assert!(matches!(device.pair(&nobody(), CODE, "Till 1", false).await, Err(CoreError::Sync(_))));
}

#[tokio::test]
async fn a_name_that_is_none_and_a_code_that_is_none_are_refused() {
    let desk = Desk::fresh();
    let device = desk.start();
    for name in ["", "   ", "a\nb", &"x".repeat(41)] {
        assert!(matches!(device.pair(&nobody(), CODE, name, false).await, Err(CoreError::BadInput)), "{name:?}");
    }
    let refused = device.pair(&nobody(), "01AHR", "Till 1", false).await;
    assert!(matches!(refused, Err(CoreError::Sync(error)) if matches!(*error, SyncError::BadCode)));
    let refused = device.pair("http://127.0.0.1:1", CODE, "Till 1", false).await;
    assert!(matches!(refused, Err(CoreError::Sync(error)) if matches!(*error, SyncError::BadAddress)));
}

#[tokio::test]
async fn an_unpaired_device_answers_every_use_case_with_its_state() {
    let desk = Desk::fresh();
    let device = desk.start();
    let wrong = |result: Result<(), CoreError>| matches!(result, Err(CoreError::WrongState));
    assert!(wrong(device.board().map(drop)) && wrong(device.arrive(1).map(drop)) && wrong(device.undo().map(drop)));
    assert!(wrong(device.day(None, Rows::All, None).map(drop)) && wrong(device.sync_status().map(drop)));
    assert!(wrong(device.lock()) && wrong(device.send_now()) && wrong(device.calendar().map(drop)));
    assert!(wrong(device.unlock(&"m01".parse().unwrap(), "204816")));
    assert!(wrong(device.enrol_pin(&"m01".parse().unwrap(), "204816", &Approval::Nobody)));
    assert!(wrong(device.clerks_with_pin().map(drop)));
}
