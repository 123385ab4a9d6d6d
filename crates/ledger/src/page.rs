//! What other devices logged, read before the database is held up with it.

use crate::LedgerError;
use floorbook_model::{DeviceId, Event, StoreId};
use floorbook_protocol::RecordHead;
use std::collections::BTreeMap;

/// A page of what other devices of the store logged.
#[derive(Debug)]
pub struct Page {
    pub(crate) ahead: Vec<Told>,
    pub(crate) in_turn: Vec<Told>,
}

/// A line of another device.
#[derive(Debug)]
pub(crate) enum Told {
    Event(Box<Event>, String),
    /// What a later version wrote otherwise than this one reads must not hold up the rest.
    Unread(RecordHead, String),
}

impl Page {
    /// Reads its lines, of which the first `ahead` came before their turn: earlier ones of their devices are
    /// still to come, and they will come again behind them.
    ///
    /// # Errors
    /// [`LedgerError::Foreign`] when one of them is no event.
    pub fn read<'a>(lines: impl IntoIterator<Item = &'a str>, ahead: usize) -> Result<Self, LedgerError> {
        let mut told = lines.into_iter().map(Told::read).collect::<Result<Vec<_>, _>>()?;
        let in_turn = told.split_off(ahead.min(told.len()));
        Ok(Self { ahead: told, in_turn })
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
    fn read(line: &str) -> Result<Self, LedgerError> {
        if let Ok(event) = Event::parse(line) {
            return Ok(Self::Event(Box::new(event), line.to_owned()));
        }
        let head = RecordHead::parse(line).map_err(|_| LedgerError::Foreign)?;
        Ok(Self::Unread(head, line.to_owned()))
    }

    /// Store, device and number.
    pub(crate) fn origin(&self) -> (&StoreId, DeviceId, u64) {
        match self {
            Self::Event(event, _) => (&event.store, event.device, event.seq),
            Self::Unread(head, _) => (&head.store, head.device, head.seq),
        }
    }
}

fn through(told: &[Told]) -> BTreeMap<DeviceId, u64> {
    told.iter().map(Told::origin).map(|(_, device, seq)| (device, seq)).collect()
}
