//! The way back to the database when the keyring has lost its key: a code on paper opens a sealed copy
//! of the root secret that lies beside the database. Neither is worth anything without the other.

use crate::device::{Paired, Stage};
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, Device, Environment, VaultItem, files, rotation, startup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_ledger::Ledger;
use floorbook_protocol::{BadPaperCode, PaperCode, Sealed, SealedFor, SealingKey};
use std::path::Path;
use std::{fs, io};
use zeroize::Zeroizing;

/// Name of the sealed root secret in the device's folder, JSON, see [`Sealed`].
pub const RECOVERY_FILE: &str = "recovery.sealed";

/// Kept in the ledger: the public half of the code that was made for it, JSON.
const PAPER: &str = "recovery.paper";
/// Kept in the ledger once somebody has typed the code back.
const CONFIRMED: &str = "recovery.confirmed";

impl Device {
    /// Whether nobody has shown yet that the recovery code is on paper.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn is_recovery_due(&self) -> Result<bool, CoreError> {
        let paired = self.paired()?;
        Ok(!paired.is_without_key() && paired.book.ledger().meta(CONFIRMED)?.is_none())
    }

    /// A new recovery code; an earlier one opens nothing from now on. A manager's, or anybody's
    /// before the first PIN on the device.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::ManagerNeeded`], [`CoreError::PinNeeded`], or when the disk
    /// fails; then the earlier code is still good, but has to be confirmed again.
    pub fn make_recovery_code(&self) -> Result<PaperCode, CoreError> {
        self.allows_recovery()?;
        let paired = self.paired()?;
        let code = PaperCode::make(&*self.environment.rng);
        let key = code.opening_key().sealing_key();
        paired.book.ledger().forget_meta(CONFIRMED)?;
        seal(&self.environment, &key, &[&paired.root])?;
        paired.book.ledger().set_meta(&[(PAPER, &serde_json::to_string(&key).map_err(CoreError::storage)?)])?;
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
        self.check_paper(&paired, typed)?;
        Ok(paired.book.ledger().set_meta(&[(CONFIRMED, "yes")])?)
    }

    /// Whether it is the last code that was made for this database. That it opens the sealed copy is not
    /// enough: with the database put aside, anybody can pair the device anew and make another code.
    pub(crate) fn check_paper(&self, paired: &Paired, typed: &str) -> Result<(), CoreError> {
        let code = read_code(typed)?;
        unsealed(&self.environment.dir, &code)?;
        let is_ours = paper_key(paired.book.ledger())? == Some(code.opening_key().sealing_key());
        if is_ours { Ok(()) } else { Err(CoreError::RecoveryWrong) }
    }

    /// The same, or a code that headquarters made for this device: only who knows the root secret can seal as
    /// headquarters does.
    pub(crate) fn check_paper_or_hq(&self, paired: &Paired, typed: &str) -> Result<(), CoreError> {
        let Unsealed { roots, by_hq } = unsealed(&self.environment.dir, &read_code(typed)?)?;
        let ours = paired.root.settled().to_item();
        let is_ours = |root: &DeviceRoot| *root.settled().to_item() == *ours;
        if !by_hq || !roots.iter().any(is_ours) {
            return self.check_paper(paired, typed);
        }
        void_paper(paired.book.ledger())
    }

    /// Opens the database of a device whose keyring has lost the key, or has another, and gives the
    /// key back to the keyring. Nothing changes unless the code opens the database that is there. One that
    /// headquarters made is good until there is a new code: the next start makes a new key of the database then.
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
        self.paired()?.check_key()?;
        if !self.had_pins()? { Ok(()) } else { self.allows(Access::Manager) }
    }
}

/// Seals root secrets into the folder, for the paper: the one of now, and while the key of the database
/// changes the one before it.
pub(crate) fn seal(environment: &Environment, key: &SealingKey, roots: &[&DeviceRoot]) -> Result<(), CoreError> {
    let text = items(roots)?;
    let sealed = Sealed::seal(SealedFor::Recovery, b"", &text, key, &*environment.rng).map_err(CoreError::storage)?;
    let bytes = serde_json::to_vec(&sealed).map_err(CoreError::storage)?;
    Ok(files::replace(&environment.dir.join(RECOVERY_FILE), &bytes)?)
}

/// Root secrets as they are sealed: a JSON list of the keyring's items in base64.
pub(crate) fn items(roots: &[&DeviceRoot]) -> Result<Zeroizing<Vec<u8>>, CoreError> {
    let items: Vec<String> = roots.iter().map(|root| STANDARD.encode(root.settled().to_item())).collect();
    Ok(Zeroizing::new(serde_json::to_vec(&items).map_err(CoreError::storage)?))
}

/// The same where there is a paper; `false` where there is none.
pub(crate) fn seal_again(environment: &Environment, ledger: &Ledger, roots: &[&DeviceRoot]) -> Result<bool, CoreError> {
    let Some(key) = paper_key(ledger)? else { return Ok(false) };
    seal(environment, &key, roots)?;
    Ok(true)
}

/// Who needed headquarters for a code has lost the paper. It is good for nothing any more, a new code is due, and
/// with that a new key of the database.
fn void_paper(ledger: &Ledger) -> Result<(), CoreError> {
    rotation::want_with_paper(ledger)?;
    ledger.forget_meta(CONFIRMED)?;
    Ok(ledger.forget_meta(PAPER)?)
}

/// Whether somebody has a code, and said so.
pub(crate) fn has_paper(ledger: &Ledger) -> Result<bool, CoreError> {
    Ok(ledger.meta(PAPER)?.is_some() && ledger.meta(CONFIRMED)?.is_some())
}

fn paper_key(ledger: &Ledger) -> Result<Option<SealingKey>, CoreError> {
    let text = ledger.meta(PAPER)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| CoreError::DatabaseDamaged)).transpose()
}

/// The root secret that opens the database, by the code on paper or by one that headquarters made.
pub(crate) fn recovered(environment: &Environment, typed: &str) -> Result<DeviceRoot, CoreError> {
    let Unsealed { roots, by_hq } = unsealed(&environment.dir, &read_code(typed)?)?;
    let mut opening = roots.into_iter().filter_map(|root| match startup::open(environment, &root) {
        Ok(ledger) if by_hq => {
            // A disk without room must not keep the right code from opening.
            if let Err(error) = void_paper(&ledger) {
                tracing::error!(error = ?error, "the paper that was lost is still good");
            }
            Some(Ok(root))
        }
        Ok(_) | Err(CoreError::DatabaseDamaged) => Some(Ok(root)), // it is the key, and the next start says the rest
        Err(CoreError::KeyMismatch) => None,
        Err(error) => Some(Err(error)),
    });
    opening.next().unwrap_or(Err(CoreError::KeyMismatch))
}

fn read_code(typed: &str) -> Result<PaperCode, CoreError> {
    typed.parse().map_err(|BadPaperCode| CoreError::RecoveryMistyped)
}

/// What a code opened, and whether headquarters had sealed it.
struct Unsealed {
    roots: Vec<DeviceRoot>,
    by_hq: bool,
}

fn unsealed(dir: &Path, code: &PaperCode) -> Result<Unsealed, CoreError> {
    let bytes = match fs::read(dir.join(RECOVERY_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CoreError::RecoveryWrong),
        read => read?,
    };
    let read = || {
        let sealed: Sealed = serde_json::from_slice(&bytes).ok()?;
        let open = |sealed_for| code.opening_key().open(sealed_for, b"", &sealed).ok();
        let (text, by_hq) = match open(SealedFor::Recovery) {
            Some(text) => (text, false),
            None => (open(SealedFor::RecoveryByHq)?, true),
        };
        let items: Vec<String> = serde_json::from_slice(&text).ok()?;
        let roots = items.iter().map(|item| DeviceRoot::from_item(&STANDARD.decode(item).ok()?));
        Some(Unsealed { roots: roots.collect::<Option<_>>()?, by_hq })
    };
    read().ok_or(CoreError::RecoveryWrong)
}
