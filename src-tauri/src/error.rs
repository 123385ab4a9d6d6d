//! From what went wrong to the code that the interface words. The only place that does.

use floorbook_core::{CoreError, SyncError, VaultError};
use serde::Serialize;
use specta::Type;

/// Every failure that the interface can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    AlreadyRunning,
    AppTooOld,
    BadInput,
    CodeExpired,
    CodeUnknown,
    ConsentMissing,
    ContactMissing,
    ContactUnavailable,
    ContactUnknown,
    DatabaseDamaged,
    DatabaseNewer,
    DiskFull,
    EmailInvalid,
    FileTooLarge,
    FileUnreadable,
    HqAway,
    HqRefused,
    HqTooOld,
    HqUntrusted,
    Internal,
    KeyLost,
    KeyMismatch,
    KeyringLocked,
    KeyringMissing,
    LeaseOver,
    Locked,
    ManagerNeeded,
    NoteJudging,
    NotePersonal,
    NoteTooLong,
    NothingToUndo,
    PackRefused,
    PhoneInvalid,
    PhraseDamaged,
    PhraseNeeded,
    PhraseUnset,
    PhraseWait,
    PhraseWeak,
    PhraseWrong,
    PinNeeded,
    PinShut,
    PinTrivial,
    PinWait,
    PinWrong,
    RecoveryMistyped,
    RecoveryWrong,
    ShutOut,
    TooYoung,
    TrialFailed,
    VisitNotOpen,
}

/// A failure as it crosses to the window.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct AppError {
    pub(crate) code: ErrorCode,
    /// Seconds to wait before trying again makes sense.
    pub(crate) retry_after_s: Option<u32>,
    /// For a diagnostics line: never anything personal.
    pub(crate) detail: Option<String>,
}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self { code, retry_after_s: None, detail: None }
    }
}

impl From<CoreError> for AppError {
    fn from(error: CoreError) -> Self {
        let code = code_of(&error);
        if code == ErrorCode::Internal {
            tracing::error!(error = ?error, "unexpected failure");
        }
        let retry_after_s = match &error {
            CoreError::PinWait(seconds) | CoreError::PhraseWait(seconds) => Some(*seconds),
            _ => None,
        };
        let detail = match &error {
            CoreError::PackRefused(finding) => Some(finding.clone()),
            CoreError::Storage(cause) => Some(cause.to_string()),
            _ => None,
        };
        Self { code, retry_after_s, detail }
    }
}

fn code_of(error: &CoreError) -> ErrorCode {
    match error {
        CoreError::AlreadyRunning => ErrorCode::AlreadyRunning,
        CoreError::Vault(VaultError::Locked) => ErrorCode::KeyringLocked,
        CoreError::Vault(VaultError::Missing | VaultError::Failing) => ErrorCode::KeyringMissing,
        CoreError::PhraseUnset => ErrorCode::PhraseUnset,
        CoreError::PhraseNeeded => ErrorCode::PhraseNeeded,
        CoreError::PhraseWrong => ErrorCode::PhraseWrong,
        CoreError::PhraseWait(_) => ErrorCode::PhraseWait,
        CoreError::PhraseWeak => ErrorCode::PhraseWeak,
        CoreError::PhraseDamaged => ErrorCode::PhraseDamaged,
        CoreError::KeyLost => ErrorCode::KeyLost,
        CoreError::KeyMismatch => ErrorCode::KeyMismatch,
        CoreError::DatabaseNewer => ErrorCode::DatabaseNewer,
        CoreError::DatabaseDamaged => ErrorCode::DatabaseDamaged,
        CoreError::Vault(VaultError::Full) | CoreError::DiskFull => ErrorCode::DiskFull,
        CoreError::Storage(_) | CoreError::WrongState => ErrorCode::Internal,
        CoreError::PackRefused(_) => ErrorCode::PackRefused,
        CoreError::Locked => ErrorCode::Locked,
        CoreError::ManagerNeeded => ErrorCode::ManagerNeeded,
        CoreError::PinWrong => ErrorCode::PinWrong,
        CoreError::PinWait(_) => ErrorCode::PinWait,
        CoreError::PinShut => ErrorCode::PinShut,
        CoreError::PinNeeded => ErrorCode::PinNeeded,
        CoreError::PinTrivial => ErrorCode::PinTrivial,
        CoreError::NoteTooLong => ErrorCode::NoteTooLong,
        CoreError::NotePersonal => ErrorCode::NotePersonal,
        CoreError::NoteJudging => ErrorCode::NoteJudging,
        CoreError::BadInput => ErrorCode::BadInput,
        CoreError::FileTooLarge => ErrorCode::FileTooLarge,
        CoreError::FileUnreadable => ErrorCode::FileUnreadable,
        CoreError::VisitNotOpen => ErrorCode::VisitNotOpen,
        CoreError::RecoveryMistyped => ErrorCode::RecoveryMistyped,
        CoreError::RecoveryWrong => ErrorCode::RecoveryWrong,
        CoreError::NothingToUndo => ErrorCode::NothingToUndo,
        CoreError::ContactUnavailable => ErrorCode::ContactUnavailable,
        CoreError::TooYoung => ErrorCode::TooYoung,
        CoreError::ConsentMissing => ErrorCode::ConsentMissing,
        CoreError::ContactMissing => ErrorCode::ContactMissing,
        CoreError::PhoneInvalid => ErrorCode::PhoneInvalid,
        CoreError::EmailInvalid => ErrorCode::EmailInvalid,
        CoreError::ContactUnknown => ErrorCode::ContactUnknown,
        CoreError::ShutOut => ErrorCode::ShutOut,
        CoreError::LeaseOver => ErrorCode::LeaseOver,
        CoreError::Sync(error) => code_of_sync(error),
    }
}

pub(crate) fn code_of_sync(error: &SyncError) -> ErrorCode {
    use floorbook_core::{Behind, ProblemKind};
    match error {
        SyncError::BadAddress => ErrorCode::BadInput,
        SyncError::BadCode | SyncError::Refused { kind: ProblemKind::CodeUnknown, .. } => ErrorCode::CodeUnknown,
        SyncError::Refused { kind: ProblemKind::CodeExpired, .. } => ErrorCode::CodeExpired,
        SyncError::Refused { kind: ProblemKind::Busy | ProblemKind::Internal, .. } | SyncError::Away(_) => {
            ErrorCode::HqAway
        }
        SyncError::Untrusted | SyncError::Nonsense => ErrorCode::HqUntrusted,
        SyncError::Version(Behind::Headquarters) => ErrorCode::HqTooOld,
        SyncError::Version(Behind::Device) => ErrorCode::AppTooOld,
        SyncError::Refused { .. } => ErrorCode::HqRefused,
        SyncError::Ledger(error) if error.is_disk_full() => ErrorCode::DiskFull,
        SyncError::Ledger(_) | SyncError::Internal => ErrorCode::Internal,
    }
}
