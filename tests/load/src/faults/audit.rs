//! What a database says, read by somebody who has the key and does not take the ledger's word for anything.

use anyhow::{Result, bail, ensure};
use floorbook_ledger::{Book, Rows, SCHEMA};
use floorbook_model::{Body, Brief, BusinessDay, ContactId, Event, Visit, VisitId, VisitState, contribution};
use floorbook_sqlite::{Database, DatabaseKey};
use rusqlite::types::ValueRef;
use rusqlite::{Params, Row, Transaction};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Everything that a database holds, in one number. Two are equal when not a single value differs.
pub(crate) type State = [u8; 32];

/// Kept while a new key is wanted. It goes once there is one, at whichever start comes first, so it counts for nothing.
pub(crate) const NEW_KEY: &str = "key.rotation";

/// Opens the database beside whoever works on it, and reads all of it.
pub(crate) fn state(path: &Path, key: &DatabaseKey) -> Result<State> {
    Database::open(path, key, SCHEMA)?.read(all)
}

fn all(tx: &Transaction<'_>) -> Result<State> {
    let version: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut digest = Sha256::new().chain_update(version.to_le_bytes());
    for name in rows(tx, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", [], |row| {
        row.get::<_, String>(0)
    })? {
        digest.update(&name);
        let mut statement = tx.prepare(&format!("SELECT * FROM \"{name}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if name == "meta" && row.get_ref(0)?.as_str()? == NEW_KEY {
                continue;
            }
            for column in 0..columns {
                add(&mut digest, row.get_ref(column)?);
            }
        }
    }
    Ok(digest.finalize().into())
}

fn add(digest: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => (1, &number.to_le_bytes()),
        ValueRef::Real(number) => (2, &number.to_le_bytes()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    digest.update([kind]);
    digest.update(bytes.len().to_le_bytes());
    digest.update(bytes);
}

fn rows<T, P: Params>(
    tx: &Transaction<'_>,
    sql: &str,
    values: P,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    Ok(tx.prepare(sql)?.query_map(values, read)?.collect::<Result<_, _>>()?)
}

/// Holds what belongs together against each other, and reads everything.
///
/// # Errors
/// What does not fit; then some transaction happened by half, or a page is not what was written.
pub(crate) fn check(book: &Book, path: &Path, key: &DatabaseKey) -> Result<State> {
    Database::open(path, key, SCHEMA)?.read(|tx| {
        let verdict: String = tx.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        ensure!(verdict == "ok", "SQLite finds: {verdict}");
        let events = chained(tx)?;
        outbox_fits(tx, events.len())?;
        let briefs = projection_fits(tx, book, &events)?;
        figures_fit(tx, &briefs)?;
        contacts_fit(tx, &events)?;
        all(tx)
    })
}

/// Every event, once its number and its link of the chain fit.
fn chained(tx: &Transaction<'_>) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = Vec::new();
    let mut tails: BTreeMap<[u8; 16], (u64, [u8; 32])> = BTreeMap::new();
    let sealed = rows(tx, "SELECT chain, line FROM events ORDER BY device, seq", [], |row| {
        Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?))
    })?;
    for (chain, line) in sealed {
        let event: Event = serde_json::from_str(&line)?;
        let (seq, before) = tails.entry(*event.device.as_bytes()).or_default();
        ensure!(event.seq == *seq + 1, "event {} follows {seq}", event.seq);
        let expected: [u8; 32] = Sha256::new().chain_update(*before).chain_update(&line).finalize().into();
        ensure!(chain == expected, "the chain breaks at event {}", event.seq);
        (*seq, *before) = (event.seq, chain);
        events.push(event);
    }
    Ok(events)
}

/// Every event waits, was set aside, or left by a receipt that names it: the play's receipts list what they took.
fn outbox_fits(tx: &Transaction<'_>, events: usize) -> Result<()> {
    let numbers = |sql| rows(tx, sql, [], |row| row.get::<_, i64>(0));
    let mut found: Vec<i64> = numbers("SELECT n FROM outbox")?;
    found.extend(numbers("SELECT n FROM quarantine")?);
    for document in rows(tx, "SELECT document FROM receipts", [], |row| row.get::<_, String>(0))? {
        found.extend(serde_json::from_str::<Vec<i64>>(&document)?);
    }
    let all: BTreeSet<i64> = numbers("SELECT n FROM events")?.into_iter().collect();
    ensure!(found.len() == events, "{events} events, and {} places for them", found.len());
    ensure!(found.into_iter().collect::<BTreeSet<_>>() == all, "an event is in no place, or in two");
    Ok(())
}

/// The lines of the visits are the fold of their events.
fn projection_fits(tx: &Transaction<'_>, book: &Book, events: &[Event]) -> Result<Vec<Brief>> {
    let mut visits: BTreeMap<VisitId, Visit> = BTreeMap::new();
    for event in events {
        let Some(id) = event.visit else { bail!("event {} is about no visit", event.seq) };
        visits.entry(id).or_insert_with(|| Visit::new(id)).apply(event);
    }
    let calendar = book.origin().calendar;
    let briefs: Vec<Brief> = visits.values().filter_map(|visit| Brief::of(visit, &calendar)).collect();
    let (mut expected, mut shown) = (BTreeMap::new(), BTreeMap::new());
    for brief in briefs.iter().filter(|brief| matches!(brief.state, VisitState::Open | VisitState::Closed)) {
        expected.insert(brief.id, brief.clone());
    }
    for day in briefs.iter().map(|brief| brief.day).collect::<BTreeSet<BusinessDay>>() {
        let page = book.day_page(day, Rows::All, None, usize::MAX)?;
        shown.extend(page.briefs.into_iter().map(|brief| (brief.id, brief)));
    }
    ensure!(expected == shown, "the lines of the visits are not the fold of their events");
    let lines = rows(tx, "SELECT id FROM visits", [], |row| row.get(0).map(VisitId::from_bytes))?;
    ensure!(lines.len() == briefs.len(), "{} lines for {} visits", lines.len(), briefs.len());
    for id in rows(tx, "SELECT visit FROM pending UNION SELECT visit FROM contacts", [], |row| row.get(0))? {
        ensure!(visits.contains_key(&VisitId::from_bytes(id)), "a tap or a contact of no visit");
    }
    Ok(briefs)
}

/// The sums of the days are those of their visits.
fn figures_fit(tx: &Transaction<'_>, briefs: &[Brief]) -> Result<()> {
    let mut expected = BTreeMap::new();
    for brief in briefs {
        for (figure, amount) in contribution(brief) {
            *expected.entry((brief.day.number(), figure)).or_insert(0) += amount;
        }
    }
    expected.retain(|_, amount| *amount != 0);
    let sums = rows(tx, "SELECT day, figure, amount FROM day_figures WHERE amount <> 0", [], |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
    })?;
    ensure!(sums.into_iter().collect::<BTreeMap<_, _>>() == expected, "the sums of a day are not those of its visits");
    Ok(())
}

/// A contact is kept, or on its way, exactly as its events say.
fn contacts_fit(tx: &Transaction<'_>, events: &[Event]) -> Result<()> {
    let mut expected: BTreeMap<ContactId, u32> = BTreeMap::new();
    for event in events {
        match &event.body {
            Body::ContactGiven { contact, revision, .. } => drop(expected.insert(*contact, *revision)),
            Body::ContactErased { contact } => drop(expected.remove(contact)),
            _ => {}
        }
    }
    let read = |row: &Row<'_>| Ok((ContactId::from_bytes(row.get(0)?), row.get(1)?));
    let kept: BTreeMap<ContactId, u32> = rows(tx, "SELECT id, revision FROM contacts", [], read)?.into_iter().collect();
    ensure!(kept == expected, "the contacts are not those of their events");
    for (contact, revision) in rows(tx, "SELECT contact, revision FROM contact_outbox", [], read)? {
        ensure!(kept.get(&contact) == Some(&revision), "a contact is on its way that is not kept");
    }
    Ok(())
}
