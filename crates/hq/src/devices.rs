//! Paired devices.

use crate::progress::Progress;
use crate::{Hq, HqError, stores};
use floorbook_model::{DeviceId, StoreId};
use floorbook_protocol::PublicKey;
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A device, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// Its id.
    pub id: DeviceId,
    /// Its store.
    pub store: StoreId,
    /// As people call it.
    pub name: String,
    /// When it was paired, milliseconds UTC.
    pub paired_ms: i64,
    /// When it was shut out, milliseconds UTC.
    pub revoked_ms: Option<i64>,
    /// Every event of it up to this number is held.
    pub acked_through: u64,
    /// When its last batch came, milliseconds UTC.
    pub heard_ms: Option<i64>,
}

/// What intake needs to know of a device.
pub(crate) struct KnownDevice {
    /// Its short name inside the database.
    pub(crate) number: i64,
    pub(crate) id: DeviceId,
    pub(crate) store: StoreId,
    pub(crate) key: PublicKey,
    pub(crate) is_revoked: bool,
}

/// A device to be added.
pub(crate) struct NewDevice<'a> {
    pub(crate) id: DeviceId,
    pub(crate) store: &'a StoreId,
    pub(crate) key: PublicKey,
    pub(crate) name: &'a str,
    pub(crate) code_hash: &'a [u8; 32],
    pub(crate) paired_ms: i64,
}

impl Hq {
    /// Every device, in the order of pairing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn devices(&self) -> Result<Vec<DeviceLine>, HqError> {
        self.database.read(|tx| {
            let mut query = tx.prepare(
                "SELECT id, store, name, paired_ms, revoked_ms, acked_through, heard_ms
                 FROM devices ORDER BY number",
            )?;
            let lines = query.query_map([], |row| {
                Ok(DeviceLine {
                    id: DeviceId::from_bytes(row.get(0)?),
                    store: stores::code(row, 1)?,
                    name: row.get(2)?,
                    paired_ms: row.get(3)?,
                    revoked_ms: row.get(4)?,
                    acked_through: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
                    heard_ms: row.get(6)?,
                })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    }

    /// Shuts a device out: nothing more is taken from it. What it sent is kept.
    ///
    /// # Errors
    /// [`HqError::DeviceUnknown`].
    pub fn revoke_device(&self, device: DeviceId) -> Result<(), HqError> {
        let now_ms = self.clock.wall_ms();
        self.database.write(|tx| {
            let sql = "UPDATE devices SET revoked_ms = coalesce(revoked_ms, ?2) WHERE id = ?1";
            let changed = tx.execute(sql, params![device.as_bytes(), now_ms])?;
            if changed == 0 { Err(HqError::DeviceUnknown(device)) } else { Ok(()) }
        })
    }
}

/// The device of this id.
pub(crate) fn find(tx: &Transaction<'_>, id: DeviceId) -> Result<Option<KnownDevice>, HqError> {
    let sql = "SELECT number, id, store, public_key, revoked_ms FROM devices WHERE id = ?1";
    let found = tx.prepare_cached(sql)?.query_row([id.as_bytes()], known).optional()?;
    found.map(check_key).transpose()
}

/// The device that was paired by this code with this key and has sent nothing yet: its answer was
/// lost. One that was heard of has numbers behind it; a fresh ledger must not take them up again.
pub(crate) fn find_paired(
    tx: &Transaction<'_>,
    code_hash: &[u8; 32],
    key: PublicKey,
) -> Result<Option<KnownDevice>, HqError> {
    let sql = "SELECT number, id, store, public_key, revoked_ms FROM devices
               WHERE code_hash = ?1 AND public_key = ?2 AND heard_ms IS NULL";
    let found = tx.query_row(sql, params![code_hash, key.to_bytes()], known).optional()?;
    found.map(check_key).transpose()
}

/// The name under which a device was paired.
pub(crate) fn name(tx: &Transaction<'_>, number: i64) -> Result<String, HqError> {
    Ok(tx.query_row("SELECT name FROM devices WHERE number = ?1", [number], |row| row.get(0))?)
}

pub(crate) fn insert(tx: &Transaction<'_>, device: &NewDevice<'_>) -> Result<(), HqError> {
    tx.execute(
        "INSERT INTO devices (id, store, public_key, name, code_hash, paired_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            device.id.as_bytes(),
            device.store.as_str(),
            device.key.to_bytes(),
            device.name,
            device.code_hash,
            device.paired_ms
        ],
    )?;
    Ok(())
}

/// How far a device has got.
pub(crate) fn read_progress(tx: &Transaction<'_>, number: i64) -> Result<Progress, HqError> {
    let sql = "SELECT acked_through, seq_max FROM devices WHERE number = ?1";
    Ok(tx
        .prepare_cached(sql)?
        .query_row([number], |row| Ok(Progress { acked_through: row.get(0)?, seq_max: row.get(1)? }))?)
}

pub(crate) fn write_progress(
    tx: &Transaction<'_>,
    number: i64,
    progress: &Progress,
    heard_ms: i64,
) -> Result<(), HqError> {
    let sql = "UPDATE devices SET acked_through = ?2, seq_max = ?3, heard_ms = ?4 WHERE number = ?1";
    tx.prepare_cached(sql)?.execute(params![number, progress.acked_through, progress.seq_max, heard_ms])?;
    Ok(())
}

type Found = (i64, DeviceId, StoreId, [u8; 32], bool);

fn known(row: &Row<'_>) -> rusqlite::Result<Found> {
    let id = DeviceId::from_bytes(row.get(1)?);
    let is_revoked = row.get::<_, Option<i64>>(4)?.is_some();
    Ok((row.get(0)?, id, stores::code(row, 2)?, row.get(3)?, is_revoked))
}

fn check_key((number, id, store, key, is_revoked): Found) -> Result<KnownDevice, HqError> {
    let key = PublicKey::from_bytes(&key).map_err(|_| HqError::Broken("devices"))?;
    Ok(KnownDevice { number, id, store, key, is_revoked })
}
