//! The key file: 48 random bytes as 96 hexadecimal digits, the key and salt of the embedded database. With
//! PostgreSQL the secrets of headquarters are sealed with a key derived from them.
//!
//! Beside the database it protects copies and backups of the database alone, not a stolen disk:
//! in production it lives elsewhere, e.g. on a mounted secret.

use crate::HqError;
use floorbook_model::Rng;
use floorbook_sqlite::DatabaseKey;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

const BYTES: usize = 48;

/// What the key file holds.
pub(crate) struct HqKey(Zeroizing<[u8; BYTES]>);

impl HqKey {
    pub(crate) fn make(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; BYTES]);
        rng.fill(&mut *bytes);
        Self(bytes)
    }

    /// Writes it, readable by its owner only and durable before this returns.
    pub(crate) fn write(&self, path: &Path) -> Result<(), HqError> {
        let mut text = Zeroizing::new(String::with_capacity(BYTES * 2 + 1));
        for byte in self.0.iter() {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        }
        text.push('\n');
        write_new(path, text.as_bytes())
    }

    pub(crate) fn read(path: &Path) -> Result<Self, HqError> {
        if !path.exists() {
            return Err(HqError::NotThere(path.to_owned()));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(HqError::file(path))?);
        Self::parse(text.trim()).ok_or_else(|| HqError::BadKeyFile(path.to_owned()))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != BYTES || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let [high, low] = *pair;
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Some(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Key and salt of the embedded database.
    pub(crate) fn of_database(&self) -> DatabaseKey {
        let (mut key, mut salt) = ([0; 32], [0; 16]);
        key.iter_mut().chain(&mut salt).zip(self.0.iter()).for_each(|(to, from)| *to = *from);
        DatabaseKey::new(key, salt)
    }
}

/// Writes a new file that only its owner reads, durable before this returns; one that is there already is left
/// alone.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), HqError> {
    let written = owner_only(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(HqError::file(path))
}

fn owner_only(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
