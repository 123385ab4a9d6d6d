//! What headquarters wants of a device: the newest kit of its store, whether it is welcome, and which
//! contacts are to be erased. The device asks; the answer is signed for this device and this question, so
//! that an older one cannot be played to it again.

use crate::{Clerk, Policy, Sealed, SealingKey, Signed, StoreRecord};
use floorbook_model::{BatchId, ContactId, DeviceId, Pack};
use serde::{Deserialize, Deserializer, Serialize};

/// What a device sends to `POST /v1/config`, as the one line of a signed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigRequest {
    /// Of the kit that it has.
    pub epoch: u64,
    /// Records that no receipt covers yet.
    pub waiting: u64,
    /// Version of the program.
    pub version: String,
    /// Its root secret, sealed to [`Kit::contact_key`]; sent again whenever one of them changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrow: Option<Sealed>,
    /// What it says of its own log: a [`crate::DayLedger`] that it signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Signed>,
}

/// Headquarters' answer, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Config {
    /// The device that asked.
    pub device: DeviceId,
    /// The name of its question, as in `floorbook-batch`.
    pub request: BatchId,
    /// Headquarters' clock, milliseconds UTC.
    pub server_time_ms: i64,
    /// What it is to do.
    pub order: Order,
    /// Headquarters holds every number of this device up to this one. Less than it signed for shows that it was
    /// put back from a copy; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_through: Option<u64>,
    /// Contacts that it took and that headquarters erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<ContactId>,
    /// A newer kit than the one that it has. One that a later version wrote otherwise than this one reads is
    /// none: the rest of the answer counts all the same.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "read_kit")]
    pub kit: Option<Kit>,
}

fn read_kit<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Kit>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(reader)?).unwrap_or_default())
}

/// What a device is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Go on: it is welcome.
    Stay,
    /// Let nobody in: nothing more is taken from it.
    Lock,
    /// Destroy its key and everything that it holds, but what is sealed to headquarters.
    Wipe,
}

/// What a device of a store works with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kit {
    /// Only ever rises: milliseconds UTC of the last change, or more.
    pub epoch: u64,
    /// The store.
    pub store: StoreRecord,
    /// Its form pack.
    pub pack: Pack,
    /// Who works there.
    pub roster: Vec<Clerk>,
    /// Its rules.
    pub policy: Policy,
    /// The key that contacts are sealed to; without it none can be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_key: Option<SealingKey>,
    /// The key that events are sealed to while the device's own key is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spool_key: Option<SealingKey>,
}
