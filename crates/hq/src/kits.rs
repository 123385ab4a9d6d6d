//! Kits: what the devices of a store work with. The epoch rises with every change of one, so that a device
//! tells a newer kit from the one that it has.

use crate::archive::{Transaction, values};
use crate::{HqError, contact_key, spool_key, stores};
use floorbook_model::StoreId;
use floorbook_protocol::{Kit, Policy};

const RAISE: &str = "UPDATE stores SET epoch = CASE WHEN epoch < ?1 THEN ?1 ELSE epoch + 1 END";

/// The kit of `store` as it is now.
pub(crate) fn read(tx: &dyn Transaction, store: &StoreId) -> Result<Kit, HqError> {
    let (record, pack, roster) = stores::read_kit(tx, store)?;
    Ok(Kit {
        epoch: epoch(tx, store)?,
        policy: policy(tx, store)?,
        store: record,
        pack,
        roster,
        contact_key: contact_key::read(tx)?,
        spool_key: Some(spool_key::read(tx)?.sealing_key()),
    })
}

/// Of the newest kit of `store`.
pub(crate) fn epoch(tx: &dyn Transaction, store: &StoreId) -> Result<u64, HqError> {
    let sql = "SELECT epoch FROM stores WHERE id = ?1";
    let epoch: i64 = tx.one("stores", sql, values![store.as_str()], |row| row.get(0))?;
    Ok(u64::try_from(epoch).unwrap_or(0))
}

/// The rules of `store`; the usual ones while nobody set any.
pub(crate) fn policy(tx: &dyn Transaction, store: &StoreId) -> Result<Policy, HqError> {
    let sql = "SELECT policy FROM stores WHERE id = ?1";
    let text: Option<String> = tx.one("stores", sql, values![store.as_str()], |row| row.get(0))?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

/// The kit of `store` was changed.
pub(crate) fn raise(tx: &dyn Transaction, store: &StoreId, now_ms: i64) -> Result<(), HqError> {
    tx.execute(&format!("{RAISE} WHERE id = ?2"), values![now_ms, store.as_str()])?;
    Ok(())
}

/// The kit of every store was changed.
pub(crate) fn raise_all(tx: &dyn Transaction, now_ms: i64) -> Result<(), HqError> {
    tx.execute(RAISE, values![now_ms])?;
    Ok(())
}

/// A device of `store` has a kit of `epoch`. A newer one than ours was made before this headquarters was put
/// back from a copy: ours is to be newer.
pub(crate) fn outgrow(tx: &dyn Transaction, store: &StoreId, epoch: i64) -> Result<(), HqError> {
    let sql = "UPDATE stores SET epoch = ?2 + 1 WHERE id = ?1 AND epoch < ?2";
    tx.execute(sql, values![store.as_str(), epoch])?;
    Ok(())
}
