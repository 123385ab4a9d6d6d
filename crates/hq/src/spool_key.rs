//! The key that devices seal events to while their own key is away. Its private half is in the encrypted
//! database, so that what comes sealed is read at once.

use crate::HqError;
use crate::archive::{Transaction, values};
use floorbook_model::Rng;
use floorbook_protocol::OpeningKey;

/// Whether it was made.
pub(crate) fn is_there(tx: &dyn Transaction) -> Result<bool, HqError> {
    tx.one("headquarters", "SELECT spool_key IS NOT NULL FROM headquarters", &[], |row| row.get(0))
}

/// Makes it, unless somebody did.
pub(crate) fn ensure(tx: &dyn Transaction, rng: &dyn Rng) -> Result<(), HqError> {
    let key = tx.seal("spool_key", &OpeningKey::make(rng).to_bytes()[..]);
    tx.execute("UPDATE headquarters SET spool_key = ?1 WHERE spool_key IS NULL", values![&key])?;
    Ok(())
}

/// The private half.
pub(crate) fn read(tx: &dyn Transaction) -> Result<OpeningKey, HqError> {
    let sql = "SELECT spool_key FROM headquarters WHERE spool_key IS NOT NULL";
    let key = tx.unseal("spool_key", tx.one("headquarters", sql, &[], |row| row.get(0))?)?;
    OpeningKey::from_bytes(&key).map_err(|_| HqError::Broken("headquarters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::SCHEMA;
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
        assert!(!database.read(|tx| is_there(tx)).unwrap());
        let public = || database.read(|tx| read(tx)).unwrap().sealing_key();
        database.write(|tx| ensure(tx, &Always(9))).unwrap();
        let first = public();
        database.write(|tx| ensure(tx, &Always(7))).unwrap();
        assert!(database.read(|tx| is_there(tx)).unwrap());
        assert_eq!(public(), first);
    }
}
