//! The feed: what the other devices of a store logged, for the one that asks. Where nothing new is there it
//! waits for a while, so that boards agree soon after a tap reached headquarters.

use crate::devices::{self, KnownDevice};
use crate::intake::{BatchRequest, Opened};
use crate::kits;
use crate::problem::Refused;
use crate::{Hq, HqError};
use floorbook_model::DeviceId;
use floorbook_protocol::{
    FeedHead, FeedRequest, ProblemKind, Purpose, Signed, content_digest, encode_batch, limits, path,
};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Raw bytes of one page: below the limit even if nothing compresses.
const PAGE_BYTES: usize = limits::BATCH_ENCODED_BYTES_MAX - 64 * 1024;

/// A question for the feed, verified.
pub(crate) struct Asked {
    opened: Opened,
    request: FeedRequest,
}

impl Asked {
    pub(crate) fn device(&self) -> &KnownDevice {
        &self.opened.device
    }

    /// How long it may wait, milliseconds.
    pub(crate) fn wait_ms(&self) -> u32 {
        self.request.wait_ms.min(limits::FEED_WAIT_MS_MAX)
    }
}

/// A page, ready to travel.
pub(crate) struct FeedPage {
    pub(crate) head: Signed,
    /// A batch, or nothing.
    pub(crate) body: Vec<u8>,
    /// Whether it says anything.
    pub(crate) is_news: bool,
}

impl Hq {
    /// Reads and verifies a question.
    pub(crate) fn open_feed(&self, request: &BatchRequest) -> Result<Asked, Refused> {
        let opened = self.opened_batch(path::FEED, request)?;
        let line = opened.decoded.records().next().ok_or(ProblemKind::Malformed)?;
        let request = serde_json::from_str(line).map_err(|_| ProblemKind::Malformed)?;
        Ok(Asked { opened, request })
    }

    /// What there is now.
    pub(crate) fn feed_page(&self, asked: &Asked) -> Result<FeedPage, Refused> {
        let Asked { opened, request } = asked;
        let (lines, more, config) = self.database.read(|tx| {
            let welcome = devices::find(tx, opened.device.id)?.is_some_and(|device| !device.is_revoked);
            let config = !welcome || kits::epoch(tx, &opened.device.store)? > request.epoch;
            let (lines, more) = if welcome { read_page(tx, &opened.device, request)? } else { (Vec::new(), false) };
            Ok::<_, HqError>((lines, more, config))
        })?;
        let body =
            if lines.is_empty() { Vec::new() } else { encode_batch(&lines).map_err(|_| ProblemKind::Internal)? };
        let digest = content_digest(&body);
        let head = FeedHead { device: opened.device.id, request: opened.batch, digest, more, config };
        let head = Signed::seal(Purpose::Feed, &head, &self.keys.signing)?;
        Ok(FeedPage { head, is_news: config || !body.is_empty(), body })
    }
}

/// Device by device, each in its own order, and only as far as nothing of it is missing: so a device needs no
/// more than a number for each of the others to go on, whichever receiver it asks.
fn read_page(
    tx: &Transaction<'_>,
    device: &KnownDevice,
    request: &FeedRequest,
) -> Result<(Vec<String>, bool), HqError> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for (number, after, through) in peers(tx, device, request)? {
        let sql = "SELECT line FROM events WHERE device = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query([number, after, through])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            bytes += line.len() + 1;
            if !lines.is_empty() && (bytes > PAGE_BYTES || lines.len() == limits::BATCH_RECORDS_MAX) {
                return Ok((lines, true));
            }
            lines.push(line);
        }
    }
    Ok((lines, false))
}

/// The other devices of the store of which there is something to tell: their number here, and from where to
/// where.
fn peers(tx: &Transaction<'_>, device: &KnownDevice, request: &FeedRequest) -> Result<Vec<(i64, i64, i64)>, HqError> {
    let sql = "SELECT number, id, acked_through FROM devices WHERE store = ?1 AND number <> ?2 ORDER BY number";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(params![device.store.as_str(), device.number], |row| {
        Ok((row.get::<_, i64>(0)?, DeviceId::from_bytes(row.get(1)?), row.get::<_, i64>(2)?))
    })?;
    let mut peers = Vec::new();
    for row in rows {
        let (number, id, through) = row?;
        let after = after(tx, number, &id, through, request)?;
        if after < through {
            peers.push((number, after, through));
        }
    }
    Ok(peers)
}

fn after(
    tx: &Transaction<'_>,
    number: i64,
    id: &DeviceId,
    through: i64,
    request: &FeedRequest,
) -> Result<i64, HqError> {
    let have: &BTreeMap<DeviceId, u64> = &request.have;
    match have.get(id) {
        Some(seq) => Ok(i64::try_from(*seq).unwrap_or(i64::MAX)),
        None => before(tx, number, through, request.since_ms),
    }
}

/// The last number before a time. On one device numbers rise with time, but where its clock was set, so it is
/// found by halving; a wrong clock makes the page begin a little early or late.
fn before(tx: &Transaction<'_>, number: i64, through: i64, since_ms: i64) -> Result<i64, HqError> {
    let sql = "SELECT line FROM events WHERE device = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
    let mut statement = tx.prepare_cached(sql)?;
    let (mut low, mut high) = (0, through);
    while low < high {
        let middle = low + (high - low) / 2;
        let line: Option<String> = statement.query_row([number, middle + 1], |row| row.get(0)).optional()?;
        let is_old = line.and_then(|line| recorded_ms(&line)).is_some_and(|recorded_ms| recorded_ms < since_ms);
        (low, high) = if is_old { (middle + 1, high) } else { (low, middle) };
    }
    Ok(low)
}

fn recorded_ms(line: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Dated {
        recorded: Clocks,
    }
    #[derive(Deserialize)]
    struct Clocks {
        wall_ms: i64,
    }
    serde_json::from_str(line).ok().map(|Dated { recorded: Clocks { wall_ms } }| wall_ms)
}
