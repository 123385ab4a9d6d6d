//! The feed: what the other devices of a store logged, for the one that asks. Where nothing new is there it
//! waits for a while, so that boards agree soon after a tap reached headquarters.

use crate::archive::{Transaction, values};
use crate::devices::{self, KnownDevice};
use crate::intake::{BatchRequest, Opened};
use crate::kits;
use crate::problem::Refused;
use crate::{Hq, HqError};
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{
    FeedHead, FeedRequest, ProblemKind, Purpose, Signed, content_digest, encode_batch, limits, path,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Raw bytes of one page: below the limit even if nothing compresses.
const PAGE_BYTES: usize = limits::BATCH_ENCODED_BYTES_MAX - 64 * 1024;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A question for the feed, verified.
pub(crate) struct Asked {
    pub(crate) device: KnownDevice,
    batch: BatchId,
    request: FeedRequest,
    /// From when on it wants the events of a device that it does not know, milliseconds UTC.
    since_ms: i64,
}

impl Asked {
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
        let request: FeedRequest = opened.only_line()?;
        // The lines themselves go: many of these wait at once.
        let Opened { device, batch, now_ms, .. } = opened;
        Ok(Asked { device, batch, since_ms: now_ms - i64::from(request.days) * DAY_MS, request })
    }

    /// What there is now.
    pub(crate) fn feed_page(&self, asked: &Asked) -> Result<FeedPage, Refused> {
        let device = &asked.device;
        let (Lines { lines, ahead, ahead_through, through, more, .. }, epoch, config) = self.archive.read(|tx| {
            let welcome = devices::find(tx, device.id)?.is_some_and(|device| !device.is_revoked);
            let epoch = kits::epoch(tx, &device.store)?;
            let lines = if welcome { read_page(tx, asked)? } else { Lines::default() };
            Ok::<_, HqError>((lines, epoch, !welcome || epoch > asked.request.epoch))
        })?;
        let body =
            if lines.is_empty() { Vec::new() } else { encode_batch(&lines).map_err(|_| ProblemKind::Internal)? };
        let digest = content_digest(&body);
        let (device, request) = (device.id, asked.batch);
        let head = FeedHead { device, request, digest, more, config, epoch, ahead, ahead_through, through };
        let head = Signed::seal(Purpose::Feed, &head, &self.keys.signing)?;
        Ok(FeedPage { head, is_news: config || !body.is_empty(), body })
    }
}

/// What a page says.
#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    bytes: usize,
    /// It holds at most so many.
    limit: usize,
    /// So many at the beginning came before their turn.
    ahead: u32,
    ahead_through: BTreeMap<DeviceId, u64>,
    /// The last number of each device among the others.
    through: BTreeMap<DeviceId, u64>,
    /// Whether there is more than fits.
    more: bool,
}

/// First what came before its turn, for boards should not wait for a backlog. Then device by device, each in its
/// own order, and only as far as nothing of it is missing: so a device needs no more than a number for each of
/// the others to go on, whichever receiver it asks.
fn read_page(tx: &dyn Transaction, asked: &Asked) -> Result<Lines, HqError> {
    let Asked { device, request, since_ms, .. } = asked;
    let (mut page, peers) = (Lines::of(request), peers(tx, device)?);
    for peer in &peers {
        let Some(ahead) = &request.ahead else { break };
        if peer.acked_through < peer.seq_max {
            let after = peer.after(tx, ahead.get(&peer.id), *since_ms)?;
            let last = page.fill(tx, peer.number, after.max(peer.acked_through), peer.seq_max)?;
            page.ahead_through.extend(last.map(|last| (peer.id, last)));
        }
    }
    page.ahead = u32::try_from(page.lines.len()).unwrap_or(u32::MAX);
    for peer in &peers {
        let after = peer.after(tx, request.have.get(&peer.id), *since_ms)?;
        let last = page.fill(tx, peer.number, after, peer.acked_through)?;
        page.through.extend(last.map(|last| (peer.id, last)));
    }
    Ok(page)
}

impl Lines {
    fn of(request: &FeedRequest) -> Self {
        let limit = request.lines.map_or(limits::BATCH_RECORDS_MAX, usize::from).clamp(1, limits::BATCH_RECORDS_MAX);
        Self { limit, ..Self::default() }
    }

    /// Takes in what one device logged, from where to where, as far as it fits. Returns the last number.
    fn fill(&mut self, tx: &dyn Transaction, device: i64, after: i64, through: i64) -> Result<Option<u64>, HqError> {
        let mut last = None;
        if self.more || after >= through {
            return Ok(last);
        }
        let sql = "SELECT line, seq FROM events WHERE device = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";
        tx.each(sql, values![device, after, through], &mut |row| {
            let line: String = row.get(0)?;
            self.bytes += line.len() + 1;
            self.more = !self.lines.is_empty() && (self.bytes > PAGE_BYTES || self.lines.len() == self.limit);
            if self.more {
                return Ok(ControlFlow::Break(()));
            }
            self.lines.push(line);
            last = u64::try_from(row.get::<i64>(1)?).ok();
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(last)
    }
}

/// Another device of the store: its number here, and how far it has got.
struct Peer {
    number: i64,
    id: DeviceId,
    acked_through: i64,
    seq_max: i64,
    /// How far it had got when the asking device was paired.
    joined_through: i64,
}

fn peers(tx: &dyn Transaction, device: &KnownDevice) -> Result<Vec<Peer>, HqError> {
    let sql = "SELECT number, id, acked_through, seq_max, through FROM devices
               LEFT JOIN joined ON joined.device = ?2 AND joined.peer = number
               WHERE store = ?1 AND number <> ?2 ORDER BY number";
    tx.all(sql, values![device.store.as_str(), device.number], |row| {
        Ok(Peer {
            number: row.get(0)?,
            id: DeviceId::from_bytes(row.get(1)?),
            acked_through: row.get(2)?,
            seq_max: row.get(3)?,
            joined_through: row.get::<Option<i64>>(4)?.unwrap_or(0),
        })
    })
}

impl Peer {
    /// After which number a page goes on: what the asking device has, or of what was here before it the first of
    /// the days that it wants. What came since it was paired it gets whatever a clock says.
    fn after(&self, tx: &dyn Transaction, have: Option<&u64>, since_ms: i64) -> Result<i64, HqError> {
        match have {
            Some(seq) => Ok(i64::try_from(*seq).unwrap_or(i64::MAX)),
            None => before(tx, self.number, self.joined_through, since_ms),
        }
    }
}

/// The last number before a time. On one device numbers rise with time, but where its clock was set, so it is
/// found by halving; a wrong clock makes what is told of the past begin a little early or late.
fn before(tx: &dyn Transaction, number: i64, through: i64, since_ms: i64) -> Result<i64, HqError> {
    let sql = "SELECT line FROM events WHERE device = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
    let (mut low, mut high) = (0, through);
    let mut middle = low; // a young store has nothing that is old
    while low < high {
        let line: Option<String> = tx.first(sql, values![number, middle + 1], |row| row.get(0))?;
        let is_old = line.and_then(|line| recorded_ms(&line)).is_some_and(|recorded_ms| recorded_ms < since_ms);
        (low, high) = if is_old { (middle + 1, high) } else { (low, middle) };
        middle = low + (high - low) / 2;
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
