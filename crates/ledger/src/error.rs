//! Why the ledger refuses.

use floorbook_model::VisitId;
use floorbook_protocol::BatchError;

/// Why a transaction did not happen. Nothing of it is kept then.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no such visit here.
    #[error("visit {0} is not known here")]
    VisitUnknown(VisitId),
    /// The visit is closed or voided.
    #[error("visit {0} is not open")]
    VisitNotOpen(VisitId),
    /// Nobody would be left of a party.
    #[error("a party cannot lose everybody")]
    TooFew,
    /// There is a visit of that name already.
    #[error("there is a visit {0} already")]
    NameTaken(VisitId),
    /// A stored value cannot be read back.
    #[error("a stored value cannot be read")]
    Stored(#[from] serde_json::Error),
    /// A page that is kept cannot be read back.
    #[error("a page that is kept cannot be read")]
    Page(#[from] BatchError),
    /// A receipt speaks of other records than were sent.
    #[error("the receipt does not fit the batch")]
    ReceiptMismatch,
    /// An event that does not belong into the feed of this device, or stands in the wrong place of it.
    #[error("the feed holds what is not for this device")]
    Foreign,
    /// The database failed; see [`LedgerError::is_disk_full`].
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl LedgerError {
    /// Whether the database holds what cannot be read: a damaged page, or a damaged value.
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Stored(_) | Self::Page(_) => true,
            Self::Sqlite(error) => matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)),
            _ => false,
        }
    }

    /// Whether the disk was full.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if floorbook_sqlite::is_disk_full(error))
    }
}
