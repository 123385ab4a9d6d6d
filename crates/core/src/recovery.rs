//! The way back to the database when the keyring has lost its key: a code on paper opens a sealed copy
//! of the root secret that lies beside the database. Neither is worth anything without the other.

use crate::device::{Paired, Stage};
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, Device, Environment, VaultItem, files, startup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_model::Rng;
use floorbook_protocol::{BadPaperCode, Kept, PaperCode};
use std::path::Path;
use std::{fs, io};
use zeroize::Zeroizing;

/// Name of the sealed root secret in the device's folder, see [`PaperCode::seal`].
pub const RECOVERY_FILE: &str = "recovery.sealed";
/// The keys of the database since then, see [`keep_keys`].
const KEYS_FILE: &str = "recovery.keys";

/// Kept in the ledger: which code was made for it.
const MARK: &str = "recovery.mark";
/// Kept in the ledger once somebody has typed the code back.
const CONFIRMED: &str = "recovery.confirmed";

impl Device {
    /// Whether nobody has shown yet that the recovery code is on paper.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn is_recovery_due(&self) -> Result<bool, CoreError> {
        Ok(self.paired()?.book.ledger().meta(CONFIRMED)?.is_none())
    }

    /// A new recovery code; an earlier one opens nothing from now on. A manager's, or anybody's
    /// while nobody has a PIN on the device yet.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::ManagerNeeded`], [`CoreError::PinNeeded`], or when the disk
    /// fails; then the earlier code is still good, but has to be confirmed again.
    pub fn make_recovery_code(&self) -> Result<PaperCode, CoreError> {
        self.allows_recovery()?;
        let (paired, rng) = (self.paired()?, &*self.environment.rng);
        let code = PaperCode::make(rng);
        paired.book.ledger().forget_meta(CONFIRMED)?;
        seal(&self.environment.dir, &code, &paired.root, rng)?;
        paired.book.ledger().set_meta(&[(MARK, &code.mark())])?;
        Ok(code)
    }

    /// Somebody typed the code off the paper.
    ///
    /// # Errors
    /// [`CoreError::RecoveryMistyped`], [`CoreError::RecoveryWrong`], those of
    /// [`Device::make_recovery_code`].
    pub fn confirm_recovery_code(&self, typed: &str) -> Result<(), CoreError> {
        self.allows_recovery()?;
        let paired = self.paired()?;
        self.check_recovery_code(&paired, typed)?;
        Ok(paired.book.ledger().set_meta(&[(CONFIRMED, "yes")])?)
    }

    /// Whether it is the last code that was made for this database. That it opens the sealed copy is not
    /// enough: with the database put aside, anybody can pair the device anew and make another code.
    pub(crate) fn check_recovery_code(&self, paired: &Paired, typed: &str) -> Result<(), CoreError> {
        let (code, _) = unseal(&self.environment.dir, typed)?;
        let is_ours = paired.book.ledger().meta(MARK)?.is_some_and(|mark| mark == code.mark());
        if is_ours { Ok(()) } else { Err(CoreError::RecoveryWrong) }
    }

    /// Opens the database of a device whose keyring has lost the key, or has another, and gives the
    /// key back to the keyring. Nothing changes unless the code opens the database that is there.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] when the key is not what is missing,
    /// [`CoreError::RecoveryMistyped`], [`CoreError::RecoveryWrong`], or the keyring's trouble.
    pub fn recover(&self, typed: &str) -> Result<(), CoreError> {
        let lost = |stage: &Stage| matches!(stage, Stage::Trouble(CoreError::KeyLost | CoreError::KeyMismatch));
        if !self.is_at(lost) {
            return Err(CoreError::WrongState);
        }
        let root = recovered(&self.environment, typed)?;
        self.environment.vault.keep(VaultItem::Root, &root.to_item())?;
        self.retry();
        Ok(())
    }

    fn allows_recovery(&self) -> Result<(), CoreError> {
        self.allows(Access::Paired)?;
        if self.clerks_with_pin()?.is_empty() { Ok(()) } else { self.allows(Access::Manager) }
    }
}

/// Seals the root secret into the folder.
pub(crate) fn seal(dir: &Path, code: &PaperCode, root: &DeviceRoot, rng: &dyn Rng) -> Result<(), CoreError> {
    Ok(files::replace(&dir.join(RECOVERY_FILE), &code.seal(Kept::DeviceRoot, &root.to_item(), rng))?)
}

/// Keeps the keys that may open the database beside it, for the paper knows only the one of its day. They
/// are sealed under what the paper does know.
pub(crate) fn keep_keys(environment: &Environment, roots: &[&DeviceRoot]) -> Result<(), CoreError> {
    let Some(first) = roots.first() else { return Ok(()) };
    let items: Vec<String> = roots.iter().map(|root| STANDARD.encode(root.to_item())).collect();
    let text = Zeroizing::new(serde_json::to_vec(&items).map_err(CoreError::storage)?);
    let sealed = first.keys_code().seal(Kept::DatabaseKeys, &text, &*environment.rng);
    Ok(files::replace(&environment.dir.join(KEYS_FILE), &sealed)?)
}

/// The root secret that opens the database, by the code on paper.
pub(crate) fn recovered(environment: &Environment, typed: &str) -> Result<DeviceRoot, CoreError> {
    let (_, root) = unseal(&environment.dir, typed)?;
    let later = read_keys(environment, &root);
    let mut roots = later.into_iter().chain([root]);
    let opening = roots.find_map(|root| match startup::open(environment, &root) {
        Ok(_) => Some(Ok(root)),
        Err(CoreError::KeyMismatch) => None,
        Err(error) => Some(Err(error)),
    });
    opening.unwrap_or(Err(CoreError::KeyMismatch))
}

/// None when the keys were never changed, or the file is not of this paper.
fn read_keys(environment: &Environment, root: &DeviceRoot) -> Vec<DeviceRoot> {
    let read = || {
        let bytes = fs::read(environment.dir.join(KEYS_FILE)).ok()?;
        let text = root.keys_code().open(Kept::DatabaseKeys, &bytes)?;
        let items: Vec<String> = serde_json::from_slice(&text).ok()?;
        items.iter().map(|item| DeviceRoot::from_item(&STANDARD.decode(item).ok()?)).collect::<Option<Vec<_>>>()
    };
    read().unwrap_or_default().iter().map(DeviceRoot::settled).collect()
}

fn unseal(dir: &Path, typed: &str) -> Result<(PaperCode, DeviceRoot), CoreError> {
    let code: PaperCode = typed.parse().map_err(|BadPaperCode| CoreError::RecoveryMistyped)?;
    let bytes = match fs::read(dir.join(RECOVERY_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CoreError::RecoveryWrong),
        read => read?,
    };
    let opened = code.open(Kept::DeviceRoot, &bytes);
    let root = opened.and_then(|item| DeviceRoot::from_item(&item)).ok_or(CoreError::RecoveryWrong)?;
    Ok((code, root))
}
