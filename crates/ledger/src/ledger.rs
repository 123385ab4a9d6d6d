//! The open database of a device, paired or not.

use crate::LedgerError;
use floorbook_sqlite::{Database, DatabaseKey, Migrations, OpenError};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// The schema, step by step. A released step is never edited; a frozen fixture holds each of them.
pub const SCHEMA: Migrations = Migrations(&[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_floor.sql"),
    include_str!("../migrations/0003_catalogue.sql"),
    include_str!("../migrations/0004_last_tap.sql"),
    include_str!("../migrations/0005_pin_waits.sql"),
    include_str!("../migrations/0006_contacts.sql"),
    include_str!("../migrations/0007_peers.sql"),
]);

/// The open database of a device.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) database: Database,
}

impl Ledger {
    /// Opens or creates the database at `path`.
    ///
    /// # Errors
    /// [`OpenError`]; an existing file is never deleted or overwritten.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        Ok(Self { database: Database::open(path, key, SCHEMA)? })
    }

    /// Opens a database whose log has changed on the disk, as far as it can be read.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_what_is_left(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        Ok(Self { database: Database::open_what_is_left(path, key, SCHEMA)? })
    }

    /// Copies everything to a new database under another key. The copy is whole and on the disk when this
    /// returns.
    ///
    /// # Errors
    /// [`OpenError`]; then the copy is not to be used.
    pub fn copy_to(&self, path: &Path, key: &DatabaseKey) -> Result<(), OpenError> {
        self.database.copy_to(path, key)?;
        Ledger::open(path, key)?.database.check()
    }

    /// Moves the log into the file and cuts it to nothing; `false` when somebody reads just now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn empty_log(&self) -> Result<bool, LedgerError> {
        Ok(self.database.empty_log()?)
    }

    /// A value that [`Ledger::set_meta`] kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn meta(&self, key: &str) -> Result<Option<String>, LedgerError> {
        self.database.read(|tx| kept(tx, key))
    }

    /// Keeps a value no longer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_meta(&self, key: &str) -> Result<(), LedgerError> {
        self.database.write(|tx| {
            tx.execute("DELETE FROM meta WHERE key = ?1", [key])?;
            Ok(())
        })
    }

    /// Keeps several values at once, replacing earlier ones.
    ///
    /// # Errors
    /// When the database fails; then none of them is kept.
    pub fn set_meta(&self, values: &[(&str, &str)]) -> Result<(), LedgerError> {
        self.database.write(|tx| {
            for (key, value) in values {
                keep(tx, key, value)?;
            }
            Ok(())
        })
    }
}

pub(crate) fn kept(tx: &Connection, key: &str) -> Result<Option<String>, LedgerError> {
    let value = tx.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0));
    Ok(value.optional()?)
}

pub(crate) fn keep(tx: &Connection, key: &str, value: &str) -> Result<(), LedgerError> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}
