//! Paired devices.

use crate::archive::{Row, Transaction, values};
use crate::audit::{self, Act, Because};
use crate::progress::Progress;
use crate::{Hq, HqError, stores};
use floorbook_model::{DeviceId, StoreId};
use floorbook_protocol::PublicKey;

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
    /// What is wanted of it.
    pub state: DeviceState,
    /// Every event of it up to this number is held.
    pub acked_through: u64,
    /// When its last batch came, milliseconds UTC.
    pub heard_ms: Option<i64>,
    /// When it last asked what is wanted of it, milliseconds UTC.
    pub asked_ms: Option<i64>,
    /// Records that it had not sent yet then.
    pub waiting: Option<u64>,
    /// Version of its program then.
    pub version: Option<String>,
}

/// What is wanted of a device, and whether it knows; times are milliseconds UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// It may send.
    Welcome,
    /// It may not, since then.
    ShutOut(i64),
    /// It is to destroy its key, since then, and has not asked yet.
    WipeOrdered(i64),
    /// It fetched that order then.
    WipeFetched(i64),
}

impl DeviceState {
    /// As lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::ShutOut(_) => "shut out",
            Self::WipeOrdered(_) => "wipe ordered",
            Self::WipeFetched(_) => "wipe fetched",
        }
    }

    fn of(row: &dyn Row, columns: [usize; 3]) -> Result<Self, HqError> {
        let [revoked, wipe, heard] = columns.map(|column| row.get::<Option<i64>>(column));
        Ok(match (revoked?, wipe?, heard?) {
            (_, Some(_), Some(heard_ms)) => Self::WipeFetched(heard_ms),
            (_, Some(wipe_ms), None) => Self::WipeOrdered(wipe_ms),
            (Some(revoked_ms), None, _) => Self::ShutOut(revoked_ms),
            (None, None, _) => Self::Welcome,
        })
    }
}

/// What intake needs to know of a device.
pub(crate) struct KnownDevice {
    /// Its short name inside the database.
    pub(crate) number: i64,
    pub(crate) id: DeviceId,
    pub(crate) store: StoreId,
    pub(crate) key: PublicKey,
    pub(crate) is_revoked: bool,
    /// Short name of the device whose key was away while this one's events were sealed. It signs nothing.
    pub(crate) stands_in_for: Option<i64>,
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
    /// Every paired device, in the order of pairing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn devices(&self) -> Result<Vec<DeviceLine>, HqError> {
        self.archive.read(|tx| {
            let sql = format!("SELECT {LINE} FROM devices WHERE stands_in_for IS NULL ORDER BY number");
            tx.all(&sql, &[], line_of)
        })
    }

    /// Shuts a device out, which goes on record: nothing more is taken from it. What it sent is kept.
    ///
    /// # Errors
    /// [`HqError::DeviceUnknown`].
    pub fn revoke_device(&self, device: DeviceId, because: Because<'_>) -> Result<(), HqError> {
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| {
            shut_out(tx, device, now_ms)?;
            audit::record(tx, now_ms, Act::DeviceRevoked, device.as_bytes(), because)
        })
    }

    /// Shuts a device out and tells it to destroy its key as soon as it asks. That cannot be taken back, and
    /// goes on record.
    ///
    /// # Errors
    /// [`HqError::DeviceUnknown`].
    pub fn wipe_device(&self, device: DeviceId, because: Because<'_>) -> Result<(), HqError> {
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| {
            shut_out(tx, device, now_ms)?;
            let sql = "UPDATE devices SET wipe_ms = coalesce(wipe_ms, ?2) WHERE id = ?1";
            tx.execute(sql, values![device.as_bytes(), now_ms])?;
            audit::record(tx, now_ms, Act::DeviceWiped, device.as_bytes(), because)
        })
    }
}

const LINE: &str = "id, store, name, paired_ms, acked_through, heard_ms, asked_ms, waiting, version,
    revoked_ms, wipe_ms, wipe_heard_ms";

fn line_of(row: &dyn Row) -> Result<DeviceLine, HqError> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(DeviceLine {
        id: DeviceId::from_bytes(row.get(0)?),
        store: stores::code(row, 1)?,
        name: row.get(2)?,
        paired_ms: row.get(3)?,
        acked_through: count(row.get(4)?),
        heard_ms: row.get(5)?,
        asked_ms: row.get(6)?,
        waiting: row.get::<Option<i64>>(7)?.map(count),
        version: row.get(8)?,
        state: DeviceState::of(row, [9, 10, 11])?,
    })
}

/// The line of one device.
pub(crate) fn line(tx: &dyn Transaction, number: i64) -> Result<DeviceLine, HqError> {
    let sql = format!("SELECT {LINE} FROM devices WHERE number = ?1");
    tx.one("devices", &sql, values![number], line_of)
}

fn shut_out(tx: &dyn Transaction, device: DeviceId, now_ms: i64) -> Result<(), HqError> {
    let sql = "UPDATE devices SET revoked_ms = coalesce(revoked_ms, ?2) WHERE id = ?1";
    let changed = tx.execute(sql, values![device.as_bytes(), now_ms])?;
    if changed == 0 { Err(HqError::DeviceUnknown(device)) } else { Ok(()) }
}

/// The device of this id.
pub(crate) fn find(tx: &dyn Transaction, id: DeviceId) -> Result<Option<KnownDevice>, HqError> {
    let sql = "SELECT number, id, store, public_key, revoked_ms, stands_in_for FROM devices WHERE id = ?1";
    tx.first(sql, values![id.as_bytes()], known)
}

/// The device that was paired by this code with this key and has sent nothing yet: its answer was
/// lost. One that was heard of has numbers behind it; a fresh ledger must not take them up again.
pub(crate) fn find_paired(
    tx: &dyn Transaction,
    code_hash: &[u8; 32],
    key: PublicKey,
) -> Result<Option<KnownDevice>, HqError> {
    let sql = "SELECT number, id, store, public_key, revoked_ms, stands_in_for FROM devices
               WHERE code_hash = ?1 AND public_key = ?2 AND heard_ms IS NULL AND stands_in_for IS NULL";
    tx.first(sql, values![code_hash, &key.to_bytes()], known)
}

/// The name under which a device was paired.
pub(crate) fn name(tx: &dyn Transaction, number: i64) -> Result<String, HqError> {
    tx.one("devices", "SELECT name FROM devices WHERE number = ?1", values![number], |row| row.get(0))
}

pub(crate) fn insert(tx: &dyn Transaction, device: &NewDevice<'_>) -> Result<(), HqError> {
    tx.execute(
        "INSERT INTO devices (id, store, public_key, name, code_hash, paired_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            device.id.as_bytes(),
            device.store.as_str(),
            &device.key.to_bytes(),
            device.name,
            device.code_hash,
            device.paired_ms
        ],
    )?;
    let joined = "INSERT INTO joined (device, peer, through) SELECT d.number, p.number, p.acked_through
                  FROM devices AS d JOIN devices AS p ON p.store = d.store AND p.number <> d.number WHERE d.id = ?1";
    tx.execute(joined, values![device.id.as_bytes()])?;
    Ok(())
}

/// Makes known whose events a device sealed while its own key was away, unless somebody did. No code paired it.
pub(crate) fn insert_stand_in(
    tx: &dyn Transaction,
    id: DeviceId,
    device: &KnownDevice,
    now_ms: i64,
) -> Result<(), HqError> {
    tx.execute(
        "INSERT INTO devices (id, store, public_key, name, code_hash, paired_ms, stands_in_for)
         SELECT ?1, store, public_key, name, ?2, ?3, number FROM devices WHERE number = ?4
         ON CONFLICT (id) DO NOTHING",
        values![id.as_bytes(), [].as_slice(), now_ms, device.number],
    )?;
    Ok(())
}

/// How many stand in for a device.
pub(crate) fn stand_ins(tx: &dyn Transaction, number: i64) -> Result<i64, HqError> {
    tx.one("devices", "SELECT count(*) FROM devices WHERE stands_in_for = ?1", values![number], |row| row.get(0))
}

/// How far a device has got.
pub(crate) fn read_progress(tx: &dyn Transaction, number: i64) -> Result<Progress, HqError> {
    let sql = "SELECT acked_through, seq_max FROM devices WHERE number = ?1";
    tx.one("devices", sql, values![number], |row| Ok(Progress { acked_through: row.get(0)?, seq_max: row.get(1)? }))
}

pub(crate) fn write_progress(
    tx: &dyn Transaction,
    number: i64,
    progress: &Progress,
    heard_ms: i64,
) -> Result<(), HqError> {
    let sql = "UPDATE devices SET acked_through = ?2, seq_max = ?3, heard_ms = ?4 WHERE number = ?1";
    tx.execute(sql, values![number, progress.acked_through, progress.seq_max, heard_ms])?;
    Ok(())
}

fn known(row: &dyn Row) -> Result<KnownDevice, HqError> {
    Ok(KnownDevice {
        number: row.get(0)?,
        id: DeviceId::from_bytes(row.get(1)?),
        store: stores::code(row, 2)?,
        key: PublicKey::from_bytes(&row.get(3)?).map_err(|_| HqError::Broken("devices"))?,
        is_revoked: row.get::<Option<i64>>(4)?.is_some(),
        stands_in_for: row.get(5)?,
    })
}
