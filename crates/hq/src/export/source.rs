//! Reads events visit by visit and folds them.

use crate::archive::{Row, Transaction, Value, values};
use crate::{HqError, stores};
use chrono_tz::Tz;
use floorbook_model::{Body, Calendar, DeviceId, Event, Stamp, Status, StoreId, Visit, VisitId, is_kept_of_circle};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

/// Visits that are read in one transaction.
const VISITS_PER_READ: usize = 1_000;

/// What an export needs to know of a store.
pub(super) struct Place {
    pub(super) store: StoreId,
    pub(super) currency: String,
    pub(super) zone: Tz,
    pub(super) calendar: Calendar,
}

/// A visit as one store tells it.
pub(super) struct Told {
    pub(super) place: Rc<Place>,
    pub(super) visit: Visit,
    opened: Option<(Stamp, DeviceId)>,
}

impl Told {
    /// The device that opened it: that of the first opening, as in the fold.
    pub(super) fn device(&self) -> Option<DeviceId> {
        self.opened.map(|(_, device)| device)
    }

    fn apply(&mut self, event: &Event) {
        self.visit.apply(event);
        let stamp = Stamp::of(event);
        if matches!(event.body, Body::VisitOpened(_)) && self.opened.is_none_or(|(first, _)| stamp < first) {
            self.opened = Some((stamp, event.device));
        }
    }
}

/// Where an export has got.
pub(super) struct Reader {
    store: Option<StoreId>,
    /// The visit that was read last.
    last: Option<VisitId>,
    is_done: bool,
    by_device: HashMap<i64, Rc<Place>>,
    unreadable_events: u64,
}

impl Reader {
    pub(super) fn new(store: Option<StoreId>) -> Self {
        Self { store, last: None, is_done: false, by_device: HashMap::new(), unreadable_events: 0 }
    }

    /// Whether there is nothing after what was read.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    pub(super) fn unreadable_events(&self) -> u64 {
        self.unreadable_events
    }

    /// The next visits, each with all of its events. Events are folded as they are read, so a
    /// visit of very many events takes no more memory than another.
    pub(super) fn read(&mut self, tx: &dyn Transaction) -> Result<Vec<Told>, HqError> {
        self.fold_next(tx)?.into_iter().map(|told| self.settled(tx, told)).collect()
    }

    fn fold_next(&mut self, tx: &dyn Transaction) -> Result<Vec<Told>, HqError> {
        let after = self.last;
        let from = if after.is_none() { "visit IS NOT NULL" } else { "visit IS NOT NULL AND visit > ?1" };
        let sql = format!("SELECT visit, device, line FROM events WHERE {from} ORDER BY visit, n");
        let values: Vec<Value<'_>> = after.iter().map(|visit| visit.as_bytes().into()).collect();
        let (mut folded, mut names) = (Vec::new(), 0);
        self.is_done = true;
        tx.each(&sql, &values, &mut |row| {
            let visit = VisitId::from_bytes(row.get(0)?);
            if self.last != Some(visit) {
                names += 1;
                if names > VISITS_PER_READ {
                    self.is_done = false;
                    return Ok(ControlFlow::Break(()));
                }
                self.last = Some(visit);
            }
            self.take(tx, row, visit, &mut folded)?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(folded)
    }

    /// As it stands beside the others: of a circle of merges one stays open, as on the devices.
    fn settled(&mut self, tx: &dyn Transaction, told: Told) -> Result<Told, HqError> {
        let Status::Merged(into) = *told.visit.status() else { return Ok(told) };
        let is_kept = is_kept_of_circle(told.visit.id(), into, |id| self.merged_into(tx, id, &told.place.store))?;
        Ok(if is_kept { Told { visit: told.visit.kept_open(), ..told } } else { told })
    }

    /// Into which visit another one was merged, as its store tells it.
    fn merged_into(&mut self, tx: &dyn Transaction, id: VisitId, store: &StoreId) -> Result<Option<VisitId>, HqError> {
        let (sql, mut visit) = ("SELECT device, line FROM events WHERE visit = ?1 ORDER BY n", Visit::new(id));
        tx.each(sql, values![id.as_bytes()], &mut |row| {
            if self.place(tx, row.get(0)?)?.store == *store
                && let Ok(event) = Event::parse(row.text(1)?)
            {
                visit.apply(&event);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(if let Status::Merged(into) = visit.status() { Some(*into) } else { None })
    }

    fn take(
        &mut self,
        tx: &dyn Transaction,
        row: &dyn Row,
        id: VisitId,
        folded: &mut Vec<Told>,
    ) -> Result<(), HqError> {
        let place = self.place(tx, row.get(1)?)?;
        if self.store.as_ref().is_some_and(|store| *store != place.store) {
            return Ok(());
        }
        let Ok(event) = Event::parse(row.text(2)?) else {
            self.unreadable_events += 1;
            return Ok(());
        };
        visit_in(folded, place, id).apply(&event);
        Ok(())
    }

    fn place(&mut self, tx: &dyn Transaction, device: i64) -> Result<Rc<Place>, HqError> {
        if let Some(place) = self.by_device.get(&device) {
            return Ok(Rc::clone(place));
        }
        let place = Rc::new(read_place(tx, device)?);
        self.by_device.insert(device, Rc::clone(&place));
        Ok(place)
    }
}

/// The visit as its store tells it. A device of another store that uses the name of a visit speaks
/// of another visit: it cannot change what is not its store's.
fn visit_in(folded: &mut Vec<Told>, place: Rc<Place>, id: VisitId) -> &mut Told {
    let same_name = folded.iter().enumerate().rev().take_while(|(_, told)| told.visit.id() == id);
    let known = same_name.filter(|(_, told)| told.place.store == place.store).map(|(at, _)| at).next();
    let at = known.unwrap_or(folded.len());
    if known.is_none() {
        folded.push(Told { place, visit: Visit::new(id), opened: None });
    }
    folded.get_mut(at).expect("it was found or pushed just now")
}

fn read_place(tx: &dyn Transaction, device: i64) -> Result<Place, HqError> {
    let sql = "SELECT s.id, s.currency, s.time_zone, s.cut_hour
               FROM devices AS d JOIN stores AS s ON s.id = d.store WHERE d.number = ?1";
    let (store, currency, zone, cut_hour) = tx.one("devices", sql, values![device], |row| {
        Ok((stores::code(row, 0)?, row.get(1)?, row.get::<String>(2)?, row.get(3)?))
    })?;
    let calendar = Calendar::new(&zone, cut_hour).map_err(|_| HqError::Broken("stores"))?;
    let zone = zone.parse().map_err(|_| HqError::Broken("stores"))?;
    Ok(Place { store, currency, zone, calendar })
}
