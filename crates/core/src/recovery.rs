//! The way back to the database when the keyring has lost its key: a code on paper opens a sealed copy
//! of the root secret that lies beside the database. Neither is worth anything without the other.

use crate::device::{Paired, Stage};
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, Device, VaultItem, startup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use floorbook_model::Rng;
use floorbook_protocol::{grouped, letters, read_letters};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::str::FromStr;
use std::{fmt, io};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Name of the sealed root secret in the device's folder: magic, nonce, ciphertext.
pub const RECOVERY_FILE: &str = "recovery.sealed";

const MAGIC: &[u8; 8] = b"FBRECOV1";
const NONCE_BYTES: usize = 24;
const SECRET_BYTES: usize = 16;
/// 128 bits of secret and 22 that tell a slip of the pen, in letters of five.
const LETTERS: usize = 30;
/// Kept in the ledger: which code was made for it.
const MARK: &str = "recovery.mark";
/// Kept in the ledger once somebody has typed the code back.
const CONFIRMED: &str = "recovery.confirmed";

/// Text that is not a recovery code, or one with a slip in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a recovery code")]
pub struct BadRecoveryCode;

/// What is written on paper: six groups of five letters.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; SECRET_BYTES]);

impl RecoveryCode {
    fn make(rng: &dyn Rng) -> Self {
        let mut secret = [0; SECRET_BYTES];
        rng.fill(&mut secret);
        Self(secret)
    }

    /// The secret and the start of its digest, bit by bit.
    fn bits(&self) -> impl Iterator<Item = u8> {
        let check = Sha256::new().chain_update(b"floorbook/v1/recovery-check").chain_update(self.0).finalize();
        let bytes: Vec<u8> = self.0.iter().copied().chain(check).collect();
        bytes.into_iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
    }

    /// Tells it from others, and says nothing of its secret.
    fn mark(&self) -> String {
        STANDARD.encode(Sha256::new().chain_update(b"floorbook/v1/recovery-mark").chain_update(self.0).finalize())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let mut key = Zeroizing::new([0; 32]);
        hkdf::Hkdf::<Sha256>::new(None, &self.0)
            .expand(b"floorbook/v1/recovery", &mut *key)
            .expect("32 bytes are within what HKDF gives");
        XChaCha20Poly1305::new((&*key).into())
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits: Vec<u8> = self.bits().take(LETTERS * 5).collect();
        let fives = bits.chunks(5).map(|five| five.iter().fold(0, |number, bit| number << 1 | bit));
        f.write_str(&grouped(&letters(fives)))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(redacted)")
    }
}

impl FromStr for RecoveryCode {
    type Err = BadRecoveryCode;

    fn from_str(text: &str) -> Result<Self, BadRecoveryCode> {
        let typed = read_letters(text).filter(|typed| typed.len() == LETTERS).ok_or(BadRecoveryCode)?;
        let bits: Vec<u8> = typed.iter().flat_map(|five| (0..5).rev().map(move |bit| five >> bit & 1)).collect();
        let mut secret = [0; SECRET_BYTES];
        for (byte, eight) in secret.iter_mut().zip(bits.chunks(8)) {
            *byte = eight.iter().fold(0, |number, bit| number << 1 | bit);
        }
        let code = Self(secret);
        if code.bits().zip(&bits).all(|(right, typed)| right == *typed) { Ok(code) } else { Err(BadRecoveryCode) }
    }
}

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
    pub fn make_recovery_code(&self) -> Result<RecoveryCode, CoreError> {
        self.allows_recovery()?;
        let (paired, rng) = (self.paired()?, &*self.environment.rng);
        let code = RecoveryCode::make(rng);
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
fn seal(dir: &Path, code: &RecoveryCode, root: &DeviceRoot, rng: &dyn Rng) -> Result<(), CoreError> {
    let mut nonce = [0; NONCE_BYTES];
    rng.fill(&mut nonce);
    let item = root.to_item();
    let sealed = code.cipher().encrypt(&XNonce::from(nonce), Payload { msg: &item, aad: MAGIC });
    let sealed = sealed.expect("a few hundred bytes can be encrypted");
    let fresh = dir.join("recovery.sealed.new");
    let mut file = private(&fresh)?;
    file.write_all(&[MAGIC.as_slice(), &nonce, &sealed].concat())?;
    file.sync_all()?;
    fs::rename(fresh, dir.join(RECOVERY_FILE))?;
    Ok(sync_folder(dir)?)
}

fn unseal(dir: &Path, typed: &str) -> Result<(RecoveryCode, DeviceRoot), CoreError> {
    let code: RecoveryCode = typed.parse().map_err(|BadRecoveryCode| CoreError::RecoveryMistyped)?;
    let bytes = match fs::read(dir.join(RECOVERY_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CoreError::RecoveryWrong),
        read => read?,
    };
    let opened = open(&bytes, &code).map(Zeroizing::new);
    let root = opened.and_then(|item| DeviceRoot::from_item(&item)).ok_or(CoreError::RecoveryWrong)?;
    Ok((code, root))
}

fn open(bytes: &[u8], code: &RecoveryCode) -> Option<Vec<u8>> {
    let (nonce, sealed) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<NONCE_BYTES>()?;
    code.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: MAGIC }).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRng;

    #[test]
    fn a_code_survives_being_typed_carelessly() {
        let code = RecoveryCode::make(&SystemRng);
        let typed = code.to_string().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert_eq!(typed.parse(), Ok(code));
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_a_code_of_something_else() {
        let code = RecoveryCode::make(&SystemRng).to_string();
        let letters: Vec<char> = code.chars().collect();
        for at in (0..letters.len()).filter(|at| letters[*at] != '-') {
            let mut slipped = letters.clone();
            slipped[at] = if slipped[at] == '7' { '3' } else { '7' };
            assert_eq!(RecoveryCode::from_str(&String::from_iter(slipped)), Err(BadRecoveryCode), "{at}");
        }
        for text in [
            "",
            "AAAAA",
            code.rsplit_once('-').unwrap().0,
            &format!("{code}7"),
            "店店店店店-00000-00000-00000-00000-00000",
        ] {
            assert_eq!(RecoveryCode::from_str(text), Err(BadRecoveryCode), "{text:?}");
        }
    }
}
