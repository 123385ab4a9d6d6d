//! What other devices logged, read before the database is held up with it.

use crate::append::Folded;
use crate::{LedgerError, append};
use floorbook_model::{DeviceId, Event, Hlc, VisitId};
use floorbook_protocol::{Batch, RecordHead, decode_batch};
use std::collections::BTreeMap;

/// A page of what other devices of the store logged.
#[derive(Debug)]
pub struct Page {
    /// As it came.
    pub(crate) body: Vec<u8>,
    pub(crate) batch: Batch,
    /// What each line of the batch is.
    pub(crate) told: Vec<Told>,
    /// So many at the beginning came before their turn.
    pub(crate) ahead: usize,
    /// What its events say of their visits.
    pub(crate) visits: Visits,
}

/// Visits, as some of their events tell.
pub(crate) type Visits = BTreeMap<VisitId, Box<Folded>>;

/// A line of another device.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) head: RecordHead,
    /// `None` for what a later version wrote otherwise than this one reads, which must not hold up the rest.
    pub(crate) hlc: Option<Hlc>,
}

impl Page {
    /// Reads a batch of lines, of which the first `ahead` came before their turn: earlier ones of their devices are
    /// still to come, and they will come again behind them.
    ///
    /// # Errors
    /// [`LedgerError::Foreign`] when it is no batch, or one of its lines is no event.
    pub fn read(body: Vec<u8>, ahead: usize) -> Result<Self, LedgerError> {
        let batch = decode_batch(&body).map_err(|_| LedgerError::Foreign)?;
        let mut visits = BTreeMap::new();
        let told = batch.records().map(|line| Told::read(line, &mut visits)).collect::<Result<_, _>>()?;
        Ok(Self { body, batch, told, ahead, visits })
    }

    /// The last number of each device of what came before its turn.
    pub fn ahead_through(&self) -> BTreeMap<DeviceId, u64> {
        through(self.told.iter().take(self.ahead))
    }

    /// The last number of each device of what came in its turn.
    pub fn through(&self) -> BTreeMap<DeviceId, u64> {
        through(self.told.iter().skip(self.ahead))
    }
}

impl Told {
    /// Reads a line, and what it says of its visit.
    pub(crate) fn read(line: &str, visits: &mut Visits) -> Result<Self, LedgerError> {
        let Ok(event) = Event::parse(line) else {
            let head = RecordHead::parse(line).map_err(|_| LedgerError::Foreign)?;
            return Ok(Self { head, hlc: None });
        };
        if let Some(id) = event.visit {
            append::fold_in(visits.entry(id).or_insert_with(|| Box::new(append::unknown(id))), &event);
        }
        let Event { id, store, device, seq, hlc, visit, .. } = event;
        Ok(Self { head: RecordHead { id, store, device, seq, visit }, hlc: Some(hlc) })
    }
}

fn through<'a>(told: impl Iterator<Item = &'a Told>) -> BTreeMap<DeviceId, u64> {
    told.map(|told| (told.head.device, told.head.seq)).collect()
}
