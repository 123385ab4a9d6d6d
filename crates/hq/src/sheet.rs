//! The sheet of a lost device: what it may hold, as far as headquarters knows.

use crate::archive::{Transaction, values};
use crate::contacts::{self, ContactLine};
use crate::devices::{self, DeviceLine};
use crate::{Hq, HqError, kits, stores};
use floorbook_model::{Body, DeviceId, Event};
use floorbook_protocol::{Policy, StoreRecord};
use std::ops::ControlFlow;

/// Visits from so long ago are no part of the sheet.
const LATELY_MS: i64 = 30 * 24 * 3_600_000;

/// What is known of a device that was lost.
#[derive(Clone, Debug)]
pub struct DeviceSheet {
    /// The device.
    pub device: DeviceLine,
    /// Its store.
    pub store: StoreRecord,
    /// The rules of that.
    pub policy: Policy,
    /// Visits that it opened in the last 30 days and sent.
    pub visits: u64,
    /// Contacts that it took and that are kept.
    pub contacts: Vec<ContactLine>,
    /// Whether its key is here, sealed, so that a new recovery code can be made.
    pub has_escrow: bool,
}

impl Hq {
    /// What a person needs to know when a device is lost.
    ///
    /// # Errors
    /// [`HqError::DeviceUnknown`].
    pub fn device_sheet(&self, device: DeviceId) -> Result<DeviceSheet, HqError> {
        let since_ms = self.clock.wall_ms() - LATELY_MS;
        self.archive.read(|tx| {
            let number = devices::find(tx, device)?.ok_or(HqError::DeviceUnknown(device))?.number;
            let device = devices::line(tx, number)?;
            let store = stores::read(tx, &device.store)?.ok_or(HqError::Broken("devices"))?;
            let sql = "SELECT escrow IS NOT NULL FROM devices WHERE number = ?1";
            Ok(DeviceSheet {
                store,
                policy: kits::policy(tx, &device.store)?,
                visits: visits_since(tx, number, since_ms)?,
                contacts: contacts::kept_of(tx, number)?,
                has_escrow: tx.one("devices", sql, values![number], |row| row.get(0))?,
                device,
            })
        })
    }
}

fn visits_since(tx: &dyn Transaction, device: i64, since_ms: i64) -> Result<u64, HqError> {
    let sql = "SELECT line FROM events WHERE device = ?1 AND line LIKE '%\"visit_opened\"%'";
    let mut visits = 0;
    tx.each(sql, values![device], &mut |row| {
        let event = Event::parse(row.text(0)?);
        let is_visit = |event: Event| matches!(event.body, Body::VisitOpened(_)) && event.recorded.wall_ms >= since_ms;
        visits += u64::from(event.is_ok_and(is_visit));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(visits)
}
