//! The daily ledger: a device's signed word about its own log. Held against what headquarters has, it shows that
//! nothing was lost on the way, or which numbers were.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorbook_model::{BusinessDay, DeviceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes that are no chain value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a chain value of 32 bytes")]
pub struct BadChainHead;

/// Follows from every event of a device up to one of them: SHA-256 of the value before it and of the line. Before
/// the first event it is 32 zero bytes. Travels as base64url.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ChainHead(pub [u8; 32]);

impl ChainHead {
    /// The value after one more line.
    #[must_use]
    pub fn after(self, line: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(line).finalize().into())
    }
}

impl TryFrom<String> for ChainHead {
    type Error = BadChainHead;
    fn try_from(text: String) -> Result<Self, BadChainHead> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadChainHead)?;
        bytes.try_into().map(Self).map_err(|_| BadChainHead)
    }
}

impl From<ChainHead> for String {
    fn from(head: ChainHead) -> String {
        URL_SAFE_NO_PAD.encode(head.0)
    }
}

/// What a device says of its own log, as of one moment. Every event that it numbered has left with a receipt, or
/// is among `waiting`, or among `set_aside`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayLedger {
    /// The device that says so.
    pub device: DeviceId,
    /// Business day of its store, by its clock.
    pub day: BusinessDay,
    /// Its clock, milliseconds UTC.
    pub at_ms: i64,
    /// Number of its last event: as many did it number.
    pub through: u64,
    /// How many of them it holds; fewer when it lost some itself.
    pub count: u64,
    /// Chain value of its last event.
    pub chain: ChainHead,
    /// Events that no receipt covers yet.
    pub waiting: u64,
    /// Events that were set aside, here or at headquarters, and wait for a person.
    pub set_aside: u64,
}
