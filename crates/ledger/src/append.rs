//! Sealing events: numbered without gaps, chained, and put in the outbox, all in the caller's
//! transaction.

use crate::shelf::Shelf;
use crate::{Book, LedgerError, circle};
use floorbook_model::{
    Body, ClerkId, Closing, DeviceId, Event, EventId, Hlc, HlcClock, Recorded, SCHEMA, Visit, VisitId,
};
use floorbook_protocol::{ChainHead, RecordHead};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// Latest millisecond that fits beside the counter; a clock beyond it is held there.
const HLC_MS_MAX: i64 = 1 << 46;

/// Where the chain of a device stands.
struct Tail {
    seq: u64,
    hlc: Hlc,
    chain: ChainHead,
}

/// Appends one event.
pub(crate) fn event(
    tx: &Connection,
    book: &Book,
    actor: &ClerkId,
    visit: VisitId,
    body: Body,
) -> Result<(), LedgerError> {
    let tail = tail(tx, book)?;
    let recorded = book.clock.now();
    let hlc = HlcClock::after(tail.hlc.max(latest(tx, visit)?)).tick(recorded.wall_ms.clamp(0, HLC_MS_MAX));
    write(tx, book, (tail, hlc, recorded), actor, visit, body)
}

/// Appends the close of a rule. Its time is the next one after what says how the visit stands, whatever the
/// clock shows: what people do with the visit meanwhile, also where this device has not heard of it, is later.
pub(crate) fn close_by_rule(
    tx: &Connection,
    book: &Book,
    actor: &ClerkId,
    visit: &Visit,
    closing: Closing,
) -> Result<(), LedgerError> {
    let hlc = HlcClock::after(visit.stands_since().unwrap_or_default()).tick(0);
    write(tx, book, (tail(tx, book)?, hlc, book.clock.now()), actor, visit.id(), Body::VisitClosed(closing))
}

fn write(
    tx: &Connection,
    book: &Book,
    (tail, hlc, recorded): (Tail, Hlc, Recorded),
    actor: &ClerkId,
    visit: VisitId,
    body: Body,
) -> Result<(), LedgerError> {
    let event = Event {
        schema: SCHEMA,
        id: EventId::make(recorded.wall_ms, &*book.rng),
        store: book.origin.store.clone(),
        device: book.origin.device,
        seq: tail.seq + 1,
        hlc,
        recorded,
        actor: actor.clone(),
        visit: Some(visit),
        body,
    };
    insert(tx, &event, tail.chain)
}

/// Keeps an event of another device. It is in no chain of ours and waits for nobody.
pub(crate) fn foreign(tx: &Connection, head: &RecordHead, hlc: Hlc, line: &str) -> Result<(), LedgerError> {
    let RecordHead { id, device, seq, visit, .. } = *head;
    keep(tx, (id, device, seq, hlc, visit), ChainHead::default(), line)
}

fn insert(tx: &Connection, event: &Event, chain_before: ChainHead) -> Result<(), LedgerError> {
    let line = serde_json::to_string(event)?;
    let Event { id, device, seq, hlc, visit, .. } = *event;
    keep(tx, (id, device, seq, hlc, visit), chain_before.after(&line), &line)?;
    tx.prepare_cached("INSERT INTO outbox (n) VALUES (last_insert_rowid())")?.execute([])?;
    Ok(())
}

fn keep(
    tx: &Connection,
    (id, device, seq, hlc, visit): (EventId, DeviceId, u64, Hlc, Option<VisitId>),
    chain: ChainHead,
    line: &str,
) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "INSERT INTO events (id, device, seq, hlc, visit, chain, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        id.as_bytes(),
        device.as_bytes(),
        i64::try_from(seq).unwrap_or(i64::MAX),
        pack_hlc(hlc),
        visit.as_ref().map(VisitId::as_bytes),
        chain.0,
        line,
    ])?;
    Ok(())
}

/// The latest time of what is known of a visit: whoever acts on it comes after that, whatever their clock
/// says.
fn latest(tx: &Connection, visit: VisitId) -> Result<Hlc, LedgerError> {
    let sql = "SELECT max(hlc) FROM events WHERE visit = ?1";
    let packed: Option<i64> = tx.prepare_cached(sql)?.query_row([visit.as_bytes()], |row| row.get(0))?;
    let in_rows = packed.map_or_else(Hlc::default, unpack_hlc);
    Ok(Shelf::default().events(tx, visit)?.into_iter().map(|event| event.hlc).fold(in_rows, Hlc::max))
}

fn tail(tx: &Connection, book: &Book) -> Result<Tail, LedgerError> {
    let last = tx
        .prepare_cached("SELECT seq, hlc, chain FROM events WHERE device = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([book.origin.device.as_bytes()], |row| {
            let seq = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            Ok(Tail { seq, hlc: unpack_hlc(row.get(1)?), chain: ChainHead(row.get(2)?) })
        })
        .optional()?;
    Ok(last.unwrap_or(Tail { seq: 0, hlc: Hlc::default(), chain: ChainHead::default() }))
}

/// Number of the last event of this device, and where its chain ends.
pub(crate) fn head(tx: &Connection, book: &Book) -> Result<(u64, ChainHead), LedgerError> {
    let Tail { seq, chain, .. } = tail(tx, book)?;
    Ok((seq, chain))
}

/// Number of the last event of this device, and what the wall clock showed then.
pub(crate) fn last(tx: &Connection, book: &Book) -> Result<Option<(u64, i64)>, LedgerError> {
    let sql = "SELECT line FROM events WHERE device = ?1 ORDER BY seq DESC LIMIT 1";
    let line = tx.prepare_cached(sql)?.query_row([book.origin.device.as_bytes()], |row| row.get(0)).optional()?;
    let event = line.map(|line: String| serde_json::from_str::<Event>(&line)).transpose()?;
    Ok(event.map(|event| (event.seq, event.recorded.wall_ms)))
}

/// What is sealed of a visit, as it stands beside the others.
pub(crate) fn sealed(tx: &Connection, id: VisitId) -> Result<Visit, LedgerError> {
    sealed_by(&mut Shelf::default(), tx, id)
}

/// The same of one visit of several.
pub(crate) fn sealed_by(shelf: &mut Shelf, tx: &Connection, id: VisitId) -> Result<Visit, LedgerError> {
    circle::settled(tx, folded_by(shelf, tx, id)?.0)
}

/// What events say of a visit, and into which others it was ever merged.
pub(crate) type Folded = (Visit, BTreeSet<VisitId>);

/// The fold of what is sealed of a visit.
pub(crate) fn folded(tx: &Connection, id: VisitId) -> Result<Folded, LedgerError> {
    folded_by(&mut Shelf::default(), tx, id)
}

/// The same of one visit of several.
pub(crate) fn folded_by(shelf: &mut Shelf, tx: &Connection, id: VisitId) -> Result<Folded, LedgerError> {
    let mut folded = unknown(id);
    let mut statement = tx.prepare_cached("SELECT line FROM events WHERE visit = ?1")?;
    let mut rows = statement.query([id.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let line = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        fold_in(&mut folded, &serde_json::from_str(line)?);
    }
    shelf.events(tx, id)?.iter().for_each(|event| fold_in(&mut folded, event));
    Ok(folded)
}

/// A visit of which no event is known yet.
pub(crate) fn unknown(id: VisitId) -> Folded {
    (Visit::new(id), BTreeSet::new())
}

/// Takes in one event more.
pub(crate) fn fold_in((visit, into): &mut Folded, event: &Event) {
    if let Body::VisitMerged { into: other } = event.body {
        into.insert(other);
    }
    visit.apply(event);
}

fn pack_hlc(Hlc(ms, counter): Hlc) -> i64 {
    ms << 16 | i64::from(counter)
}

pub(crate) fn unpack_hlc(packed: i64) -> Hlc {
    Hlc(packed >> 16, u16::try_from(packed & 0xffff).unwrap_or(0))
}
