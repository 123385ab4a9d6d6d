//! Earlier visits of the day that may be the same visitor.

use crate::shelf::Shelf;
use crate::{Book, LedgerError, append, project, taps};
use floorbook_model::{Brief, Visit, VisitId, likeness, may_be_same};
use rusqlite::{Connection, params};
use std::cmp::Reverse;

/// So many earlier visits are read whole; the latest come first, as does whoever just left.
const READ_MAX: usize = 60;
/// So many are proposed.
const PROPOSED_MAX: usize = 3;

impl Book {
    /// The ended visits that began earlier the same day and look like the visitor of `id`, the
    /// likest first.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], or when the database fails.
    pub fn likely_same(&self, id: VisitId) -> Result<Vec<Brief>, LedgerError> {
        self.ledger.database.read(|tx| {
            let visit = taps::current(tx, id)?;
            let day = visit.entered_ms().map(|ms| self.origin.calendar.day_of(ms).number());
            let (mut likely, mut shelf) = (Vec::new(), Shelf::default());
            for brief in ended(tx, day.unwrap_or_default(), &visit)? {
                if let Some(points) = likeness(&visit, &append::sealed_by(&mut shelf, tx, brief.id)?) {
                    likely.push((Reverse(points), Reverse(brief.entered_ms), brief));
                }
            }
            likely.sort_by_key(|(points, entered_ms, _)| (*points, *entered_ms));
            Ok(likely.into_iter().take(PROPOSED_MAX).map(|(_, _, brief)| brief).collect())
        })
    }
}

fn ended(tx: &Connection, day: i32, visit: &Visit) -> Result<Vec<Brief>, LedgerError> {
    let entered_ms = visit.entered_ms().unwrap_or_default();
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {} FROM visits WHERE day = ?1 AND entered_ms < ?2 AND state = 1 ORDER BY entered_ms DESC, id DESC",
        project::COLUMNS
    ))?;
    let briefs = statement.query_map(params![day, entered_ms], project::read)?;
    let alike = briefs.filter(|brief| brief.as_ref().map_or(true, |brief| may_be_same(visit, brief)));
    Ok(alike.take(READ_MAX).collect::<Result<_, _>>()?)
}
