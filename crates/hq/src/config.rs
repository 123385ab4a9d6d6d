//! What is wanted of a device: it asks, and gets an answer that is signed for it and for its question alone.
//! One that was shut out is answered too, or it would never learn of that.

use crate::archive::{Transaction, values};
use crate::devices::{self, KnownDevice};
use crate::intake::{BatchRequest, Opened};
use crate::problem::Refused;
use crate::{Hq, HqError, contacts, kits, ledgers};
use floorbook_protocol::{Config, ConfigRequest, Kit, Order, Purpose, Signed, path};

/// A kit that is from further ahead than this is not believed: a device must not push the epoch of its
/// store to where nothing is newer.
const AHEAD_MS: i64 = 10 * 60_000;
/// A program's version that is longer is cut.
const VERSION_CHARS_MAX: usize = 40;

impl Hq {
    /// Answers what is wanted of the device that asks, and notes what it says of itself.
    pub(crate) fn answer_config(&self, request: &BatchRequest) -> Result<Signed, Refused> {
        let opened = self.opened_batch(path::CONFIG, request)?;
        let said: ConfigRequest = opened.only_line()?;
        let Opened { device, batch, now_ms, .. } = &opened;
        let ledger = said.ledger.as_ref().map(|signed| ledgers::open(signed, device)).transpose()?;
        let order = self.archive.write_for(device.number, |tx| {
            if let Some((signed, ledger)) = said.ledger.as_ref().zip(ledger.as_ref()) {
                ledgers::note(tx, device.number, ledger, signed, *now_ms)?;
            }
            note(tx, device, &said, *now_ms)
        })?;
        let (kit, erased, progress) = self.archive.read(|tx| {
            let kit = if order == Order::Stay { newer_kit(tx, device, said.epoch)? } else { None };
            let erased = contacts::erased_of(tx, device.number, *now_ms)?;
            Ok::<_, HqError>((kit, erased, devices::read_progress(tx, device.number)?))
        })?;
        let acked_through = u64::try_from(progress.acked_through).ok();
        let (device, request, server_time_ms) = (device.id, *batch, *now_ms);
        let config = Config { device, request, server_time_ms, order, acked_through, erased, kit };
        tracing::debug!(device.id = %config.device, order = ?config.order, kit = config.kit.is_some(), "a device asked");
        Ok(Signed::seal(Purpose::Config, &config, &self.keys.signing)?)
    }
}

/// Notes what the device says of itself, and that it hears of what is wanted of it.
fn note(tx: &dyn Transaction, device: &KnownDevice, said: &ConfigRequest, now_ms: i64) -> Result<Order, HqError> {
    let version: String = said.version.chars().filter(char::is_ascii_graphic).take(VERSION_CHARS_MAX).collect();
    let escrow = said.escrow.as_ref().map(serde_json::to_string).transpose()?;
    let sql = "UPDATE devices SET asked_ms = ?2, waiting = ?3, version = ?4, escrow = coalesce(?5, escrow),
                   wipe_heard_ms = CASE WHEN wipe_ms IS NOT NULL THEN coalesce(wipe_heard_ms, ?2) END
               WHERE number = ?1 RETURNING wipe_ms IS NOT NULL, revoked_ms IS NOT NULL";
    let waiting = i64::try_from(said.waiting).unwrap_or(i64::MAX);
    let values = values![device.number, now_ms, waiting, &version, escrow.as_ref()];
    let wanted = tx.one("devices", sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let order = match wanted {
        (true, _) => Order::Wipe,
        (false, true) => Order::Lock,
        (false, false) => Order::Stay,
    };
    if order == Order::Stay
        && let Ok(epoch) = i64::try_from(said.epoch)
        && epoch <= now_ms.saturating_add(AHEAD_MS)
    {
        kits::outgrow(tx, &device.store, epoch)?;
    }
    Ok(order)
}

/// The kit of the device's store, when it is newer than the one of `epoch`.
fn newer_kit(tx: &dyn Transaction, device: &KnownDevice, epoch: u64) -> Result<Option<Kit>, HqError> {
    if kits::epoch(tx, &device.store)? <= epoch {
        return Ok(None);
    }
    kits::read(tx, &device.store).map(Some)
}
