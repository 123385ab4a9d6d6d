//! The raw key of a database.

use std::fmt;
use std::fmt::Write;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Key and salt of a SQLCipher database. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey {
    key: [u8; 32],
    salt: [u8; 16],
}

impl DatabaseKey {
    /// `key` and `salt` as random bytes; they are used raw, without a derivation.
    pub fn new(key: [u8; 32], salt: [u8; 16]) -> Self {
        Self { key, salt }
    }

    /// The `PRAGMA key` statement: 64 hex digits of key and 32 of salt.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut sql = Zeroizing::new(String::with_capacity(120));
        sql.push_str("PRAGMA key = \"x'");
        for byte in self.key.iter().chain(&self.salt) {
            write!(sql, "{byte:02x}").expect("writing to a string cannot fail");
        }
        sql.push_str("'\"");
        sql
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(redacted)")
    }
}
