//! Where the device's root secret is kept: the operating system's keyring, behind one trait.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_model::Rng;
use floorbook_protocol::SigningKey;
use floorbook_sqlite::DatabaseKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Why the keyring does not give or take the secret. None of these means that there is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is locked, or nobody answered its question in time.
    #[error("the keyring is locked")]
    Locked,
    /// This machine has none.
    #[error("there is no keyring")]
    Missing,
    /// It failed otherwise, or holds something that is not ours.
    #[error("the keyring failed")]
    Failing,
    /// What stands for it has no room left on the disk.
    #[error("the disk is full")]
    Full,
}

/// What a device keeps in the keyring. The root is written once and never again beside something that
/// changes: a write that went wrong would cost the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VaultItem {
    /// The [`DeviceRoot`].
    Root,
    /// How often PINs were tried in vain; an older database does not know.
    PinTries,
}

/// A keyring.
pub trait KeyVault: Send + Sync {
    /// The secret of an item; `None` only when the keyring says that there is none.
    ///
    /// # Errors
    /// [`VaultError`].
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError>;

    /// Keeps the secret of an item.
    ///
    /// # Errors
    /// [`VaultError`]; then an earlier secret is still kept.
    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError>;

    /// Keeps an item no longer; one that is not there is no error.
    ///
    /// # Errors
    /// [`VaultError`]; then it may still be there.
    fn forget(&self, item: VaultItem) -> Result<(), VaultError>;
}

/// A vault for tests and load generators.
#[derive(Default)]
pub struct MemoryVault {
    secrets: Mutex<BTreeMap<VaultItem, Zeroizing<Vec<u8>>>>,
}

impl KeyVault for MemoryVault {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(&item).cloned())
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(item, Zeroizing::new(secret.to_vec()));
        Ok(())
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(&item);
        Ok(())
    }
}

/// The keyring item as it is written: JSON, byte strings in base64.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Item {
    version: u8,
    install_id: String,
    db_key: String,
    db_salt: String,
    signing_seed: String,
    wrap_key: String,
    /// Set while the database is given another key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_db_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_db_salt: Option<String>,
}

/// The root secret of a device: everything else that is secret is derived from it or opened by it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DeviceRoot {
    install_id: [u8; 16],
    db_key: [u8; 32],
    db_salt: [u8; 16],
    signing_seed: [u8; 32],
    wrap_key: [u8; 32],
    previous: Option<([u8; 32], [u8; 16])>,
}

const ITEM_VERSION: u8 = 1;

impl DeviceRoot {
    /// A new root secret.
    pub fn make(rng: &dyn Rng) -> Self {
        let mut root = Self {
            install_id: [0; 16],
            db_key: [0; 32],
            db_salt: [0; 16],
            signing_seed: [0; 32],
            wrap_key: [0; 32],
            previous: None,
        };
        rng.fill(&mut root.install_id);
        rng.fill(&mut root.db_key);
        rng.fill(&mut root.db_salt);
        rng.fill(&mut root.signing_seed);
        rng.fill(&mut root.wrap_key);
        root
    }

    /// The same with another key of the database; the one of now becomes the previous one.
    pub(crate) fn rotated(&self, rng: &dyn Rng) -> Self {
        let mut fresh = Self { previous: Some((self.db_key, self.db_salt)), ..self.clone() };
        rng.fill(&mut fresh.db_key);
        rng.fill(&mut fresh.db_salt);
        fresh
    }

    /// The same without the previous key.
    pub(crate) fn settled(&self) -> Self {
        let mut settled = self.clone();
        settled.previous.zeroize();
        settled
    }

    /// The same as it was with the previous key, where there is one.
    pub(crate) fn previous(&self) -> Option<Self> {
        let (db_key, db_salt) = self.previous?;
        let mut before = self.settled();
        before.db_key = db_key;
        before.db_salt = db_salt;
        Some(before)
    }

    /// Key and salt of the database.
    pub fn database_key(&self) -> DatabaseKey {
        DatabaseKey::new(self.db_key, self.db_salt)
    }

    /// Beside the key, at the start of the file: tells databases apart.
    pub(crate) fn database_salt(&self) -> [u8; 16] {
        self.db_salt
    }

    /// The key that signs what the device sends.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(&self.signing_seed)
    }

    /// A secret mixed into every PIN hash, so that a stolen database alone cannot be guessed at.
    pub fn pin_pepper(&self) -> Zeroizing<[u8; 32]> {
        self.derived(&[], b"floorbook/v1/pin-pepper")
    }

    /// The key of one visitor's contact; without the salt it does not exist.
    pub(crate) fn contact_key(&self, salt: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        self.derived(salt, b"floorbook/v1/contact")
    }

    /// Finds a number among many without telling which one it is.
    pub(crate) fn phone_tag(&self, phone: &str) -> [u8; 32] {
        *self.derived(phone.as_bytes(), b"floorbook/v1/phone-tag")
    }

    /// The key of the tries at PINs where no keyring keeps them.
    pub(crate) fn tries_key(&self) -> Zeroizing<[u8; 32]> {
        self.derived(&[], b"floorbook/v1/pin-tries")
    }

    fn derived(&self, salt: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), &self.wrap_key)
            .expand(label, &mut *key)
            .expect("32 bytes are within what HKDF gives");
        key
    }

    /// As the keyring keeps it.
    pub fn to_item(&self) -> Zeroizing<Vec<u8>> {
        let item = Item {
            version: ITEM_VERSION,
            install_id: STANDARD.encode(self.install_id),
            db_key: STANDARD.encode(self.db_key),
            db_salt: STANDARD.encode(self.db_salt),
            signing_seed: STANDARD.encode(self.signing_seed),
            wrap_key: STANDARD.encode(self.wrap_key),
            previous_db_key: self.previous.map(|(key, _)| STANDARD.encode(key)),
            previous_db_salt: self.previous.map(|(_, salt)| STANDARD.encode(salt)),
        };
        Zeroizing::new(serde_json::to_vec(&item).expect("strings and a number have a JSON form"))
    }

    /// From what the keyring kept; `None` when it is not ours.
    pub fn from_item(bytes: &[u8]) -> Option<Self> {
        let item: Item = serde_json::from_slice(bytes).ok().filter(|item: &Item| item.version == ITEM_VERSION)?;
        let previous = match item.previous_db_key.as_deref().zip(item.previous_db_salt.as_deref()) {
            Some((key, salt)) => Some((read(key)?, read(salt)?)),
            None => None,
        };
        Some(Self {
            previous,
            install_id: read(&item.install_id)?,
            db_key: read(&item.db_key)?,
            db_salt: read(&item.db_salt)?,
            signing_seed: read(&item.signing_seed)?,
            wrap_key: read(&item.wrap_key)?,
        })
    }
}

fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    Zeroizing::new(STANDARD.decode(text).ok()?).as_slice().try_into().ok()
}

impl fmt::Debug for DeviceRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceRoot(redacted)")
    }
}
