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
        Zeroizing::new(format!("PRAGMA key = \"{}\"", &*self.literal()))
    }

    /// The key as SQLCipher reads it: `x'…'`.
    pub(crate) fn literal(&self) -> Zeroizing<String> {
        let mut literal = Zeroizing::new(String::with_capacity(100));
        literal.push_str("x'");
        for byte in self.key.iter().chain(&self.salt) {
            write!(literal, "{byte:02x}").expect("writing to a string cannot fail");
        }
        literal.push('\'');
        literal
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(redacted)")
    }
}
