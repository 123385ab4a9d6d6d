//! PINs of those who sign in on this device.

use crate::{Ledger, LedgerError};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// What is kept of a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRecord {
    /// Argon2id hash, PHC string.
    pub hash: String,
    /// The tries at it.
    pub tries: Tries,
}

/// The tries at a PIN that were in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Since the last right one.
    pub failures: u32,
    /// Names the origin of the steady clock.
    pub boot: u32,
    /// When the wait after the last of them began, steady milliseconds.
    pub since_ms: i64,
}

impl Ledger {
    /// The PIN record of a clerk; `None` when they have no PIN here yet.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pin(&self, clerk: &str) -> Result<Option<PinRecord>, LedgerError> {
        self.database.read(|tx| {
            let sql = "SELECT hash, failures, boot, since_ms FROM pins WHERE clerk = ?1 AND hash <> ''";
            let record = tx.query_row(sql, [clerk], |row| {
                let tries = Tries { failures: row.get(1)?, boot: row.get(2)?, since_ms: row.get(3)? };
                Ok(PinRecord { hash: row.get(0)?, tries })
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
            let mut statement = tx.prepare("SELECT clerk FROM pins WHERE hash <> '' ORDER BY clerk")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Whether anybody ever had a PIN here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn had_pins(&self) -> Result<bool, LedgerError> {
        self.database.read(|tx| Ok(tx.query_row("SELECT EXISTS (SELECT 1 FROM pins)", [], |row| row.get(0))?))
    }

    /// Forgets the PINs of all but `clerks`. That they had one stays: the next one is not the first here.
    ///
    /// # Errors
    /// When the database fails; then none is forgotten.
    pub fn keep_pins_of(&self, clerks: &[&str]) -> Result<(), LedgerError> {
        let staying = serde_json::to_string(clerks)?;
        self.database.write(|tx| {
            let sql = "UPDATE pins SET hash = '', failures = 0
                       WHERE hash <> '' AND clerk NOT IN (SELECT value FROM json_each(?1))";
            tx.execute(sql, [&staying])?;
            Ok(())
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
                 ON CONFLICT (clerk) DO UPDATE SET hash = excluded.hash, failures = 0",
                [clerk, hash],
            )?;
            Ok(())
        })
    }

    /// Keeps how often a PIN was tried in vain. A try is counted before it is verified, so that killing the
    /// program does not give it back.
    ///
    /// # Errors
    /// When the database fails; then the PIN must not be verified.
    pub fn set_tries(&self, clerk: &str, tries: Tries) -> Result<(), LedgerError> {
        let Tries { failures, boot, since_ms } = tries;
        self.database.write(|tx| {
            tx.execute(
                "UPDATE pins SET failures = ?2, boot = ?3, since_ms = ?4 WHERE clerk = ?1",
                params![clerk, failures, boot, since_ms],
            )?;
            Ok(())
        })
    }
}
