//! The first word: what headquarters speaks and a challenge to sign over.

use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Protocol versions that headquarters speaks.
    pub versions: Vec<u16>,
    /// Opaque text that a device signs over, so that a recorded request cannot be replayed
    /// later than [`crate::limits::CHALLENGE_LIFE_MS`].
    pub challenge: String,
    /// Headquarters' clock, milliseconds UTC.
    pub server_time_ms: i64,
}
