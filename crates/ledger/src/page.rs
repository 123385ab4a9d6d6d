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
    pub(crate) visits: Visits,
}

/// Visits, as the lines of a page tell of them.
pub(crate) type Visits = BTreeMap<VisitId, Box<Said>>;

/// What lines of a page say of a visit.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) folded: Folded,
    /// Which lines, counted from 0.
    pub(crate) lines: Vec<usize>,
}

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
        let told = batch.records().enumerate().map(|(n, line)| Told::read((n, line), &mut visits));
        let told = told.collect::<Result<_, _>>()?;
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
    /// Reads the line with a number, and what it says of its visit.
    pub(crate) fn read((n, line): (usize, &str), visits: &mut Visits) -> Result<Self, LedgerError> {
        let Ok(event) = Event::parse(line) else {
            let head = RecordHead::parse(line).map_err(|_| LedgerError::Foreign)?;
            return Ok(Self { head, hlc: None });
        };
        if let Some(id) = event.visit {
            let new = || Box::new(Said { folded: append::unknown(id), lines: Vec::new() });
            let said = visits.entry(id).or_insert_with(new);
            append::fold_in(&mut said.folded, &event);
            said.lines.push(n);
        }
        let Event { id, store, device, seq, hlc, visit, .. } = event;
        Ok(Self { head: RecordHead { id, store, device, seq, visit }, hlc: Some(hlc) })
    }
}

fn through<'a>(told: impl Iterator<Item = &'a Told>) -> BTreeMap<DeviceId, u64> {
    told.map(|told| (told.head.device, told.head.seq)).collect()
}
