//! PostgreSQL, which several receivers may share.
//!
//! The work of headquarters blocks, so does this: connections live on a thread of their own, and whoever wants
//! something of one waits for it.

mod append;
mod connect;
mod error;
mod herald;
mod months;
mod rows;
mod schema;
mod scour;
mod secrets;
mod tls;
mod transaction;
mod values;

pub use error::PostgresError;
pub(crate) use secrets::Secrets;

use super::{Archive, Kind, Transaction, When};
use crate::HqError;
use crate::news::News;
use connect::Connections;
use deadpool_postgres::Object;
use floorbook_model::{EventId, StoreId};
use herald::Herald;
use months::Months;
use pollster::block_on;
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::IsolationLevel;
use transaction::PostgresTransaction;

/// What is locked for a transaction, by everybody who uses this database.
#[derive(Clone, Copy)]
enum Lock {
    /// The one writer, and who makes the schema.
    Writer = 1,
    /// Who makes a month.
    Months = 2,
    /// Who takes out what was erased.
    Scour = 3,
}

impl Lock {
    /// Its name among the advisory locks of the database: "floorbok" and its number.
    fn name(self) -> i64 {
        i64::from_be_bytes(*b"floorbok").wrapping_add(self as i64)
    }
}

/// An open database.
pub(crate) struct Postgres {
    connections: Connections,
    secrets: Secrets,
    months: Months,
    herald: Herald,
}

impl Postgres {
    /// Connects to `address`, e.g. `postgres://floorbook@db.example.com/floorbook`, and brings the schema up to
    /// what is known here. `ca` holds the authorities of the server, PEM.
    ///
    /// # Errors
    /// [`HqError::BadInput`] when the way there would not be encrypted and nobody said so.
    /// [`HqError::Postgres`] when it cannot be reached or may not be used; [`HqError::Open`] when a later version
    /// of the program made its schema.
    pub(crate) fn open(address: &str, ca: Option<&Path>, secrets: Secrets) -> Result<Self, HqError> {
        let connections = Connections::to(address, ca)?;
        schema::migrate(&mut connections.take()?)?;
        Ok(Self { connections, secrets, months: Months::default(), herald: Herald::default() })
    }

    /// Runs `work` in a transaction; says whether the connection is of no more use.
    fn run(
        &self,
        client: &mut Object,
        kind: Kind,
        work: &mut dyn FnMut(&dyn Transaction) -> bool,
    ) -> Result<bool, Failed> {
        let tx = block_on(begin(client, kind)).map_err(|error| Failed::ToBegin(error.into()))?;
        let tx = PostgresTransaction::new(tx, kind, &self.secrets);
        let is_kept = work(&tx);
        let (tx, is_lost) = tx.into_parts();
        // What is not to be kept is not: a rollback that fails ends with the connection.
        let ended = if is_kept { block_on(tx.commit()) } else { block_on(tx.rollback()).or(Ok(())) };
        ended.map(|()| is_lost).map_err(|error| Failed::ToCommit(error.into()))
    }
}

/// Where a transaction failed.
enum Failed {
    /// Nothing was done.
    ToBegin(PostgresError),
    /// It may have been done.
    ToCommit(PostgresError),
}

impl Archive for Postgres {
    /// A connection that was lost while it lay in the pool is replaced. Nothing else is tried twice.
    fn transact(&self, kind: Kind, work: &mut dyn FnMut(&dyn Transaction) -> bool) -> Result<(), HqError> {
        for _ in 0..connect::CONNECTIONS_MAX {
            let mut client = self.connections.take()?;
            match self.run(&mut client, kind, work) {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    connect::throw_away(client);
                    return Ok(());
                }
                Err(Failed::ToBegin(error)) if error.is_lost() => connect::throw_away(client),
                Err(Failed::ToBegin(error)) => return Err(error.into()),
                Err(Failed::ToCommit(error)) => {
                    connect::throw_away(client);
                    return Err(error.into());
                }
            }
        }
        Err(PostgresError::lost().into())
    }

    fn make_room(&self, events: &mut dyn Iterator<Item = EventId>, now_ms: i64) {
        for month in self.months.missing(events, now_ms) {
            match self.connections.take().and_then(|mut client| month.make(&mut client)) {
                Ok(()) => self.months.note_made(month),
                // Its events go to events_other until it can be made.
                Err(error) => {
                    tracing::warn!(error = ?error, "a month was not made");
                    self.months.note_tried(month, now_ms);
                }
            }
        }
    }

    fn prepare_to_serve(&self, news: &Arc<News>) -> Result<(), HqError> {
        self.herald.start(&self.connections, news, self.secrets.tag());
        self.connections.warm()
    }

    fn tell(&self, store: &StoreId) {
        self.herald.tell(store);
    }

    /// Contacts that come meanwhile wait, so a device that waits for an answer does not start it.
    fn scour(&self, when: When) -> Result<(), HqError> {
        match when {
            When::InIntake => Ok(()),
            When::AtRest | When::IfDue => scour::scour(&mut self.connections.take()?),
        }
    }
}

async fn begin(client: &mut Object, kind: Kind) -> Result<deadpool_postgres::Transaction<'_>, tokio_postgres::Error> {
    if kind == Kind::Read {
        let read = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        return read.start().await;
    }
    let tx = client.transaction().await?;
    match kind {
        Kind::Read => {}
        Kind::Write => {
            let lock = tx.prepare_cached("SELECT pg_advisory_xact_lock($1)").await?;
            tx.query(&lock, &[&Lock::Writer.name()]).await?;
        }
        Kind::Device(number) => transaction::hold(&tx, number).await?,
    }
    Ok(tx)
}
