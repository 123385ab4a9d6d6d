//! PINs of those who sign in on this device.

use crate::{Ledger, LedgerError};
use rusqlite::{OptionalExtension, params};

/// What is kept of a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRecord {
    /// Argon2id hash, PHC string.
    pub hash: String,
    /// Wrong tries since the last right one.
    pub failures: u32,
    /// No try before this instant, milliseconds UTC.
    pub blocked_until_ms: i64,
}

impl Ledger {
    /// The PIN record of a clerk; `None` when they have no PIN here yet.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pin(&self, clerk: &str) -> Result<Option<PinRecord>, LedgerError> {
        self.database.read(|tx| {
            let record =
                tx.query_row("SELECT hash, failures, blocked_until_ms FROM pins WHERE clerk = ?1", [clerk], |row| {
                    Ok(PinRecord { hash: row.get(0)?, failures: row.get(1)?, blocked_until_ms: row.get(2)? })
                });
            Ok(record.optional()?)
        })
    }

    /// Everybody who has a PIN here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clerks_with_pin(&self) -> Result<Vec<String>, LedgerError> {
        self.database.read(|tx| {
            let mut statement = tx.prepare("SELECT clerk FROM pins ORDER BY clerk")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Gives a clerk a PIN, replacing an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_pin(&self, clerk: &str, hash: &str) -> Result<(), LedgerError> {
        self.database.write(|tx| {
            tx.execute(
                "INSERT INTO pins (clerk, hash) VALUES (?1, ?2)
                 ON CONFLICT (clerk) DO UPDATE SET hash = excluded.hash, failures = 0, blocked_until_ms = 0",
                [clerk, hash],
            )?;
            Ok(())
        })
    }

    /// Counts a try before it is verified, so that killing the program does not give it back.
    ///
    /// # Errors
    /// When the database fails; then the PIN must not be verified.
    pub fn count_try(&self, clerk: &str, failures: u32, blocked_until_ms: i64) -> Result<(), LedgerError> {
        self.database.write(|tx| {
            tx.execute(
                "UPDATE pins SET failures = ?2, blocked_until_ms = ?3 WHERE clerk = ?1",
                params![clerk, failures, blocked_until_ms],
            )?;
            Ok(())
        })
    }
}
