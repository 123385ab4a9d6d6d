//! The vault of a device that may have no keyring: in front of the keyring, and in its place once a phrase
//! was typed.

use super::sealed::{self, SealedRoot, Wrapping};
use crate::attempt::{Turn, after, slowed, stricter};
use crate::device::hold;
use crate::files::{remove_if_there, replace, sync_folder};
use crate::startup::{DATABASE_FILE, Found};
use crate::vault::DeviceRoot;
use crate::{CoreError, Environment, KeyVault, PinCost, VaultError, VaultItem, wipe};
use floorbook_ledger::Tries;
use floorbook_model::{Recorded, Rng};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::{fs, io};
use zeroize::Zeroizing;

/// Name of the root secret under a phrase in the device's folder.
pub const PHRASE_FILE: &str = "root.sealed";
/// The tries at PINs, where no keyring counts them.
pub(crate) const PIN_TRIES_FILE: &str = "pin-tries.sealed";
/// The tries at the phrase, JSON.
pub(crate) const TRIES_FILE: &str = "root.tries";
const PIN_TRIES: &[u8] = b"floorbook/v1/phrase/pin-tries";

/// Keeps what the keyring keeps in files, from when a phrase was typed until the device ends or a keyring
/// takes it over; before and after that it is the keyring.
pub(crate) struct PhraseVault {
    keyring: Arc<dyn KeyVault>,
    dir: PathBuf,
    rng: Arc<dyn Rng>,
    cost: PinCost,
    /// In vain at the phrase. Held while one is tried, and before the next where both are.
    tries: Mutex<Tries>,
    open: Mutex<Option<Open>>,
}

/// What a phrase that was right leaves in memory.
struct Open {
    wrapping: Wrapping,
    /// The key of the tries at PINs.
    tries_key: Zeroizing<[u8; 32]>,
}

impl Open {
    fn new(wrapping: Wrapping, root: &DeviceRoot) -> Self {
        Self { wrapping, tries_key: root.tries_key() }
    }
}

impl PhraseVault {
    pub(crate) fn before(environment: &Environment) -> Self {
        Self {
            keyring: Arc::clone(&environment.vault),
            dir: environment.dir.clone(),
            rng: Arc::clone(&environment.rng),
            cost: environment.pin_cost,
            tries: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// Whether a phrase stands for the keyring.
    pub(crate) fn is_open(&self) -> bool {
        hold(&self.open).is_some()
    }

    /// What a start has found, seen from here: see the table in `startup`. A keyring that opens the database,
    /// or that came later and takes the key over, makes the file superfluous.
    pub(crate) fn explained(
        &self,
        environment: &Environment,
        found: Result<Found, CoreError>,
    ) -> Result<Found, CoreError> {
        let (is_open, is_sealed) = (self.is_open(), self.dir.join(PHRASE_FILE).try_exists()?);
        match found {
            Ok(found) if is_open => {
                if let Err(error) = self.hand_over() {
                    tracing::warn!(error = ?error, "the keyring does not take the key over");
                }
                Ok(found)
            }
            found if is_open => found,
            Ok(Found::Nothing(None))
            | Err(CoreError::Vault(VaultError::Missing) | CoreError::KeyLost | CoreError::KeyMismatch)
                if is_sealed =>
            {
                Err(CoreError::PhraseNeeded)
            }
            Ok(Found::Nothing(None)) => match self.keyring.load(VaultItem::Root) {
                Err(VaultError::Missing) => Err(CoreError::PhraseUnset), // what was there is wiped
                _ => Ok(Found::Nothing(None)),
            },
            Err(CoreError::Vault(VaultError::Missing)) if self.is_without_database(environment)? => {
                Err(CoreError::PhraseUnset)
            }
            Ok(Found::Open(root, ledger)) if is_sealed => {
                self.remove_files()?; // a keyring took the key over, and this was cut
                Ok(Found::Open(root, ledger))
            }
            found => found,
        }
    }

    /// Whether there is no database; ends a wipe that was cut when the key was gone.
    fn is_without_database(&self, environment: &Environment) -> Result<bool, CoreError> {
        let database = self.dir.join(DATABASE_FILE);
        if database.try_exists()? && wipe::is_cut(environment)? {
            wipe::finish(environment)?;
        }
        Ok(!database.try_exists()?)
    }

    /// Seals a first root secret; never over one that is there.
    pub(super) fn begin(&self, phrase: &str, root: &DeviceRoot) -> Result<(), CoreError> {
        let mut open = hold(&self.open);
        if open.is_some() || self.dir.join(PHRASE_FILE).try_exists()? {
            return Err(CoreError::WrongState);
        }
        *open = Some(self.seal(phrase, root)?);
        Ok(())
    }

    /// Seals the root secret that is known under another phrase; the one before opens nothing from now on.
    pub(super) fn change(&self, phrase: &str, root: &DeviceRoot) -> Result<(), CoreError> {
        let mut tries = hold(&self.tries);
        let mut open = hold(&self.open);
        *open = Some(self.seal(phrase, root)?);
        self.forget_tries(&mut tries)
    }

    /// Tries a phrase. It is counted before the key is derived; after some in vain there is a wait.
    pub(crate) fn try_phrase(&self, phrase: &str, now: &Recorded) -> Result<(), CoreError> {
        let mut tries = hold(&self.tries);
        let file = self.file()?.ok_or(CoreError::PhraseDamaged)?;
        *tries = stricter([*tries, self.kept_tries()], now);
        match slowed(*tries, now) {
            Turn::Wait(seconds) => return Err(CoreError::PhraseWait(seconds)),
            Turn::WaitAnew(seconds) => {
                let anew = after(tries.failures, now);
                self.keep_tries(&mut tries, anew)?;
                return Err(CoreError::PhraseWait(seconds));
            }
            Turn::Now | Turn::Never => {}
        }
        let counted = after(tries.failures.saturating_add(1), now);
        self.keep_tries(&mut tries, counted)?;
        let (root, wrapping) = file.open_by(phrase)?;
        *hold(&self.open) = Some(Open::new(self.renewed(phrase, &root, wrapping), &root));
        self.forget_tries(&mut tries)
    }

    /// The wrapping at the cost that is usual today; the one of now when it did not cost less, or the disk
    /// does not take the other.
    fn renewed(&self, phrase: &str, root: &DeviceRoot, wrapping: Wrapping) -> Wrapping {
        if !wrapping.is_cheap(self.cost) {
            return wrapping;
        }
        match self.seal(phrase, root) {
            Ok(open) => open.wrapping,
            Err(error) => {
                tracing::warn!(error = ?error, "the phrase keeps its cost for now");
                wrapping
            }
        }
    }

    fn seal(&self, phrase: &str, root: &DeviceRoot) -> Result<Open, CoreError> {
        let wrapping = Wrapping::make(phrase, self.cost, &*self.rng)?;
        replace(&self.dir.join(PHRASE_FILE), &wrapping.seal(root, &*self.rng)?)?;
        Ok(Open::new(wrapping, root))
    }

    fn file(&self) -> Result<Option<SealedRoot>, CoreError> {
        self.bytes(PHRASE_FILE)?.map(|bytes| SealedRoot::read(&bytes)).transpose()
    }

    fn bytes(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.dir.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Gives everything to a keyring that has no root secret. The files go once it has read it back.
    fn hand_over(&self) -> Result<(), CoreError> {
        let _nobody_tries = hold(&self.tries);
        let mut open = hold(&self.open);
        let Some(by) = &*open else { return Ok(()) };
        match self.keyring.load(VaultItem::Root) {
            Ok(None) => {}
            Ok(Some(_)) | Err(VaultError::Missing) => return Ok(()), // the key of something else stays there
            Err(error) => return Err(error.into()),
        }
        let root = self.file()?.ok_or(CoreError::PhraseDamaged)?.open(&by.wrapping)?.to_item();
        if let Some(tries) = self.pin_tries(by)? {
            self.keyring.keep(VaultItem::PinTries, &tries)?;
        }
        self.keyring.keep(VaultItem::Root, &root)?;
        if self.keyring.load(VaultItem::Root)?.as_ref() != Some(&root) {
            return Err(VaultError::Failing.into());
        }
        *open = None;
        self.remove_files()
    }

    /// The key goes last: as long as it is there, the next start ends what was cut.
    fn remove_files(&self) -> Result<(), CoreError> {
        for name in [TRIES_FILE, PIN_TRIES_FILE, PHRASE_FILE] {
            remove_if_there(&self.dir.join(name))?;
        }
        Ok(())
    }

    /// What cannot be read counts for nothing: whoever spoils the file could take it away as well.
    fn kept_tries(&self) -> Tries {
        let bytes = self.bytes(TRIES_FILE).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn keep_tries(&self, tries: &mut Tries, counted: Tries) -> Result<(), CoreError> {
        *tries = counted;
        let bytes = serde_json::to_vec(&counted).map_err(CoreError::storage)?;
        Ok(replace(&self.dir.join(TRIES_FILE), &bytes)?)
    }

    fn forget_tries(&self, tries: &mut Tries) -> Result<(), CoreError> {
        *tries = Tries::default();
        Ok(remove_if_there(&self.dir.join(TRIES_FILE))?)
    }

    /// The tries at PINs. Those that cannot be read are none: the database counts too.
    fn pin_tries(&self, open: &Open) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let Some(bytes) = self.bytes(PIN_TRIES_FILE).map_err(of_disk)? else { return Ok(None) };
        let tries = sealed::open(&open.tries_key, PIN_TRIES, &bytes);
        if tries.is_none() {
            tracing::warn!("the tries at PINs cannot be read");
        }
        Ok(tries)
    }

    fn root(&self, open: &Open) -> Result<Option<DeviceRoot>, VaultError> {
        let file = self.file().map_err(of_storing)?;
        file.map(|file| file.open(&open.wrapping).map_err(of_storing)).transpose()
    }
}

impl KeyVault for PhraseVault {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match (&*hold(&self.open), item) {
            (None, item) => self.keyring.load(item),
            (Some(open), VaultItem::Root) => Ok(self.root(open)?.map(|root| root.to_item())),
            (Some(open), VaultItem::PinTries) => self.pin_tries(open),
        }
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        let mut open = hold(&self.open);
        let Some(by) = &mut *open else { return self.keyring.keep(item, secret) };
        match item {
            VaultItem::Root => {
                let root = DeviceRoot::from_item(secret).ok_or(VaultError::Failing)?;
                let bytes = by.wrapping.seal(&root, &*self.rng).map_err(of_storing)?;
                replace(&self.dir.join(PHRASE_FILE), &bytes).map_err(of_disk)?;
                by.tries_key = root.tries_key();
                Ok(())
            }
            VaultItem::PinTries => {
                let bytes = sealed::seal(&by.tries_key, PIN_TRIES, secret, &*self.rng);
                replace(&self.dir.join(PIN_TRIES_FILE), &bytes).map_err(of_disk)
            }
        }
    }

    /// What stands in its place goes too, and the phrase is forgotten with the root secret.
    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        let mut open = hold(&self.open);
        let removed = match item {
            VaultItem::Root => remove_if_there(&self.dir.join(PHRASE_FILE)).and_then(|()| sync_folder(&self.dir)),
            VaultItem::PinTries => remove_if_there(&self.dir.join(PIN_TRIES_FILE)),
        };
        if item == VaultItem::Root {
            *open = None;
        }
        match self.keyring.forget(item) {
            Err(VaultError::Missing) => removed.map_err(of_disk),
            forgotten => removed.map_err(of_disk).and(forgotten),
        }
    }
}

fn of_disk(error: io::Error) -> VaultError {
    of_storing(error.into())
}

fn of_storing(error: CoreError) -> VaultError {
    tracing::warn!(error = ?error, "the file with the key failed");
    match error {
        CoreError::DiskFull => VaultError::Full,
        _ => VaultError::Failing,
    }
}
