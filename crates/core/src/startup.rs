//! Starting never guesses, and never deletes or overwrites anything:
//!
//! | keyring says | database | do |
//! |---|---|---|
//! | key | there, opens | open |
//! | key and the one before it | there | end the change of the key that was cut, see [`rotation`] |
//! | key | there, does not open | stop: [`CoreError::KeyMismatch`] |
//! | key | there, its log has changed on the disk | stop: [`CoreError::DatabaseDamaged`], see [`anew`] |
//! | key | none, and it was put aside | forget the key, then fresh |
//! | key | none | set up with that key |
//! | no entry | none | fresh: set up with a new key |
//! | no entry | there, and it was being wiped | end the wipe that was cut, see [`wipe`] |
//! | no entry | there | stop: [`CoreError::KeyLost`] |
//! | missing | none | stop: [`CoreError::PhraseUnset`], until a phrase is set |
//! | locked, missing, failing | any | stop: [`CoreError::Vault`] |
//!
//! Where the key is sealed under a phrase ([`phrase`](crate::phrase)), a keyring that is missing, has no
//! entry, or has the key of another database stops with [`CoreError::PhraseNeeded`]; the phrase then stands for
//! the keyring. One with no entry takes the key over, and the file goes once it has read it back. The same
//! happens to a file that is left where the keyring's key opens the database.
//!
//! Where it stops because of the key, the clerks may go on without it, see [`Device::log_without_key`].
//!
//! [`Device::log_without_key`]: crate::Device::log_without_key

use crate::vault::{DeviceRoot, KeyVault, VaultError, VaultItem};
use crate::{CoreError, Environment, anew, rotation, wipe};
use floorbook_ledger::Ledger;
use floorbook_sqlite::{OpenError, is_disk_full};
use std::sync::Arc;

/// Name of the database in the device's folder.
pub const DATABASE_FILE: &str = "floorbook.db";

/// What a start finds.
pub(crate) enum Found {
    /// No database yet; the root secret, where the keyring has one.
    Nothing(Option<DeviceRoot>),
    /// The key opens the database.
    Open(DeviceRoot, Arc<Ledger>),
}

/// Reads the table above.
pub(crate) fn find(environment: &Environment) -> Result<Found, CoreError> {
    let root = load_root(&*environment.vault)?;
    let exists = environment.dir.join(DATABASE_FILE).try_exists()?;
    match (root, exists) {
        (Some(root), true) => {
            let (root, ledger) = rotation::opened(environment, root)?;
            Ok(Found::Open(root, ledger))
        }
        (Some(_), false) if wipe::is_done(environment) => Ok(Found::Nothing(None)),
        (Some(root), false) if anew::is_cut(environment, &root)? => {
            anew::finish(environment)?;
            Ok(Found::Nothing(None))
        }
        (root, false) => Ok(Found::Nothing(root)),
        (None, true) if wipe::is_cut(environment)? => {
            wipe::finish(environment)?;
            Ok(Found::Nothing(None))
        }
        (None, true) => Err(CoreError::KeyLost),
    }
}

/// Makes the database of a device that has none. The key is in the keyring before the first byte
/// is on the disk.
pub(crate) fn create(environment: &Environment, root: &DeviceRoot) -> Result<Arc<Ledger>, CoreError> {
    wipe::forget_note(&environment.dir)?;
    environment.vault.keep(VaultItem::Root, &root.to_item())?;
    open(environment, root)
}

pub(crate) fn load_root(vault: &dyn KeyVault) -> Result<Option<DeviceRoot>, CoreError> {
    match vault.load(VaultItem::Root)? {
        Some(item) => Ok(Some(DeviceRoot::from_item(&item).ok_or(VaultError::Failing)?)),
        None => Ok(None),
    }
}

/// Opens the database that is there under `root`.
pub(crate) fn open(environment: &Environment, root: &DeviceRoot) -> Result<Arc<Ledger>, CoreError> {
    let path = environment.dir.join(DATABASE_FILE);
    match Ledger::open(&path, &root.database_key()) {
        // The log is looked at before the key.
        Err(OpenError::LogDamaged) if wipe::salt_of(&path)? != Some(root.database_salt()) => {
            Err(CoreError::KeyMismatch)
        }
        ledger => ledger.map(Arc::new).map_err(opening),
    }
}

/// What it means that a database does not open.
pub(crate) fn opening(error: OpenError) -> CoreError {
    match error {
        OpenError::KeyOrDamage(_) => CoreError::KeyMismatch,
        OpenError::LogDamaged => CoreError::DatabaseDamaged,
        OpenError::Newer { .. } => CoreError::DatabaseNewer,
        OpenError::Sqlite(error) if is_disk_full(&error) => CoreError::DiskFull,
        error => CoreError::storage(error),
    }
}
