//! Running visits on the steady clock: how long a party has been here, and which cards nobody has
//! touched for so long that a rule closes them.
//!
//! The wall clock is set, jumps and changes its zone; the steady clock does not. A visit's times
//! stay on the wall clock of its arrival, and its length is measured on the steady one.

use crate::{Book, LedgerError, append, project, taps};
use floorbook_model::{Closing, Event, Recorded, Visit, VisitId};
use rusqlite::{Connection, OptionalExtension, params};

/// So much later a device closes a visit that is another one's.
const OTHERS_MS: i64 = 60 * 60 * 1_000;

/// Where a running visit stands on the steady clock of this boot, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    since_ms: i64,
    touched_ms: i64,
    touched_wall_ms: i64,
}

/// When a tap was made. The steady clock is absent where an older version kept it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tap {
    pub(crate) wall_ms: i64,
    pub(crate) boot: Option<u32>,
    pub(crate) steady_ms: Option<i64>,
}

impl Book {
    /// Puts running visits of an earlier boot on today's steady clock. From then on they too are
    /// safe from the wall clock.
    ///
    /// # Errors
    /// When the database fails.
    pub fn anchor_running(&self) -> Result<(), LedgerError> {
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            tx.prepare_cached(
                "DELETE FROM running WHERE boot <> ?1 AND visit NOT IN (SELECT id FROM visits WHERE state = 0)",
            )?
            .execute([now.boot])?;
            let lost: Vec<VisitId> = tx
                .prepare_cached(
                    "SELECT v.id FROM visits v LEFT JOIN running r ON r.visit = v.id AND r.boot = ?1
                     WHERE v.state = 0 AND r.visit IS NULL",
                )?
                .query_map([now.boot], |row| row.get(0).map(VisitId::from_bytes))?
                .collect::<Result<_, _>>()?;
            for id in lost {
                if let Some(tap) = taps::last(tx, id)? {
                    tapped(tx, id, tap)?;
                }
                let anchor = by_wall(tx, &append::sealed(tx, id)?, &now)?;
                keep(tx, id, now.boot, anchor)?;
            }
            Ok(())
        })
    }

    /// Closes the running visits that nobody has touched for `idle_ms`, as estimated: they ended
    /// with their last sign of life. Returns which.
    ///
    /// # Errors
    /// When the database fails; then none is closed.
    pub fn close_idle(&self, idle_ms: i64) -> Result<Vec<VisitId>, LedgerError> {
        let now = self.clock.now();
        if self.ledger.database.read(|tx| self.idle(tx, &now, idle_ms))?.is_empty() {
            return Ok(Vec::new());
        }
        self.ledger.database.write(|tx| {
            let forgotten = self.idle(tx, &now, idle_ms)?;
            for id in &forgotten {
                self.close_as_estimated(tx, *id, now.boot)?;
            }
            Ok(forgotten)
        })
    }

    /// Taps that are not sealed yet are a sign of life. A visit that is another device's is left to that,
    /// which knows it better, unless it does nothing for long.
    fn idle(&self, tx: &Connection, now: &Recorded, idle_ms: i64) -> Result<Vec<VisitId>, LedgerError> {
        let until_ms = steady(now).saturating_sub(idle_ms);
        let ids = tx
            .prepare_cached(
                "SELECT v.id FROM visits v JOIN running r ON r.visit = v.id
                 WHERE v.state = 0 AND r.boot = ?1 AND r.touched_ms <= ?2
                   AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.visit = v.id)
                   AND (r.touched_ms <= ?3 OR EXISTS (SELECT 1 FROM events e WHERE e.visit = v.id AND e.device = ?4))
                 ORDER BY r.touched_ms, v.id",
            )?
            .query_map(
                params![now.boot, until_ms, until_ms.saturating_sub(OTHERS_MS), self.origin.device.as_bytes()],
                |row| row.get(0).map(VisitId::from_bytes),
            )?
            .collect::<Result<_, _>>()?;
        Ok(ids)
    }

    fn close_as_estimated(&self, tx: &Connection, id: VisitId, boot: u32) -> Result<(), LedgerError> {
        let visit = append::sealed(tx, id)?;
        let (Some(entered_ms), Some(serving)) = (visit.entered_ms(), visit.serving()) else { return Ok(()) };
        let stayed_ms = anchor(tx, id, boot)?.map_or(0, |anchor| anchor.touched_ms - anchor.since_ms);
        let closing = Closing::by_rule(entered_ms.saturating_add(stayed_ms.max(0)));
        append::close_by_rule(tx, self, serving, &visit, closing)?;
        project::refresh(tx, &self.origin.calendar, id).map(drop)
    }
}

/// A visit begins now, or began `since_ms` ago with the party it is a part of.
pub(crate) fn begin(tx: &Connection, id: VisitId, now: &Recorded, since_ms: i64) -> Result<(), LedgerError> {
    keep(tx, id, now.boot, Anchor { since_ms, touched_ms: steady(now), touched_wall_ms: now.wall_ms })
}

/// Somebody did something on the visit.
pub(crate) fn touch(tx: &Connection, id: VisitId, now: &Recorded) -> Result<(), LedgerError> {
    tapped(tx, id, Tap { wall_ms: now.wall_ms, boot: Some(now.boot), steady_ms: Some(steady(now)) })
}

/// News of the visit came from another device. Its clock need not be ours: only how long the party had been
/// here by it counts, and the steady clock from here on.
pub(crate) fn seen(tx: &Connection, visit: &Visit, now: &Recorded) -> Result<(), LedgerError> {
    if anchor(tx, visit.id(), now.boot)?.is_some() {
        return touch(tx, visit.id(), now);
    }
    let (touched_ms, entered_ms) = (steady(now), visit.entered_ms());
    let counted_ms =
        last_recorded_ms(tx, visit.id())?.zip(entered_ms).map_or(0, |(last, entered)| last.saturating_sub(entered));
    let since_ms = touched_ms.saturating_sub(counted_ms.max(0));
    keep(tx, visit.id(), now.boot, Anchor { since_ms, touched_ms, touched_wall_ms: now.wall_ms })
}

/// A tap that waited is a sign of life of its own time, however late it is sealed.
pub(crate) fn tapped(tx: &Connection, id: VisitId, tap: Tap) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "UPDATE running SET touched_ms = ?3, touched_wall_ms = ?4 WHERE visit = ?1 AND boot = ?2 AND touched_ms < ?3",
    )?
    .execute(params![id.as_bytes(), tap.boot, tap.steady_ms, tap.wall_ms])?;
    Ok(())
}

/// The party came in `by_ms` later than the card says.
pub(crate) fn shift(tx: &Connection, id: VisitId, by_ms: i64) -> Result<(), LedgerError> {
    tx.prepare_cached("UPDATE running SET since_ms = since_ms + ?2 WHERE visit = ?1")?
        .execute(params![id.as_bytes(), by_ms])?;
    Ok(())
}

/// Since when a visit runs, steady milliseconds of this boot.
pub(crate) fn since(tx: &Connection, visit: &Visit, now: &Recorded) -> Result<i64, LedgerError> {
    Ok(match anchor(tx, visit.id(), now.boot)? {
        Some(anchor) => anchor.since_ms,
        None => by_wall(tx, visit, now)?.since_ms,
    })
}

pub(crate) fn steady(now: &Recorded) -> i64 {
    i64::try_from(now.steady_ms).unwrap_or(i64::MAX)
}

fn anchor(tx: &Connection, id: VisitId, boot: u32) -> Result<Option<Anchor>, LedgerError> {
    let row = tx
        .prepare_cached("SELECT since_ms, touched_ms, touched_wall_ms FROM running WHERE visit = ?1 AND boot = ?2")?
        .query_row(params![id.as_bytes(), boot], |row| {
            Ok(Anchor { since_ms: row.get(0)?, touched_ms: row.get(1)?, touched_wall_ms: row.get(2)? })
        });
    Ok(row.optional()?)
}

fn keep(tx: &Connection, id: VisitId, boot: u32, anchor: Anchor) -> Result<(), LedgerError> {
    let Anchor { since_ms, touched_ms, touched_wall_ms } = anchor;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO running (visit, boot, since_ms, touched_ms, touched_wall_ms)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![id.as_bytes(), boot, since_ms, touched_ms, touched_wall_ms])?;
    Ok(())
}

/// After a start of the machine: what the steady clock counted until the last sign of life, and
/// the wall clock from there on. Only a clock that is set in that gap makes a wrong minute, and one
/// that fell back adds nothing.
fn by_wall(tx: &Connection, visit: &Visit, now: &Recorded) -> Result<Anchor, LedgerError> {
    let entered_ms = visit.entered_ms().unwrap_or(now.wall_ms);
    let (counted_ms, touched_wall_ms) = match counted(tx, visit.id())? {
        Some(counted) => counted,
        None => {
            let touched_wall_ms = last_recorded_ms(tx, visit.id())?.unwrap_or(entered_ms);
            (touched_wall_ms.saturating_sub(entered_ms), touched_wall_ms)
        }
    };
    let gap_ms = now.wall_ms.saturating_sub(touched_wall_ms).max(0);
    let touched_ms = steady(now).saturating_sub(gap_ms);
    Ok(Anchor { since_ms: touched_ms.saturating_sub(counted_ms.max(0)), touched_ms, touched_wall_ms })
}

/// How long a visit ran until its last sign of life, as an earlier boot counted it, and what the
/// wall clock showed then.
fn counted(tx: &Connection, id: VisitId) -> Result<Option<(i64, i64)>, LedgerError> {
    let row = tx
        .prepare_cached("SELECT touched_ms - since_ms, touched_wall_ms FROM running WHERE visit = ?1")?
        .query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(row.optional()?)
}

/// What the wall clock showed at the latest event of a visit.
fn last_recorded_ms(tx: &Connection, id: VisitId) -> Result<Option<i64>, LedgerError> {
    let line: Option<String> = tx
        .prepare_cached("SELECT line FROM events WHERE visit = ?1 ORDER BY n DESC LIMIT 1")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    let event = line.map(|line| serde_json::from_str::<Event>(&line)).transpose()?;
    Ok(event.map(|event| event.recorded.wall_ms))
}
