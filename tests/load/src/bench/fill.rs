//! Fills a ledger with a long past, faster than anybody could tap it in. The rows are what the
//! product writes: sealed events, the line of each visit and the sums of each day.

use anyhow::Result;
use chrono::Days;
use floorbook_load::{Planned, SeededRng, plan_one};
use floorbook_model::{
    Body, Brief, Calendar, ClerkId, Closing, DeviceId, DwellSource, Event, EventId, Hlc, Opening, Pack, PackRef, Patch,
    Recorded, SCHEMA, StoreId, Visit, VisitId, VisitState, contribution,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Visits of one day of the past.
pub(super) const PER_DAY: usize = 2_000;
const VISITS_PER_TRANSACTION: usize = 20_000;

pub(super) struct Origin {
    pub(super) store: StoreId,
    pub(super) device: DeviceId,
    pub(super) last_seq: u64,
    pub(super) calendar: Calendar,
}

/// `count` visits of earlier days, two thousand a day, stored in random order as though they came
/// from many devices; nothing of them waits to be sent.
pub(super) fn history(raw: &Connection, pack: &Pack, calendar: &Calendar, count: usize) -> Result<()> {
    let rng = SeededRng::new(1);
    let origin = Origin { store: "north".parse()?, device: DeviceId::make(1, &rng), last_seq: 0, calendar: *calendar };
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut StdRng::seed_from_u64(2));
    store(raw, pack, &origin, &order, Past { seed: 3, per_day: PER_DAY, days_ago: 0, waits: false })
}

/// How many days lie behind so many events in an outbox.
pub(super) fn days_of(events: usize) -> usize {
    events.div_ceil(3).div_ceil(PER_DAY)
}

/// At least `events` events in the outbox, of the days before those `days_ago`.
pub(super) fn backlog(raw: &Connection, pack: &Pack, origin: &Origin, events: usize, days_ago: usize) -> Result<()> {
    let order: Vec<usize> = (0..events.div_ceil(3)).collect();
    store(raw, pack, origin, &order, Past { seed: 3, per_day: PER_DAY, days_ago, waits: true })
}

/// The same, of the thirty days before this one; devices of one headquarters need a `seed` each.
pub(super) fn month(raw: &Connection, pack: &Pack, origin: &Origin, events: usize, seed: u64) -> Result<()> {
    let order: Vec<usize> = (0..events.div_ceil(3)).collect();
    store(raw, pack, origin, &order, Past { seed, per_day: order.len().div_ceil(30), days_ago: 1, waits: true })
}

#[derive(Clone, Copy)]
struct Past {
    seed: u64,
    per_day: usize,
    days_ago: usize,
    /// Whether it is to be sent.
    waits: bool,
}

fn store(raw: &Connection, pack: &Pack, origin: &Origin, order: &[usize], past: Past) -> Result<()> {
    raw.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -3000000; PRAGMA wal_autocheckpoint = 0;")?;
    let rng = SeededRng::new(origin.last_seq + past.seed);
    let mut seq = origin.last_seq;
    let mut sums: BTreeMap<(i32, String), i64> = BTreeMap::new();
    for part in order.chunks(VISITS_PER_TRANSACTION) {
        raw.execute_batch("BEGIN IMMEDIATE")?;
        for n in part {
            let days_ago = past.days_ago + (order.len() - 1 - n) / past.per_day; // the times of a device rise
            let events = events_of(pack, origin, (*n, days_ago), seq, &rng)?;
            seq += u64::try_from(events.len())?;
            let brief = insert(raw, &events, origin, past.waits)?;
            for (figure, amount) in contribution(&brief) {
                *sums.entry((brief.day.number(), figure)).or_default() += amount;
            }
        }
        raw.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    // The last commit brings all of it to the disk, or the first one that is measured would.
    raw.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")?;
    for ((day, figure), amount) in sums {
        raw.prepare_cached(
            "INSERT INTO day_figures (day, figure, amount) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, figure) DO UPDATE SET amount = amount + excluded.amount",
        )?
        .execute(params![day, figure, amount])?;
    }
    raw.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Opened, noted, closed: what a visit leaves behind.
fn events_of(
    pack: &Pack,
    origin: &Origin,
    (n, days_ago): (usize, usize),
    seq: u64,
    rng: &SeededRng,
) -> Result<[Event; 3]> {
    let plan = plan_one(pack, u64::try_from(n)?);
    let midnight_ms = midnight_ms(days_ago)?;
    let visit = VisitId::make(midnight_ms + plan.entered_ms, rng);
    let clerk: ClerkId = "c01".parse()?;
    let event = |nth: u64, at_ms: i64, body| Event {
        schema: SCHEMA,
        id: EventId::make(midnight_ms + at_ms, rng),
        store: origin.store.clone(),
        device: origin.device,
        seq: seq + nth,
        hlc: Hlc(midnight_ms + at_ms, 0),
        recorded: Recorded {
            wall_ms: midnight_ms + at_ms,
            offset_min: 480,
            steady_ms: u64::try_from(at_ms).unwrap_or(0),
            boot: 1,
            server_offset_ms: None,
        },
        actor: clerk.clone(),
        visit: Some(visit),
        body,
    };
    let Planned { size, entered_ms, left_ms, taps, outcome } = plan;
    let pack = PackRef { id: pack.id.clone(), version: pack.version };
    let patch: Patch = taps.into_iter().flat_map(|tap| tap.patch).collect();
    let closing = Closing { left_ms: midnight_ms + left_ms, dwell_source: DwellSource::Observed, outcome };
    Ok([
        event(1, entered_ms, Body::VisitOpened(Opening::new(midnight_ms + entered_ms, size, pack))),
        event(2, left_ms, Body::VisitNoted { patch }),
        event(3, left_ms, Body::VisitClosed(closing)),
    ])
}

fn midnight_ms(days_ago: usize) -> Result<i64> {
    let day = super::scene::today() - Days::new(u64::try_from(days_ago)? + 1);
    Ok(day.and_hms_opt(0, 0, 0).map_or(0, |midnight| midnight.and_utc().timestamp_millis()) - 8 * 3_600_000)
}

fn insert(raw: &Connection, events: &[Event; 3], origin: &Origin, outbox: bool) -> Result<Brief> {
    let id = events[0].visit.unwrap_or_else(|| unreachable!("every event here is about a visit"));
    for event in events {
        raw.prepare_cached(
            "INSERT INTO events (id, device, seq, hlc, visit, chain, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            event.id.as_bytes(),
            event.device.as_bytes(),
            i64::try_from(event.seq)?,
            event.hlc.0 << 16,
            id.as_bytes(),
            [0_u8; 32],
            serde_json::to_string(event)?,
        ])?;
        if outbox {
            raw.prepare_cached("INSERT INTO outbox (n) VALUES (last_insert_rowid())")?.execute([])?;
        }
    }
    let brief = Brief::of(&Visit::fold(id, events), &origin.calendar)
        .unwrap_or_else(|| unreachable!("a visit with its opening has a line"));
    insert_line(raw, "visits", &brief)?;
    Ok(brief)
}

/// The line of a visit, into `table`, which has the columns of `visits`.
pub(super) fn insert_line(raw: &Connection, table: &str, brief: &Brief) -> Result<()> {
    let outcome = brief.outcome.as_ref();
    raw.prepare_cached(&format!(
        "INSERT INTO {table} (day, entered_ms, id, hour, left_ms, state, size, serving, age, company, style, interest,
                              attention, gesture, outcome, reasons, amount_minor, receipt)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
    ))?
    .execute(params![
        brief.day.number(),
        brief.entered_ms,
        brief.id.as_bytes(),
        brief.hour,
        brief.left_ms,
        i64::from(brief.state != VisitState::Open),
        brief.size,
        brief.serving.as_str(),
        brief.age,
        brief.company,
        brief.style,
        brief.interest,
        brief.attention.join(","),
        brief.gesture.join(","),
        outcome.map(|outcome| &outcome.code),
        outcome.map_or_else(String::new, |outcome| outcome.reasons.join(",")),
        outcome.and_then(|outcome| outcome.amount_minor),
        outcome.and_then(|outcome| outcome.receipt.as_ref()),
    ])?;
    Ok(())
}
