//! Taps: durable at once, sealed into events later.
//!
//! A running visit has at most one pending row. A tap upserts it, which costs one small row and
//! one commit; the row becomes a `VisitNoted` event, and takes its number, when the visit has
//! been quiet for a while, when it is acted on, or when everything is to be sent.

use crate::running::Tap;
use crate::{Book, LedgerError, append, project, running};
use floorbook_model::{Body, ClerkId, FieldValue, Patch, Status, Visit, VisitId};
use rusqlite::{Connection, OptionalExtension, params};

/// What a tap did.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The visit as it is now.
    pub visit: Visit,
    /// The patch that takes the tap back.
    pub before: Patch,
}

struct Pending {
    actor: ClerkId,
    patch: Patch,
    last: Tap,
}

impl Book {
    /// Sets fields of a running visit.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], [`LedgerError::VisitNotOpen`], or when the database fails.
    pub fn note(&self, actor: &ClerkId, id: VisitId, patch: &Patch) -> Result<Noted, LedgerError> {
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            let waiting = match pending(tx, id)? {
                Some(waiting) if waiting.actor != *actor => {
                    seal_visit(tx, self, id)?; // one event has one actor
                    project::refresh(tx, &self.origin.calendar, id)?;
                    Patch::new()
                }
                waiting => waiting.map_or_else(Patch::new, |waiting| waiting.patch),
            };
            let visit = known(append::sealed(tx, id)?)?;
            if *visit.status() != Status::Open {
                return Err(LedgerError::VisitNotOpen(id));
            }
            let visit = visit.overlaid(&waiting);
            let before = patch.keys().map(|field| (field.clone(), value_of(&visit, field))).collect();
            let mut together = waiting;
            together.extend(patch.iter().map(|(field, value)| (field.clone(), value.clone())));
            tx.prepare_cached(
                "INSERT INTO pending (visit, actor, touched_ms, patch, boot, steady_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (visit) DO UPDATE SET touched_ms = excluded.touched_ms, patch = excluded.patch,
                     boot = excluded.boot, steady_ms = excluded.steady_ms",
            )?
            .execute(params![
                id.as_bytes(),
                actor.as_str(),
                now.wall_ms,
                serde_json::to_string(&together)?,
                now.boot,
                running::steady(&now),
            ])?;
            Ok(Noted { visit: visit.overlaid(patch), before })
        })
    }

    /// Seals the taps of every visit last touched at or before `until_ms` (milliseconds UTC).
    /// Returns how many events that made.
    ///
    /// # Errors
    /// When the database fails; then none is sealed.
    pub fn seal(&self, until_ms: i64) -> Result<usize, LedgerError> {
        if self.oldest_tap_ms()?.is_none_or(|touched_ms| touched_ms > until_ms) {
            return Ok(0);
        }
        self.ledger.database.write(|tx| {
            let quiet: Vec<VisitId> = tx
                .prepare_cached("SELECT visit FROM pending WHERE touched_ms <= ?1 ORDER BY touched_ms, visit")?
                .query_map([until_ms], |row| row.get(0).map(VisitId::from_bytes))?
                .collect::<Result<_, _>>()?;
            for id in &quiet {
                seal_visit(tx, self, *id)?;
                project::refresh(tx, &self.origin.calendar, *id)?;
            }
            Ok(quiet.len())
        })
    }

    /// When the visit that waits longest to be sealed was last touched, milliseconds UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub fn oldest_tap_ms(&self) -> Result<Option<i64>, LedgerError> {
        self.ledger
            .database
            .read(|tx| Ok(tx.prepare_cached("SELECT min(touched_ms) FROM pending")?.query_row([], |row| row.get(0))?))
    }
}

/// Turns the pending row of a visit, where there is one, into an event.
pub(crate) fn seal_visit(tx: &Connection, book: &Book, id: VisitId) -> Result<(), LedgerError> {
    if let Some(Pending { actor, patch, last }) = pending(tx, id)? {
        running::tapped(tx, id, last)?;
        append::event(tx, book, &actor, id, Body::VisitNoted { patch })?;
        tx.prepare_cached("DELETE FROM pending WHERE visit = ?1")?.execute([id.as_bytes()])?;
    }
    Ok(())
}

/// When the latest tap that waits to be sealed was made.
pub(crate) fn last(tx: &Connection, id: VisitId) -> Result<Option<Tap>, LedgerError> {
    Ok(pending(tx, id)?.map(|pending| pending.last))
}

/// A visit as it is now: what is sealed, and the taps over it.
pub(crate) fn current(tx: &Connection, id: VisitId) -> Result<Visit, LedgerError> {
    let visit = known(append::sealed(tx, id)?)?;
    Ok(match pending(tx, id)? {
        Some(pending) => visit.overlaid(&pending.patch),
        None => visit,
    })
}

fn known(visit: Visit) -> Result<Visit, LedgerError> {
    if visit.opening().is_some() { Ok(visit) } else { Err(LedgerError::VisitUnknown(visit.id())) }
}

fn pending(tx: &Connection, id: VisitId) -> Result<Option<Pending>, LedgerError> {
    let row = tx
        .prepare_cached("SELECT actor, patch, touched_ms, boot, steady_ms FROM pending WHERE visit = ?1")?
        .query_row([id.as_bytes()], |row| {
            let last = Tap { wall_ms: row.get(2)?, boot: row.get(3)?, steady_ms: row.get(4)? };
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, last))
        })
        .optional()?;
    let Some((actor, patch, last)) = row else { return Ok(None) };
    let actor = serde_json::from_value(actor.into())?;
    Ok(Some(Pending { actor, patch: serde_json::from_str(&patch)?, last }))
}

/// What a field holds, in the form that sets it again.
pub(crate) fn value_of(visit: &Visit, field: &str) -> FieldValue {
    match visit.field(field) {
        Some(value) => value.clone(),
        None if field == floorbook_model::SIZE => FieldValue::Text(visit.size().to_string()),
        None => FieldValue::Nothing,
    }
}
