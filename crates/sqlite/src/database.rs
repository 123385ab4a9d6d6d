//! One writer, some readers.
//!
//! SQLite lets one connection write at a time. Holding it behind a mutex turns "busy" errors into
//! a short wait in order, and keeps prepared statements warm. Readers see the last committed
//! state and never wait for the writer. The mutexes are fair: a thread that reads or writes piece after
//! piece, as sending a backlog does, lets a tap in between two of them. A panic while one is held rolls
//! its transaction back, so the connection stays whole. A third connection moves the log.

use crate::checkpoint::Checkpointer;
use crate::mark::Mark;
use crate::{DatabaseKey, Migrations, OpenError, log};
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Arc, Once};

const STATEMENTS_CACHED: usize = 64;
/// 8 MiB for the writer: pages of a transaction that do not fit are encrypted, written, and read again.
const HOLD_PAGES: &str = "PRAGMA cache_size = -8192";

/// An open database.
#[derive(Debug)]
pub struct Database {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    checkpointer: Checkpointer,
    mark: Arc<Mark>,
}

impl Drop for Database {
    fn drop(&mut self) {
        self.checkpointer.stop(self.writer.get_mut());
        if let Err(error) = self.mark.remove() {
            tracing::warn!(error = ?error, "the length of the log stays noted");
        }
    }
}

impl Database {
    /// Opens the database at `path`, creates it when it is absent, and migrates it.
    ///
    /// # Errors
    /// [`OpenError`]; an existing file is never changed unless the key opens it and its version
    /// is known.
    pub fn open(path: &Path, key: &DatabaseKey, migrations: Migrations) -> Result<Self, OpenError> {
        if log::is_damaged(path)? {
            return Err(OpenError::LogDamaged);
        }
        Self::open_what_is_left(path, key, migrations)
    }

    /// The same without a look at the log: what follows a damage in it is lost for good, so this is for copies.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_what_is_left(path: &Path, key: &DatabaseKey, migrations: Migrations) -> Result<Self, OpenError> {
        let mut writer = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA fullfsync = ON;")?;
        writer.execute_batch(HOLD_PAGES)?;
        migrations.run(&mut writer)?;
        let reader = connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        reader.execute_batch("PRAGMA query_only = ON;")?;
        let (beside, own_key) = (path.to_owned(), key.clone());
        let open = move || connect(&beside, &own_key, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let mark = Arc::new(Mark::of(path));
        let checkpointer = Checkpointer::start(&mut writer, Arc::clone(&mark), open)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader), checkpointer, mark })
    }

    /// Runs `work` in one write transaction: all of it is durable when this returns `Ok`, none of
    /// it is kept when it returns `Err`.
    ///
    /// # Errors
    /// What `work` returns, or the database's own failure to begin or commit.
    pub fn write<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer.lock();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Moves the whole log into the file and cuts it to nothing, so that pages of before are gone with
    /// it. `false` when somebody still reads an older state; nothing has changed then but time.
    ///
    /// # Errors
    /// The database's own failure.
    pub fn empty_log(&self) -> Result<bool, rusqlite::Error> {
        let writer = self.writer.lock();
        let _reader = self.reader.lock();
        let _alone = self.checkpointer.alone();
        if let Err(error) = self.mark.forget() {
            tracing::warn!(error = ?error, "the length of the log stays noted");
        }
        let busy: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }

    /// Copies everything, the version too, to a new database at `path` under `key`, durably. Nobody writes
    /// meanwhile.
    ///
    /// # Errors
    /// [`OpenError`]; then what is at `path` is not whole.
    pub fn copy_to(&self, path: &Path, key: &DatabaseKey) -> Result<(), OpenError> {
        let writer = self.writer.lock();
        let version: u32 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        writer.execute("ATTACH DATABASE ?1 AS fresh KEY ?2", params![path.to_string_lossy(), &*key.literal()])?;
        let copied = writer.query_row("SELECT sqlcipher_export('fresh')", [], |_| Ok(()));
        let copied = copied.and_then(|()| writer.pragma_update(Some("fresh"), "user_version", version));
        writer.execute_batch("DETACH DATABASE fresh")?;
        copied?;
        Ok(std::fs::File::options().write(true).open(path)?.sync_all()?)
    }

    /// Holds every page against its digest.
    ///
    /// # Errors
    /// [`OpenError::KeyOrDamage`] when one does not fit.
    pub fn check(&self) -> Result<(), OpenError> {
        let writer = self.writer.lock();
        let mut findings = writer.prepare("PRAGMA cipher_integrity_check")?;
        match findings.query([])?.next()? {
            None => Ok(()),
            Some(_) => Err(OpenError::KeyOrDamage(rusqlite::Error::InvalidQuery)),
        }
    }

    /// Runs `work` on one consistent state of the database.
    ///
    /// # Errors
    /// What `work` returns, or the database's own failure to begin.
    pub fn read<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.reader.lock();
        let transaction = reader.transaction()?;
        work(&transaction)
    }
}

/// SQLite calls itself ready before SQLCipher has set itself up, so of two threads that open the
/// first databases of a process at once, one can find no cipher. The first connection is made alone.
fn ready_cipher() {
    static READY: Once = Once::new();
    READY.call_once(|| drop(Connection::open_in_memory()));
}

fn connect(path: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Connection, OpenError> {
    ready_cipher();
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?; // errors are returned, not printed
    connection.execute_batch(&key.pragma())?;
    // A connection whose key does not fit must not work a log into the file when it closes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let cipher: Option<String> = connection.pragma_query_value(None, "cipher_version", |row| row.get(0)).ok();
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(OpenError::NoCipher);
    }
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(|error| {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::KeyOrDamage(error),
            _ => OpenError::Sqlite(error),
        }
    })?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
         PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA checkpoint_fullfsync = ON;",
    )?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}
