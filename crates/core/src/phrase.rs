//! The fallback for a machine that has no keyring at all: a manager's phrase, typed at every start, opens a
//! sealed copy of the root secret that lies beside the database. Whoever has the file guesses at it without
//! being slowed by anything but what each guess costs, so the phrase is long.

use crate::device::Stage;
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, DATABASE_FILE, Device, recovery, wipe};
use zeroize::Zeroizing;

mod sealed;
#[cfg(test)]
pub(crate) mod tests;
mod vault;
mod words;

pub use vault::PHRASE_FILE;
pub(crate) use vault::{PIN_TRIES_FILE, PhraseVault, TRIES_FILE};

impl Device {
    /// A phrase that is strong enough, for whoever does not want to think of one. It is kept nowhere.
    pub fn propose_phrase(&self) -> Zeroizing<String> {
        words::proposed(&*self.environment.rng)
    }

    /// Whether a phrase stands for the keyring.
    pub fn is_by_phrase(&self) -> bool {
        self.phrase.is_open()
    }

    /// Goes on to setting the device up where there is no keyring: its key will be sealed under `phrase`.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] where that is not what is missing, [`CoreError::PhraseWeak`], or the
    /// disk's trouble.
    pub fn set_phrase(&self, phrase: &str) -> Result<(), CoreError> {
        self.needs_phrase(|trouble| matches!(trouble, CoreError::PhraseUnset))?;
        let phrase = words::chosen(phrase)?;
        wipe::forget_note(&self.environment.dir)?;
        self.phrase.begin(&phrase, &DeviceRoot::make(&*self.environment.rng))?;
        self.retry();
        Ok(())
    }

    /// Starts with the phrase that the key is sealed under. A keyring that has come since takes the key over.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] where none is wanted, [`CoreError::PhraseWrong`],
    /// [`CoreError::PhraseWait`] after some wrong ones, [`CoreError::PhraseDamaged`], or the disk's trouble.
    /// Nothing changes then but the count of the tries.
    pub fn open_with_phrase(&self, phrase: &str) -> Result<(), CoreError> {
        self.needs_phrase(|trouble| matches!(trouble, CoreError::PhraseNeeded))?;
        if phrase.chars().count() > words::CHARS_MAX {
            return Err(CoreError::PhraseWrong);
        }
        self.phrase.try_phrase(&words::read(phrase), &self.environment.clock.now())?;
        self.retry();
        Ok(())
    }

    /// The same where the phrase is lost: the recovery code opens, and a new phrase is set.
    ///
    /// # Errors
    /// [`CoreError::WrongState`], [`CoreError::PhraseWeak`], those of [`Device::recover`].
    pub fn recover_with_phrase(&self, code: &str, phrase: &str) -> Result<(), CoreError> {
        self.needs_phrase(|trouble| matches!(trouble, CoreError::PhraseNeeded))?;
        let phrase = words::chosen(phrase)?;
        if !self.environment.dir.join(DATABASE_FILE).try_exists()? {
            return Err(CoreError::RecoveryWrong); // there is nothing yet that a code was made for
        }
        let root = recovery::recovered(&self.environment, code)?;
        self.phrase.change(&phrase, &root)?;
        self.retry();
        Ok(())
    }

    /// Another phrase; the one before opens nothing from now on, but an older copy of the file.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, [`CoreError::WrongState`] where a keyring has the key,
    /// [`CoreError::PhraseWeak`], or the disk's trouble; then the earlier phrase is still good.
    pub fn change_phrase(&self, phrase: &str) -> Result<(), CoreError> {
        self.allows(Access::Manager)?;
        let paired = self.paired()?;
        if !self.is_by_phrase() {
            return Err(CoreError::WrongState);
        }
        self.phrase.change(&words::chosen(phrase)?, &paired.root)
    }

    fn needs_phrase(&self, is_wanted: impl Fn(&CoreError) -> bool) -> Result<(), CoreError> {
        let is_at = self.is_at(|stage| matches!(stage, Stage::Trouble(trouble) if is_wanted(trouble)));
        if is_at { Ok(()) } else { Err(CoreError::WrongState) }
    }
}
