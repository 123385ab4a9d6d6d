//! The way back to the database when the keyring has lost its key: a code on paper opens a sealed copy
//! of the root secret that lies beside the database. Neither is worth anything without the other.

use crate::device::{Paired, Stage};
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, Device, VaultItem, startup};
use floorbook_model::Rng;
use floorbook_protocol::{BadPaperCode, Kept, PaperCode};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Name of the sealed root secret in the device's folder, see [`PaperCode::seal`].
pub const RECOVERY_FILE: &str = "recovery.sealed";

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
        let (_, root) = unseal(&self.environment.dir, typed)?;
        drop(startup::open(&self.environment, &root)?);
        self.environment.vault.keep(VaultItem::Root, &root.to_item())?;
        self.retry();
        Ok(())
    }

    fn allows_recovery(&self) -> Result<(), CoreError> {
        self.allows(Access::Paired)?;
        if self.clerks_with_pin()?.is_empty() { Ok(()) } else { self.allows(Access::Manager) }
    }
}

/// Seals the root secret into the folder: a whole new file, on the disk before it takes the place
/// of an old one.
fn seal(dir: &Path, code: &PaperCode, root: &DeviceRoot, rng: &dyn Rng) -> Result<(), CoreError> {
    let sealed = code.seal(Kept::DeviceRoot, &root.to_item(), rng);
    let fresh = dir.join("recovery.sealed.new");
    let mut file = private(&fresh)?;
    file.write_all(&sealed)?;
    file.sync_all()?;
    fs::rename(fresh, dir.join(RECOVERY_FILE))?;
    Ok(sync_folder(dir)?)
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

#[cfg(unix)]
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Elsewhere the folder of the user keeps others out.
#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<File> {
    File::create(path)
}

#[cfg(unix)]
fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
