//! An encrypted SQLite database: opened by a raw key, migrated in order, written by one
//! connection and read by others.
//!
//! SQLCipher in WAL mode with `synchronous=FULL`: a committed transaction survives a power cut.
//! The salt is kept beside the key, never taken from the file, whose first 16 bytes lie outside
//! the log's protection. Nothing here deletes or recreates a database: a wrong key and a damaged
//! file look the same, and either way the file stays as it is.

mod checkpoint;
mod database;
mod error;
mod key;
mod log;
mod mark;
mod migration;

pub use database::Database;
pub use error::{OpenError, is_disk_full};
pub use key::DatabaseKey;
pub use migration::Migrations;
