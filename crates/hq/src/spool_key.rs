//! The key that devices seal events to while their own key is away. Its private half is in the encrypted
//! database, so that what comes sealed is read at once.

use crate::HqError;
use floorbook_model::Rng;
use floorbook_protocol::OpeningKey;
use rusqlite::{Transaction, params};
use zeroize::Zeroizing;

/// Whether it was made.
pub(crate) fn is_there(tx: &Transaction<'_>) -> Result<bool, HqError> {
    Ok(tx.query_row("SELECT spool_key IS NOT NULL FROM headquarters", [], |row| row.get(0))?)
}

/// Makes it, unless somebody did.
pub(crate) fn ensure(tx: &Transaction<'_>, rng: &dyn Rng) -> Result<(), HqError> {
    let key = OpeningKey::make(rng).to_bytes();
    tx.execute("UPDATE headquarters SET spool_key = ?1 WHERE spool_key IS NULL", params![&key[..]])?;
    Ok(())
}

/// The private half.
pub(crate) fn read(tx: &Transaction<'_>) -> Result<OpeningKey, HqError> {
    let key: Option<Vec<u8>> = tx.query_row("SELECT spool_key FROM headquarters", [], |row| row.get(0))?;
    let key = Zeroizing::new(key.unwrap_or_default());
    OpeningKey::from_bytes(&key).map_err(|_| HqError::Broken("headquarters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hq::SCHEMA;
    use floorbook_sqlite::{Database, DatabaseKey};

    const BEFORE: &str = "INSERT INTO headquarters (one, signing_seed, challenge_key, ca_certificate, ca_key,
        host_names, leaf_certificate, leaf_key, leaf_ends_ms) VALUES (1, x'', x'', x'', x'', '', x'', x'', 0)";

    struct Always(u8);

    impl Rng for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_headquarters_of_before_gets_a_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hq.db");
        let database = Database::open(&path, &DatabaseKey::new([1; 32], [2; 16]), SCHEMA).unwrap();
        database.write(|tx| tx.execute_batch(BEFORE)).unwrap();
        assert!(!database.read(is_there).unwrap());
        let public = || database.read(read).unwrap().sealing_key();
        database.write(|tx| ensure(tx, &Always(9))).unwrap();
        let first = public();
        database.write(|tx| ensure(tx, &Always(7))).unwrap();
        assert!(database.read(is_there).unwrap());
        assert_eq!(public(), first);
    }
}
