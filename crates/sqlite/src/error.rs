//! Why a database does not open.

use rusqlite::ErrorCode;

/// Why a database does not open. In every case the file is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key does not open it, or the file is damaged: SQLCipher cannot tell the two apart.
    #[error("the key does not open the database, or the file is damaged")]
    KeyOrDamage(#[source] rusqlite::Error),
    /// Its log has changed on the disk since it was written. Read up to there, it would lose acknowledged writes.
    #[error("the log of the database is damaged")]
    LogDamaged,
    /// A later version of the program wrote it.
    #[error("the database has schema {found}, this program knows {known}")]
    Newer {
        /// `user_version` of the file.
        found: u32,
        /// Highest version known here.
        known: u32,
    },
    /// This program was built without encryption.
    #[error("the database library has no encryption")]
    NoCipher,
    /// The file system failed.
    #[error("the file of the database cannot be brought to the disk")]
    File(#[from] std::io::Error),
    /// Anything else, e.g. no right to the folder or a full disk.
    #[error("the database cannot be opened")]
    Sqlite(#[from] rusqlite::Error),
}

/// Whether the disk was full.
pub fn is_disk_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}
