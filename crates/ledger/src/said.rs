//! What this device says of its own log, so that headquarters can hold it against what it has.

use crate::{Book, LedgerError, append};
use floorbook_protocol::DayLedger;
use rusqlite::{Connection, params};
use std::sync::PoisonError;

/// Numbers that are counted in one go: whoever wants to read meanwhile waits for no more than that.
const PAGE: u64 = 10_000;

/// Own events that were counted already. They are append only, so what was counted stays.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    through: u64,
    count: u64,
}

impl Book {
    /// The state of this device's own log now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn day_ledger(&self) -> Result<DayLedger, LedgerError> {
        let (at_ms, device) = (self.clock.wall_ms(), self.origin.device);
        let mut said = self.ledger.database.read(|tx| {
            let (through, chain) = append::head(tx, self)?;
            let day = self.origin.calendar.day_of(at_ms);
            let (waiting, set_aside) = (rows(tx, "outbox")?, rows(tx, "quarantine")?);
            Ok::<_, LedgerError>(DayLedger { device, day, at_ms, through, count: 0, chain, waiting, set_aside })
        })?;
        said.count = self.count_own(said.through)?;
        Ok(said)
    }

    fn count_own(&self, through: u64) -> Result<u64, LedgerError> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        while counted.through < through {
            let end = through.min(counted.through + PAGE);
            let between = params![self.origin.device.as_bytes(), counted.through.cast_signed(), end.cast_signed()];
            let sql = "SELECT count(*) FROM events WHERE device = ?1 AND seq > ?2 AND seq <= ?3";
            let count = self.ledger.database.read(|tx| count(tx, sql, between))?;
            *counted = Counted { through: end, count: counted.count + count };
        }
        Ok(counted.count)
    }
}

fn rows(tx: &Connection, table: &'static str) -> Result<u64, LedgerError> {
    count(tx, &format!("SELECT count(*) FROM {table}"), params![])
}

fn count(tx: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<u64, LedgerError> {
    let rows: i64 = tx.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
    Ok(u64::try_from(rows).unwrap_or(0))
}
