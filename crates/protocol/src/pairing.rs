//! Pairing: a one-time code and a device key against everything a device needs to work.

use crate::keys::PublicKey;
use crate::sealing::SealingKey;
use floorbook_model::{ClerkId, DeviceId, Pack, StoreId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a device sends to `POST /v1/pair`, signed by the key that it brings. Its debug
/// output leaves the secret out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairRequest {
    /// Secret part of the pairing code.
    pub code: String,
    /// The device's public key.
    pub device_key: PublicKey,
    /// What people call the device, e.g. `Counter 1`.
    pub device_name: String,
    /// The challenge of [`crate::Hello`].
    pub challenge: String,
}

impl fmt::Debug for PairRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PairRequest").field("device_key", &self.device_key).finish_non_exhaustive()
    }
}

/// What a paired device holds of headquarters, signed by headquarters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairGrant {
    /// Name given to the device.
    pub device: DeviceId,
    /// The key that was bound to it.
    pub device_key: PublicKey,
    /// What people call it.
    pub device_name: String,
    /// The store that the code was bound to.
    pub store: StoreRecord,
    /// The key with which headquarters signs receipts and grants.
    pub hq_key: PublicKey,
    /// Form pack of the store.
    pub pack: Pack,
    /// Who works there.
    pub roster: Vec<Clerk>,
    /// Rules of the store.
    pub policy: Policy,
    /// The key that contacts are sealed to; without it none can be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_key: Option<SealingKey>,
    /// The key that events are sealed to while the device's own key is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spool_key: Option<SealingKey>,
    /// Of which [`crate::Kit`] all of this is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u64,
}

/// One store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreRecord {
    /// Its code.
    pub id: StoreId,
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Local hour at which its day begins.
    pub cut_hour: u8,
    /// ISO 4217 currency code.
    pub currency: String,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Logs visits.
    Clerk,
    /// Also vouches for clerks and reviews the day.
    Manager,
}

/// One person of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clerk {
    /// Their code.
    pub id: ClerkId,
    /// The name on their tile.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Rules of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Policy {
    /// A visit untouched for so long has its pending patch sealed into an event, milliseconds.
    pub seal_after_ms: u32,
    /// A device that has not heard of headquarters for so many days opens for a manager alone; never when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_after_days: Option<u16>,
    /// One that has not heard of it for so many days destroys its key, as if it had been told to; never when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wipe_after_days: Option<u16>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { seal_after_ms: 5_000, manager_after_days: Some(7), wipe_after_days: None }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn is_zero(epoch: &u64) -> bool {
    *epoch == 0
}
