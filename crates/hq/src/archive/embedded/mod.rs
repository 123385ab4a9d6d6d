//! The encrypted file: SQLite, with one writer.

use super::{Added, Archive, Cell, Kind, NewEvent, Row, Take, Transaction, Value, When};
use crate::HqError;
use crate::news::News;
use floorbook_model::{EventId, StoreId, VisitId};
use floorbook_sqlite::{Database, DatabaseKey, Migrations};
use rusqlite::params;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroizing;

pub(crate) const SCHEMA: Migrations =
    Migrations(&[include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")]);
/// 6 MiB of pages for each connection: every page that falls out must be decrypted again, but what is stored now
/// lies beside what was stored a moment ago.
const KEEP_PAGES: &str = "PRAGMA cache_size = -6144";
/// Fewer, larger checkpoints, each of 16 MiB: intake waits for every one of them.
const CHECKPOINT_SELDOM: &str = "PRAGMA wal_autocheckpoint = 4000";

/// The encrypted file.
#[derive(Debug)]
pub(crate) struct Embedded {
    database: Database,
    /// Whether what was erased may still stand in the log; unknown at a start, so it is looked at then.
    scour_due: AtomicBool,
}

impl Embedded {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// [`HqError::Open`] when the key does not open it.
    pub(crate) fn open(path: &Path, key: &DatabaseKey) -> Result<Self, HqError> {
        let database = Database::open(path, key, SCHEMA)?;
        database.read(|tx| tx.execute_batch(KEEP_PAGES))?;
        Ok(Self { database, scour_due: AtomicBool::new(true) })
    }
}

/// Why a transaction of SQLite was not committed.
enum Stop {
    /// Its work wanted that.
    Wanted,
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl Archive for Embedded {
    fn transact(&self, kind: Kind, work: &mut dyn FnMut(&dyn Transaction) -> bool) -> Result<(), HqError> {
        let run = |tx: &rusqlite::Transaction<'_>| if work(tx) { Ok(()) } else { Err(Stop::Wanted) };
        let ended = match kind {
            Kind::Read => self.database.read(run),
            Kind::Write | Kind::Device(_) => self.database.write(run),
        };
        match ended {
            Ok(()) | Err(Stop::Wanted) => Ok(()),
            Err(Stop::Failed(error)) => Err(error.into()),
        }
    }

    fn make_room(&self, _events: &mut dyn Iterator<Item = EventId>, _now_ms: i64) {}

    /// Takes the writer's lock, for which an export beside a busy server would wait.
    fn prepare_to_serve(&self, _news: &Arc<News>) -> Result<(), HqError> {
        self.database.write(|tx| {
            tx.execute_batch(KEEP_PAGES)?;
            Ok(tx.execute_batch(CHECKPOINT_SELDOM)?)
        })
    }

    /// There is one receiver.
    fn tell(&self, _store: &StoreId) {}

    /// The log is cut at once. While somebody reads an older state it stays.
    fn scour(&self, when: When) -> Result<(), HqError> {
        if when == When::IfDue && !self.scour_due.load(Ordering::Relaxed) {
            return Ok(());
        }
        let is_empty = self.database.empty_log();
        self.scour_due.store(!matches!(is_empty, Ok(true)), Ordering::Relaxed);
        is_empty?;
        Ok(())
    }
}

impl Transaction for rusqlite::Transaction<'_> {
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, HqError> {
        let changed = self.prepare_cached(sql)?.execute(rusqlite::params_from_iter(values))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn few(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError> {
        self.each(sql, values, take)
    }

    fn each(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError> {
        let mut query = self.prepare_cached(sql)?;
        let mut rows = query.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if take(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// There is one writer.
    fn hold(&self, _device: i64) -> Result<(), HqError> {
        Ok(())
    }

    fn append(&self, device: i64, _seq_max: i64, events: &[NewEvent<'_>]) -> Result<Vec<Added>, HqError> {
        let mut insert = self.prepare_cached(
            "INSERT INTO events (device, seq, id, visit, line) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?;
        let mut known = self.prepare_cached("SELECT line = ?3 FROM events WHERE device = ?1 AND seq = ?2")?;
        let mut add = |event: &NewEvent<'_>| {
            let NewEvent { id, seq, visit, line } = event;
            let visit = visit.as_ref().map(VisitId::as_bytes);
            if insert.execute(params![device, seq, id.as_bytes(), visit, line])? > 0 {
                return Ok(Added::New);
            }
            // The same bytes carry the same device and number, so a duplicate is found by those.
            let mut rows = known.query(params![device, seq, line])?;
            let is_same = rows.next()?.map(|row| row.get::<_, bool>(0)).transpose()?;
            Ok(if is_same == Some(true) { Added::Same } else { Added::Other })
        };
        events.iter().map(&mut add).collect()
    }

    /// The file is encrypted as a whole.
    fn seal(&self, _name: &str, secret: &[u8]) -> Vec<u8> {
        secret.to_vec()
    }

    fn unseal(&self, _name: &str, kept: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, HqError> {
        Ok(Zeroizing::new(kept))
    }
}

impl Row for rusqlite::Row<'_> {
    fn cell(&self, column: usize) -> Result<Cell<'_>, HqError> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(number) => Ok(Cell::Int(number)),
            ValueRef::Text(text) => std::str::from_utf8(text).map(Cell::Text).map_err(|_| HqError::Column(column)),
            ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes)),
            ValueRef::Real(_) => Err(HqError::Column(column)),
        }
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
