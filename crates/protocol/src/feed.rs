//! The feed: what the other devices of a store logged. The device says up to which number it has each of
//! them; headquarters answers with what comes after, or waits until there is something. What a device sent
//! before its backlog is given at once, too, beside that count.

use floorbook_model::{BatchId, DeviceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Field that carries the signed [`FeedHead`], JSON.
pub const FEED_HEADER: &str = "floorbook-feed";

/// What a device sends to `POST /v1/feed`, as the one line of a signed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedRequest {
    /// Up to which number it has the events of each other device.
    pub have: BTreeMap<DeviceId, u64>,
    /// Of a device that it does not know it wants the events of so many days, by headquarters' clock.
    pub days: u16,
    /// So long it waits for something to come, milliseconds; at most [`crate::limits::FEED_WAIT_MS_MAX`].
    pub wait_ms: u32,
    /// Of the kit that it has, or was told of.
    pub epoch: u64,
    /// Up to which number it has what came before its turn, of each device of which it has any; `None` for one
    /// that takes nothing before its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<BTreeMap<DeviceId, u64>>,
    /// It wants at most so many lines at once; `None` for a whole page, [`crate::limits::BATCH_RECORDS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u16>,
}

/// What stands above a page of the feed, signed. The body is a batch of event lines, or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedHead {
    /// The device that asked.
    pub device: DeviceId,
    /// The name of its question.
    pub request: BatchId,
    /// `Content-Digest` of the body.
    pub digest: String,
    /// Whether there is more already.
    pub more: bool,
    /// Whether headquarters wants something of the device, see [`crate::ConfigRequest`].
    pub config: bool,
    /// Of the newest kit: a device that was told of it need not be told again, whether it takes it or not.
    pub epoch: u64,
    /// So many of the lines at the beginning of the body came before their turn: earlier ones of their device are
    /// not here yet. They are given once more when it is their turn.
    #[serde(default)]
    pub ahead: u32,
    /// The last number of each device among them. With `through` the device can ask on before it has read the page.
    #[serde(default)]
    pub ahead_through: BTreeMap<DeviceId, u64>,
    /// The last number of each device among the others.
    #[serde(default)]
    pub through: BTreeMap<DeviceId, u64>,
}

impl FeedHead {
    /// Whether it says which numbers the page reaches; one of an older headquarters does not.
    pub fn says_where(&self) -> bool {
        !(self.through.is_empty() && self.ahead_through.is_empty())
    }
}
