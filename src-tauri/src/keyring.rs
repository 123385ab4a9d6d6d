//! The operating system's keyring.

use ::keyring::{Entry, Error};
use floorbook_core::{KeyVault, VaultError};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

const SERVICE: &str = "floorbook";
const ITEM: &str = "device-root";
/// A keyring that asks somebody for its password does not answer; then it counts as locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// The item of one device in the operating system's keyring.
pub(crate) struct OsKeyring {
    item: String,
}

impl OsKeyring {
    /// The usual item, or, for a folder that was chosen on the command line, one of its own: two
    /// devices on one machine never share a secret.
    pub(crate) fn new(dir: &Path, is_chosen: bool) -> Self {
        if !is_chosen {
            return Self { item: ITEM.to_owned() };
        }
        let digest = Sha256::digest(dir.as_os_str().as_encoded_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { item: format!("{ITEM}-{name}") }
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = mpsc::channel();
        let item = self.item.clone();
        std::thread::spawn(move || {
            let result = Entry::new(SERVICE, &item).and_then(question);
            drop(answer.send(result)); // nobody listens any more when it took too long
        });
        let result = answered.recv_timeout(PATIENCE).map_err(|_| VaultError::Locked)?;
        result.map_err(|error| classify(&error))
    }
}

impl KeyVault for OsKeyring {
    fn load(&self) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.ask(|entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn keep(&self, secret: &[u8]) -> Result<(), VaultError> {
        let secret = Zeroizing::new(secret.to_vec());
        self.ask(move |entry| entry.set_secret(&secret))
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
