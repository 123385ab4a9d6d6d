//! What headquarters set aside, or took no batch of: it waits for a person.

use crate::{Book, LedgerError};
use rusqlite::params;

/// A record that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its order in this file.
    pub n: i64,
    /// Headquarters' code, or `unsendable` when it takes no batch that holds it.
    pub code: String,
    /// Since when, milliseconds UTC.
    pub since_ms: i64,
    /// The event as it travels.
    pub line: String,
}

impl Book {
    /// What was set aside, the last first: at most `limit`, before `before_n`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quarantined(&self, before_n: i64, limit: usize) -> Result<Vec<SetAside>, LedgerError> {
        let sql = "SELECT q.n, q.code, q.since_ms, e.line FROM quarantine q JOIN events e ON e.n = q.n
                   WHERE q.n < ?1 ORDER BY q.n DESC LIMIT ?2";
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![before_n, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                Ok(SetAside { n: row.get(0)?, code: row.get(1)?, since_ms: row.get(2)?, line: row.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Puts a record that was set aside back into the outbox, as it is: somebody wants it sent again. One that
    /// is not there is left alone.
    ///
    /// # Errors
    /// When the database fails; then it stays set aside.
    pub fn retry_quarantined(&self, n: i64) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            tx.prepare_cached("INSERT INTO outbox (n) SELECT n FROM quarantine WHERE n = ?1 ON CONFLICT DO NOTHING")?
                .execute([n])?;
            tx.prepare_cached("DELETE FROM quarantine WHERE n = ?1")?.execute([n])?;
            Ok(())
        })
    }
}
