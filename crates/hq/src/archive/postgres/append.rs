//! Appends a batch of events at once, however many they are.
//!
//! `COPY` writes them nearly as fast as the database can, but knows no "unless it is there". That is rare, so it
//! is tried first, and undone where an id is taken.

use super::rows::encode;
use crate::archive::{Added, NewEvent};
use deadpool_postgres::Transaction;
use futures_util::SinkExt;
use futures_util::future::try_join;
use std::collections::{HashMap, HashSet};
use std::pin::pin;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

const KNOWN: &str = "SELECT seq, line FROM events WHERE device = $1 AND seq = ANY ($2)";
const COPY: &str = "COPY events (device, seq, id, visit, line) FROM STDIN BINARY";
const INSERT: &str = "INSERT INTO events (device, seq, id, visit, line)
    SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::text[])
    ON CONFLICT (id) DO NOTHING RETURNING seq";

/// See [`crate::archive::Transaction::append`]. The row of `device` is locked, so nobody else appends events of
/// it. An id can be taken by another device meanwhile, which its index tells.
pub(super) async fn append(
    tx: &Transaction<'_>,
    device: i64,
    seq_max: i64,
    events: &[NewEvent<'_>],
) -> Result<Vec<Added>, Error> {
    let held = known(tx, device, seq_max, events).await?;
    let mut lines: HashMap<i64, &str> = held.iter().map(|(seq, line)| (*seq, line.as_str())).collect();
    let mut ids = HashSet::with_capacity(events.len());
    let (mut added, mut fresh) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for event in events {
        added.push(match lines.get(&event.seq) {
            Some(line) if *line == event.line => Added::Same,
            Some(_) => Added::Other,
            None if !ids.insert(event.id) => Added::Other,
            None => {
                lines.insert(event.seq, event.line);
                fresh.push(event);
                Added::New
            }
        });
    }
    if !copy(tx, device, &fresh).await? {
        let stored = insert(tx, device, &fresh).await?;
        let refused: HashSet<i64> = fresh.iter().map(|event| event.seq).filter(|seq| !stored.contains(seq)).collect();
        let refused = events.iter().zip(&mut added).filter(|(event, _)| refused.contains(&event.seq));
        refused.for_each(|(_, added)| *added = Added::Other);
    }
    Ok(added)
}

/// Lines that are held under the numbers of `events`.
async fn known(
    tx: &Transaction<'_>,
    device: i64,
    seq_max: i64,
    events: &[NewEvent<'_>],
) -> Result<HashMap<i64, String>, Error> {
    let numbers: Vec<i64> = events.iter().map(|event| event.seq).filter(|seq| *seq <= seq_max).collect();
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = tx.prepare_cached(KNOWN).await?;
    let rows = tx.query(&statement, &[&device, &numbers]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Inserts all; `false`, and none, when an id is taken.
async fn copy(tx: &Transaction<'_>, device: i64, events: &[&NewEvent<'_>]) -> Result<bool, Error> {
    if events.is_empty() {
        return Ok(true);
    }
    let rows = encode(device, events);
    let statement = tx.prepare_cached(COPY).await?;
    let copied = async {
        // Both are on the way before either is answered.
        let (_, sink) = try_join(tx.batch_execute("SAVEPOINT fresh"), tx.copy_in(&statement)).await?;
        let mut sink = pin!(sink);
        sink.send(rows).await?;
        sink.finish().await
    };
    match copied.await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
            tx.batch_execute("ROLLBACK TO SAVEPOINT fresh").await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Inserts all whose id is not there yet; returns the numbers of those.
async fn insert(tx: &Transaction<'_>, device: i64, events: &[&NewEvent<'_>]) -> Result<HashSet<i64>, Error> {
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    let ids: Vec<Uuid> = events.iter().map(|event| Uuid::from_bytes(*event.id.as_bytes())).collect();
    let visit = |event: &&NewEvent<'_>| event.visit.map(|visit| Uuid::from_bytes(*visit.as_bytes()));
    let visits: Vec<Option<Uuid>> = events.iter().map(visit).collect();
    let lines: Vec<&str> = events.iter().map(|event| event.line).collect();
    let statement = tx.prepare_cached(INSERT).await?;
    let rows = tx.query(&statement, &[&device, &seqs, &ids, &visits, &lines]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
