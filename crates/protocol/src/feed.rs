//! The feed: what the other devices of a store logged. The device says up to which number it has each of
//! them; headquarters answers with what comes after, or waits until there is something.

use floorbook_model::{BatchId, DeviceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Field that carries the signed [`FeedHead`], JSON.
pub const FEED_HEADER: &str = "floorbook-feed";

/// What a device sends to `POST /v1/feed`, as the one line of a signed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRequest {
    /// Up to which number it has the events of each other device.
    pub have: BTreeMap<DeviceId, u64>,
    /// Of a device that it does not know it wants the events from this time on, milliseconds UTC.
    pub since_ms: i64,
    /// So long it waits for something to come, milliseconds; at most [`crate::limits::FEED_WAIT_MS_MAX`].
    pub wait_ms: u32,
    /// Of the kit that it has.
    pub epoch: u64,
}

/// What stands above a page of the feed, signed. The body is a batch of event lines, or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}
