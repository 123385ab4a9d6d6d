//! Migrations over `user_version`: append only, each in one transaction.

use crate::OpenError;
use rusqlite::{Connection, TransactionBehavior};

/// The steps of a schema, in order; step `n` leads to `user_version` `n + 1`. A step that was
/// released is never edited.
#[derive(Clone, Copy, Debug)]
pub struct Migrations(pub &'static [&'static str]);

impl Migrations {
    /// The version that the last step leads to.
    pub fn latest(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Brings a database to the latest version. Each step commits alone, so that a cut between
    /// two of them is continued at the next start.
    pub(crate) fn run(&self, connection: &mut Connection) -> Result<(), OpenError> {
        let found = user_version(connection)?;
        if found > self.latest() {
            return Err(OpenError::Newer { found, known: self.latest() });
        }
        for (version, step) in (1..).zip(self.0).skip_while(|(version, _)| *version <= found) {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
        Ok(())
    }
}

fn user_version(connection: &Connection) -> Result<u32, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
