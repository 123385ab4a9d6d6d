//! What of a failure of PostgreSQL may be said, and whether time mends it.

use deadpool_postgres::PoolError;
use std::error::Error;
use std::io;

/// PostgreSQL failed, or cannot be reached. Of what the server says only the first line is kept: its details
/// can repeat what stands in a row.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct PostgresError {
    message: String,
    /// SQLSTATE; absent when it was not the server that said so.
    state: Option<String>,
    /// Whether the connection is of no more use.
    is_lost: bool,
}

impl PostgresError {
    /// A failure that is not the server's.
    pub(super) fn saying(message: &str) -> Self {
        Self { message: message.to_owned(), state: None, is_lost: false }
    }

    /// No connection holds.
    pub(super) fn lost() -> Self {
        Self { is_lost: true, ..Self::saying("every connection was lost") }
    }

    /// Whether the connection has to be thrown away: it is gone, ends, or leads to a server that only reads.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost || self.has_state(&["08", "57P", "25006"])
    }

    /// Whether somebody else held what was wanted.
    pub(super) fn is_held_up(&self) -> bool {
        self.has_state(&["55P03"])
    }

    pub(crate) fn is_disk_full(&self) -> bool {
        self.has_state(&["53100"])
    }

    /// Whether the same may work a little later.
    pub(crate) fn is_passing(&self) -> bool {
        self.is_lost() || self.has_state(&["40", "53", "55P03", "57014"])
    }

    fn has_state(&self, beginnings: &[&str]) -> bool {
        let state = self.state.as_deref().unwrap_or_default();
        beginnings.iter().any(|beginning| state.starts_with(beginning))
    }
}

impl From<tokio_postgres::Error> for PostgresError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let state = Some(said.code().code().to_owned());
            return Self { message: said.message().to_owned(), state, is_lost: false };
        }
        let source = error.source();
        let is_lost = error.is_closed() || source.is_none_or(|source| source.is::<io::Error>());
        let message = source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        Self { message, state: None, is_lost }
    }
}

impl From<PoolError> for PostgresError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            error => Self { message: error.to_string(), state: None, is_lost: true },
        }
    }
}
