//! Where headquarters keeps what it knows. There are two archives: an encrypted file, and a PostgreSQL that
//! several receivers share.
//!
//! Rules and statements are written once, in the SQL that both know; parameters are `?1`, `?2` and so on. What
//! differs is behind [`Archive`] and [`Transaction`]. Why so: `docs/adr/0012-two-archives.md`.

mod embedded;
mod postgres;
mod value;

pub(crate) use embedded::Embedded;
#[cfg(test)]
pub(crate) use embedded::SCHEMA;
pub use postgres::PostgresError;
pub(crate) use postgres::{Postgres, Secrets};
pub(crate) use value::{Cell, Row, Value, values};

use crate::HqError;
use crate::news::News;
use floorbook_model::{EventId, StoreId, VisitId};
use std::ops::ControlFlow;
use std::sync::Arc;
use zeroize::Zeroizing;

/// An open archive.
pub(crate) trait Archive: Send + Sync {
    /// Runs `work` once in a transaction; it says whether what it did is kept.
    ///
    /// # Errors
    /// When the transaction cannot be begun or committed. After a lost connection nobody knows whether it was.
    fn transact(&self, kind: Kind, work: &mut dyn FnMut(&dyn Transaction) -> bool) -> Result<(), HqError>;

    /// Readies the archive for these events, in a transaction of its own. What is not made ready is taken too.
    fn make_room(&self, events: &mut dyn Iterator<Item = EventId>, now_ms: i64);

    /// Readies it for a server. From then on it rings for what other receivers tell.
    ///
    /// # Errors
    /// When the database fails.
    fn prepare_to_serve(&self, news: &Arc<News>) -> Result<(), HqError>;

    /// Tells the other receivers that something of a store came, without waiting for that.
    fn tell(&self, store: &StoreId);

    /// Takes what was erased out of the files, now or at a later look.
    ///
    /// # Errors
    /// When the database fails. The next look is another try.
    fn scour(&self, when: When) -> Result<(), HqError>;
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads one consistent state.
    Read,
    /// Changes anything; there is one at a time, over all receivers.
    Write,
    /// Stores what this device sent, and holds it: there is one at a time of each device.
    Device(i64),
}

/// When the files are scoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Something was erased, and a device waits for an answer.
    InIntake,
    /// Something was erased, and no device waits.
    AtRest,
    /// It is looked whether anything is left over.
    IfDue,
}

/// An open transaction.
pub(crate) trait Transaction {
    /// Runs a statement; says how many rows it changed.
    ///
    /// # Errors
    /// When the database fails.
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, HqError>;

    /// Hands each row of a short answer over, until `take` wants no more.
    ///
    /// # Errors
    /// What `take` returns, or when the database fails.
    fn few(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError>;

    /// Hands each row of an answer of any length over as it comes, until `take` wants no more.
    ///
    /// # Errors
    /// What `take` returns, or when the database fails.
    fn each(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError>;

    /// Keeps everybody else from storing what this device sent, until the end of the transaction.
    ///
    /// # Errors
    /// When the database fails.
    fn hold(&self, device: i64) -> Result<(), HqError>;

    /// Appends events of a device that is held. Nothing of it is stored under a number above `seq_max`. Nothing
    /// that is stored is ever overwritten.
    ///
    /// # Errors
    /// When the database fails.
    fn append(&self, device: i64, seq_max: i64, events: &[NewEvent<'_>]) -> Result<Vec<Added>, HqError>;

    /// A secret of headquarters, as this archive keeps it. `name` is what it is for.
    fn seal(&self, name: &str, secret: &[u8]) -> Vec<u8>;

    /// Undoes [`Transaction::seal`].
    ///
    /// # Errors
    /// [`HqError::Sealed`] when it was sealed with another key file.
    fn unseal(&self, name: &str, kept: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, HqError>;
}

/// Takes a row, and says whether it wants another.
pub(crate) type Take<'a> = dyn FnMut(&dyn Row) -> Result<ControlFlow<()>, HqError> + 'a;

/// An event to be appended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEvent<'a> {
    pub(crate) id: EventId,
    pub(crate) seq: i64,
    pub(crate) visit: Option<VisitId>,
    pub(crate) line: &'a str,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// It is stored.
    New,
    /// The same bytes were stored before.
    Same,
    /// Other bytes are stored under its number or id.
    Other,
}

impl dyn Archive {
    /// Runs `work` on one consistent state.
    ///
    /// # Errors
    /// What `work` returns, or when the database fails.
    pub(crate) fn read<T, E: From<HqError>>(
        &self,
        work: impl FnOnce(&dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within(Kind::Read, work)
    }

    /// Runs `work` as the only writer: all of it is durable when this returns `Ok`, none of it is kept when
    /// `work` returns `Err`.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn write<T, E: From<HqError>>(
        &self,
        work: impl FnOnce(&dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within(Kind::Write, work)
    }

    /// Runs `work`, which stores what `device` sent, as [`Self::write`] does; what other devices send and what
    /// operators do goes on meanwhile.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn write_for<T, E: From<HqError>>(
        &self,
        device: i64,
        work: impl FnOnce(&dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within(Kind::Device(device), work)
    }

    fn within<T, E: From<HqError>>(
        &self,
        kind: Kind,
        work: impl FnOnce(&dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut work, mut done) = (Some(work), None);
        self.transact(kind, &mut |tx| {
            done = work.take().map(|work| work(tx));
            matches!(done, Some(Ok(_)))
        })?;
        done.expect("a transaction that was ended has run its work")
    }
}

impl dyn Transaction + '_ {
    /// The first row, read by `read`.
    ///
    /// # Errors
    /// What `read` returns, or when the database fails.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, HqError>,
    ) -> Result<Option<T>, HqError> {
        let mut found = None;
        self.few(sql, values, &mut |row| {
            found = Some(read(row)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The one row that there has to be in `table`.
    ///
    /// # Errors
    /// As [`Self::first`], and [`HqError::Broken`] when there is none.
    pub(crate) fn one<T>(
        &self,
        table: &'static str,
        sql: &str,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, HqError>,
    ) -> Result<T, HqError> {
        self.first(sql, values, read)?.ok_or(HqError::Broken(table))
    }

    /// Every row.
    ///
    /// # Errors
    /// As [`Self::first`].
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, HqError>,
    ) -> Result<Vec<T>, HqError> {
        let mut rows = Vec::new();
        self.few(sql, values, &mut |row| {
            rows.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }
}
