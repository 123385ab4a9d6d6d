//! What every answer to a clerk carries beside the visit.

use crate::{Book, LedgerError, running};
use floorbook_model::{BusinessDay, Visit};
use rusqlite::{Connection, OptionalExtension, params};

/// The day so far, and where some visits stand on the steady clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Parties that came in.
    pub parties: i64,
    /// Those of them that bought.
    pub bought: i64,
    /// Since when each visit runs, steady milliseconds of this boot; may be negative.
    pub since_ms: Vec<i64>,
}

impl Book {
    /// Looks at a day and at `visits`, in one read.
    ///
    /// # Errors
    /// When the database fails.
    pub fn glance(&self, day: BusinessDay, visits: &[&Visit]) -> Result<Glance, LedgerError> {
        let now = self.clock.now();
        self.ledger.database.read(|tx| {
            Ok(Glance {
                parties: sum(tx, day, "parties")?,
                bought: sum(tx, day, "bought")?,
                since_ms: visits.iter().map(|visit| running::since(tx, visit, &now)).collect::<Result<_, _>>()?,
            })
        })
    }
}

/// One sum of a day, see [`floorbook_model::contribution`]; zero when nothing added to it.
fn sum(tx: &Connection, day: BusinessDay, figure: &str) -> Result<i64, LedgerError> {
    let amount = tx
        .prepare_cached("SELECT amount FROM day_figures WHERE day = ?1 AND figure = ?2")?
        .query_row(params![day.number(), figure], |row| row.get(0));
    Ok(amount.optional()?.unwrap_or(0))
}
