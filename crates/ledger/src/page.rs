//! What other devices logged, read before the database is held up with it.

use crate::append::Folded;
use crate::{LedgerError, append};
use floorbook_model::{DeviceId, Event, Hlc, VisitId};
use floorbook_protocol::RecordHead;
use std::collections::BTreeMap;

/// A page of what other devices of the store logged.
#[derive(Debug)]
pub struct Page {
    pub(crate) ahead: Vec<Told>,
    pub(crate) in_turn: Vec<Told>,
    /// What its events say of their visits.
    pub(crate) visits: BTreeMap<VisitId, Box<Folded>>,
}

/// A line of another device.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) head: RecordHead,
    /// `None` for what a later version wrote otherwise than this one reads, which must not hold up the rest.
    pub(crate) hlc: Option<Hlc>,
    pub(crate) line: String,
}

impl Page {
    /// Reads its lines, of which the first `ahead` came before their turn: earlier ones of their devices are
    /// still to come, and they will come again behind them.
    ///
    /// # Errors
    /// [`LedgerError::Foreign`] when one of them is no event.
    pub fn read<'a>(lines: impl IntoIterator<Item = &'a str>, ahead: usize) -> Result<Self, LedgerError> {
        let mut visits = BTreeMap::new();
        let told = lines.into_iter().map(|line| Told::read(line, &mut visits));
        let mut told = told.collect::<Result<Vec<_>, _>>()?;
        let in_turn = told.split_off(ahead.min(told.len()));
        Ok(Self { ahead: told, in_turn, visits })
    }

    /// The last number of each device of what came before its turn.
    pub fn ahead_through(&self) -> BTreeMap<DeviceId, u64> {
        through(&self.ahead)
    }

    /// The last number of each device of what came in its turn.
    pub fn through(&self) -> BTreeMap<DeviceId, u64> {
        through(&self.in_turn)
    }
}

impl Told {
    fn read(line: &str, visits: &mut BTreeMap<VisitId, Box<Folded>>) -> Result<Self, LedgerError> {
        let line = line.to_owned();
        let Ok(event) = Event::parse(&line) else {
            let head = RecordHead::parse(&line).map_err(|_| LedgerError::Foreign)?;
            return Ok(Self { head, hlc: None, line });
        };
        if let Some(id) = event.visit {
            append::fold_in(visits.entry(id).or_insert_with(|| Box::new(append::unknown(id))), &event);
        }
        let Event { id, store, device, seq, hlc, visit, .. } = event;
        Ok(Self { head: RecordHead { id, store, device, seq, visit }, hlc: Some(hlc), line })
    }
}

fn through(told: &[Told]) -> BTreeMap<DeviceId, u64> {
    told.iter().map(|told| (told.head.device, told.head.seq)).collect()
}
