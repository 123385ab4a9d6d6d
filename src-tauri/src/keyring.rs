//! The operating system's keyring.

use ::keyring::{Entry, Error};
use floorbook_core::{KeyVault, VaultError, VaultItem};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

const SERVICE: &str = "floorbook";
/// A keyring that asks somebody for its password does not answer; then it counts as locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// The items of one device in the operating system's keyring.
pub(crate) struct OsKeyring {
    /// Ends the name of each.
    suffix: String,
}

impl OsKeyring {
    /// The usual items, or, for a folder that was chosen on the command line, items of its own: two
    /// devices on one machine never share a secret.
    pub(crate) fn new(dir: &Path, is_chosen: bool) -> Self {
        if !is_chosen {
            return Self { suffix: String::new() };
        }
        let digest = Sha256::digest(dir.as_os_str().as_encoded_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { suffix: format!("-{name}") }
    }

    fn ask<T: Send + 'static>(
        &self,
        item: VaultItem,
        question: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = mpsc::channel();
        let name = match item {
            VaultItem::Root => "device-root",
            VaultItem::PinTries => "pin-tries",
        };
        let name = format!("{name}{}", self.suffix);
        std::thread::spawn(move || {
            let result = Entry::new(SERVICE, &name).and_then(question);
            drop(answer.send(result)); // nobody listens any more when it took too long
        });
        let result = answered.recv_timeout(PATIENCE).map_err(|_| VaultError::Locked)?;
        result.map_err(|error| classify(&error))
    }
}

impl KeyVault for OsKeyring {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.ask(item, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        let secret = Zeroizing::new(secret.to_vec());
        self.ask(item, move |entry| entry.set_secret(&secret))
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.ask(item, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            deleted => deleted,
        })
    }
}

fn classify(error: &Error) -> VaultError {
    tracing::warn!(error = %error, "the keyring failed");
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => VaultError::Missing,
        _ => VaultError::Failing,
    }
}
