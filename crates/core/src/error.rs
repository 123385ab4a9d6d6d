//! Why a use case did not happen.

use crate::VaultError;
use floorbook_ledger::LedgerError;
use floorbook_sync::SyncError;
use std::sync::Arc;

/// Why a use case did not happen. Nothing of it is kept then, and nothing that was kept before is
/// lost. The shell turns it into a code, the interface words the code.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CoreError {
    /// Another Floorbook has this data open.
    #[error("already running on this data")]
    AlreadyRunning,
    /// The keyring failed, is locked or is missing.
    #[error("the keyring failed")]
    Vault(#[source] VaultError),
    /// There is no keyring, and nothing of this device yet: a phrase may stand for it.
    #[error("there is no keyring, and no phrase yet")]
    PhraseUnset,
    /// The key is sealed under a phrase.
    #[error("the phrase is needed")]
    PhraseNeeded,
    /// The phrase is not the one.
    #[error("wrong phrase")]
    PhraseWrong,
    /// Too many wrong phrases.
    #[error("wait {0} s before the next phrase")]
    PhraseWait(u32),
    /// Too easily guessed.
    #[error("weak phrase")]
    PhraseWeak,
    /// What is sealed under the phrase cannot be read.
    #[error("the sealed key is damaged")]
    PhraseDamaged,
    /// There is a database, but the keyring has no key for it.
    #[error("the key is gone")]
    KeyLost,
    /// The key does not open the database, or the database is damaged.
    #[error("the key does not open the database")]
    KeyMismatch,
    /// A later version wrote the database.
    #[error("the database is of a later version")]
    DatabaseNewer,
    /// What the database holds cannot be read.
    #[error("the database holds what cannot be read")]
    DatabaseDamaged,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The database or a file failed.
    #[error("storing failed")]
    Storage(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The device is not paired yet, or is paired already.
    #[error("not in this state")]
    WrongState,
    /// The store's form pack may not be used.
    #[error("the pack is refused: {0}")]
    PackRefused(String),
    /// Nobody is signed in.
    #[error("locked")]
    Locked,
    /// A manager must do this or vouch for it.
    #[error("a manager is needed")]
    ManagerNeeded,
    /// The PIN is not the clerk's.
    #[error("wrong PIN")]
    PinWrong,
    /// Too many wrong PINs.
    #[error("wait {0} s before the next PIN")]
    PinWait(u32),
    /// So many wrong PINs that only a new one helps.
    #[error("the PIN is shut")]
    PinShut,
    /// Whoever is signed in must type their PIN again before this is done.
    #[error("the PIN is needed once more")]
    PinNeeded,
    /// Too easily guessed.
    #[error("trivial PIN")]
    PinTrivial,
    /// The note is too long.
    #[error("note too long")]
    NoteTooLong,
    /// The note has what names a person.
    #[error("the note names a person")]
    NotePersonal,
    /// The note has a word that judges a person.
    #[error("the note judges a person")]
    NoteJudging,
    /// What was entered is not of the form.
    #[error("bad input")]
    BadInput,
    /// A file is larger than may be read.
    #[error("the file is too large")]
    FileTooLarge,
    /// A file is no text.
    #[error("the file cannot be read")]
    FileUnreadable,
    /// The visit is closed or voided, or not known here.
    #[error("the visit is not open")]
    VisitNotOpen,
    /// There is nothing to take back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// The recovery code has a slip in it.
    #[error("mistyped recovery code")]
    RecoveryMistyped,
    /// The recovery code is not the last one of this device.
    #[error("wrong recovery code")]
    RecoveryWrong,
    /// The store's pack or headquarters takes no contacts.
    #[error("no contacts are taken")]
    ContactUnavailable,
    /// The visitor looks too young to be asked.
    #[error("too young to be asked")]
    TooYoung,
    /// No purpose is ticked, or nothing is said of age.
    #[error("consent is missing")]
    ConsentMissing,
    /// There is no way to reach the visitor.
    #[error("no number, id or address")]
    ContactMissing,
    /// What was typed is no phone number.
    #[error("no phone number")]
    PhoneInvalid,
    /// What was typed is no e-mail address.
    #[error("no e-mail address")]
    EmailInvalid,
    /// There is no such contact here.
    #[error("no such contact")]
    ContactUnknown,
    /// Headquarters wants nobody to be let in.
    #[error("headquarters shut the device out")]
    ShutOut,
    /// Headquarters was not heard of for so long that only a manager may sign in.
    #[error("the lease is over")]
    LeaseOver,
    /// Headquarters, or the way to it.
    #[error("headquarters")]
    Sync(#[source] Arc<SyncError>),
}

impl CoreError {
    pub(crate) fn storage(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Storage(Arc::new(error))
    }
}

impl From<LedgerError> for CoreError {
    fn from(error: LedgerError) -> Self {
        match error {
            error if error.is_disk_full() => Self::DiskFull,
            LedgerError::TooFew | LedgerError::NameTaken(_) => Self::BadInput,
            LedgerError::VisitUnknown(_) | LedgerError::VisitNotOpen(_) => Self::VisitNotOpen,
            error if error.is_damage() => Self::DatabaseDamaged,
            error => Self::storage(error),
        }
    }
}

impl From<VaultError> for CoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Full => Self::DiskFull,
            error => Self::Vault(error),
        }
    }
}

impl From<SyncError> for CoreError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Ledger(error) => Self::from(error),
            error => Self::Sync(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for CoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::storage(error),
        }
    }
}
