//! One transaction of PostgreSQL.

use super::{PostgresError, Secrets, append, values};
use crate::HqError;
use crate::archive::{Added, Kind, NewEvent, Take, Transaction, Value};
use pollster::block_on;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use tokio_postgres::{Error, Statement};
use zeroize::Zeroizing;

/// Rows that are fetched at once: what is read of a long answer and not wanted is no more than this.
const ROWS: i32 = 1_000;

pub(super) struct PostgresTransaction<'a> {
    tx: deadpool_postgres::Transaction<'a>,
    secrets: &'a Secrets,
    held: RefCell<BTreeSet<i64>>,
    is_lost: Cell<bool>,
}

/// Locks the row of a device.
pub(super) async fn hold(tx: &deadpool_postgres::Transaction<'_>, device: i64) -> Result<(), Error> {
    let lock = tx.prepare_cached("SELECT FROM devices WHERE number = $1 FOR NO KEY UPDATE").await?;
    tx.query(&lock, &[&device]).await.map(drop)
}

impl<'a> PostgresTransaction<'a> {
    pub(super) fn new(tx: deadpool_postgres::Transaction<'a>, kind: Kind, secrets: &'a Secrets) -> Self {
        let held = if let Kind::Device(number) = kind { BTreeSet::from([number]) } else { BTreeSet::new() };
        Self { tx, secrets, held: RefCell::new(held), is_lost: Cell::new(false) }
    }

    /// The transaction, and whether its connection is of no more use.
    pub(super) fn into_parts(self) -> (deadpool_postgres::Transaction<'a>, bool) {
        (self.tx, self.is_lost.get())
    }

    fn prepare(&self, sql: &str) -> Result<Statement, HqError> {
        block_on(self.tx.prepare_cached(&sql.replace('?', "$"))).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: Error) -> HqError {
        let error = PostgresError::from(error);
        self.is_lost.set(self.is_lost.get() || error.is_lost());
        error.into()
    }
}

impl Transaction for PostgresTransaction<'_> {
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, HqError> {
        let statement = self.prepare(sql)?;
        block_on(self.tx.execute(&statement, &values::of(values))).map_err(|error| self.failed(error))
    }

    fn few(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError> {
        let statement = self.prepare(sql)?;
        let rows = block_on(self.tx.query(&statement, &values::of(values))).map_err(|error| self.failed(error))?;
        for row in &rows {
            if take(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn each(&self, sql: &str, values: &[Value<'_>], take: &mut Take<'_>) -> Result<(), HqError> {
        let statement = self.prepare(sql)?;
        let portal = block_on(self.tx.bind(&statement, &values::of(values))).map_err(|error| self.failed(error))?;
        loop {
            let rows = block_on(self.tx.query_portal(&portal, ROWS)).map_err(|error| self.failed(error))?;
            for row in &rows {
                if take(row)?.is_break() {
                    return Ok(());
                }
            }
            if rows.len() < ROWS.unsigned_abs() as usize {
                return Ok(());
            }
        }
    }

    fn hold(&self, device: i64) -> Result<(), HqError> {
        if self.held.borrow_mut().insert(device) {
            block_on(hold(&self.tx, device)).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    fn append(&self, device: i64, seq_max: i64, events: &[NewEvent<'_>]) -> Result<Vec<Added>, HqError> {
        block_on(append::append(&self.tx, device, seq_max, events)).map_err(|error| self.failed(error))
    }

    fn seal(&self, name: &str, secret: &[u8]) -> Vec<u8> {
        self.secrets.seal(name, secret)
    }

    fn unseal(&self, name: &str, kept: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, HqError> {
        self.secrets.unseal(name, &kept)
    }
}
