//! How sending stands.

use crate::SyncError;
use std::sync::Arc;

/// What the sender is doing. Figures are not kept here, they are counted in the database.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    /// Nothing to do.
    #[default]
    Idle,
    /// A run is on.
    Sending {
        /// Records that waited when it began.
        total: u64,
    },
    /// The last run failed.
    Waiting {
        /// Why.
        reason: Arc<SyncError>,
        /// When it is tried again, milliseconds UTC.
        retry_at_ms: i64,
    },
}

/// The truth about sending.
#[derive(Clone, Debug)]
pub struct Status {
    /// What the sender is doing.
    pub phase: Phase,
    /// Records that no receipt covers yet.
    pub waiting: u64,
    /// Records that headquarters set aside.
    pub quarantined: u64,
    /// When headquarters last signed for everything that there was to send, milliseconds UTC.
    pub last_ok_ms: Option<i64>,
    /// When headquarters last said what it wants, milliseconds UTC.
    pub heard_ms: Option<i64>,
}
