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
