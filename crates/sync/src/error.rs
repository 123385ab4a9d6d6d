//! Why sending or pairing did not work. In no case has anything left the outbox.

use floorbook_ledger::LedgerError;
use floorbook_protocol::{Behind, ProblemKind};
use std::error::Error;
use std::time::Duration;

/// Why sending or pairing did not work.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The address is not an `https` one, or the text is no address.
    #[error("not an address of a headquarters")]
    BadAddress,
    /// The text is not a pairing code.
    #[error("not a pairing code")]
    BadCode,
    /// Nobody answers there, or the network is away.
    #[error("headquarters cannot be reached")]
    Away(#[source] Box<dyn Error + Send + Sync>),
    /// Somebody answers, but not with headquarters' certificate.
    #[error("the certificate is not headquarters'")]
    Untrusted,
    /// The answer is not this protocol's, or its signature does not fit.
    #[error("the answer is not headquarters'")]
    Nonsense,
    /// Headquarters speaks no version of the protocol that this program does.
    #[error("no common protocol version: {0:?} is behind")]
    Version(Behind),
    /// Headquarters refuses.
    #[error("headquarters refuses: {}", kind.title())]
    Refused {
        /// Why.
        kind: ProblemKind,
        /// It asks to wait so long.
        retry_after: Option<Duration>,
    },
    /// The ledger failed.
    #[error("the ledger failed")]
    Ledger(#[from] LedgerError),
    /// This program failed.
    #[error("sending failed inside this program")]
    Internal,
}

impl SyncError {
    /// How long headquarters asks to wait, where it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
