//! The visits of a paired device.

use crate::said::Counted;
use crate::silence::Marks;
use crate::{Ledger, LedgerError, append, lineup, project, running, taps};
use floorbook_model::{
    Body, Calendar, ClerkId, Clock, Closing, Correction, DeviceId, HandOver, Opening, Rng, StoreId, Visit, VisitId,
    VisitState,
};
use rusqlite::Connection;
use std::sync::{Arc, Mutex};

/// What every event of a device says of its origin.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Store of the device.
    pub store: StoreId,
    /// Name of the device.
    pub device: DeviceId,
    /// Days of the store.
    pub calendar: Calendar,
}

/// The ledger of a paired device, with what it needs to write events.
pub struct Book {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) origin: Origin,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) counted: Mutex<Counted>,
    /// What was seen of the clocks last; a full disk must not make that be forgotten.
    pub(crate) seen: Mutex<Option<Marks>>,
}

/// Something that happens to a visit as a whole, and is sealed at once.
#[derive(Clone, Debug)]
pub enum Act {
    /// It ends, or its outcome is amended.
    Close(Closing),
    /// Another clerk serves it.
    HandOver(HandOver),
    /// The party came in at another time, milliseconds UTC.
    Retime(i64),
    /// It is the same visitor as in an earlier visit; `None` takes that back.
    Link(Option<VisitId>),
    /// What is known of it is put right.
    Correct(Correction),
    /// Its outcome is taken back.
    Reopen,
    /// Its card was a mistake.
    Void,
}

impl Act {
    fn into_body(self) -> Body {
        match self {
            Self::Close(closing) => Body::VisitClosed(closing),
            Self::HandOver(over) => Body::VisitHandedOver(over),
            Self::Retime(entered_ms) => Body::VisitRetimed { entered_ms },
            Self::Link(earlier) => Body::VisitLinked { earlier },
            Self::Correct(correction) => Body::VisitCorrected(correction),
            Self::Reopen => Body::VisitReopened,
            Self::Void => Body::VisitVoided,
        }
    }
}

impl Book {
    /// The book over an open ledger.
    pub fn new(ledger: Arc<Ledger>, origin: Origin, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { ledger, origin, clock, rng, counted: Mutex::default(), seen: Mutex::default() }
    }

    /// The ledger below.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Where its events come from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Opens a visit and gives it a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_visit(&self, actor: &ClerkId, opening: Opening) -> Result<Visit, LedgerError> {
        let id = VisitId::make(self.clock.wall_ms(), &*self.rng);
        self.open_visit_as(actor, id, opening).map(|(visit, _)| visit)
    }

    /// Opens the visit that its window named `id`. Repeating that opens nothing new: the visit is
    /// given as it is, with `false`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_visit_as(&self, actor: &ClerkId, id: VisitId, opening: Opening) -> Result<(Visit, bool), LedgerError> {
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            if project::is_known(tx, id)? {
                return Ok((taps::current(tx, id)?, false));
            }
            if let Some(clerk) = &opening.serving {
                lineup::to_the_end(tx, self.origin.calendar.day_of(now.wall_ms), clerk)?;
            }
            append::event(tx, self, actor, id, Body::VisitOpened(opening))?;
            running::begin(tx, id, &now, running::steady(&now))?;
            Ok((project::refresh(tx, &self.origin.calendar, id)?, true))
        })
    }

    /// Does something to a visit as a whole. What was tapped before is sealed first.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], [`LedgerError::VisitNotOpen`] when a voided visit is acted
    /// on, or a merged one otherwise than by reopening it, or when the database fails.
    pub fn act(&self, actor: &ClerkId, id: VisitId, act: Act) -> Result<Visit, LedgerError> {
        self.ledger.database.write(|tx| {
            match project::state(tx, id)? {
                VisitState::Merged if matches!(act, Act::Reopen) => {}
                VisitState::Voided | VisitState::Merged => return Err(LedgerError::VisitNotOpen(id)),
                VisitState::Open | VisitState::Closed => {}
            }
            taps::seal_visit(tx, self, id)?;
            self.follow_clock(tx, id, &act)?;
            append::event(tx, self, actor, id, act.into_body())?;
            project::refresh(tx, &self.origin.calendar, id)
        })
    }

    /// The steady clock goes with whatever an act says of the arrival.
    fn follow_clock(&self, tx: &Connection, id: VisitId, act: &Act) -> Result<(), LedgerError> {
        running::touch(tx, id, &self.clock.now())?;
        let entered_ms = match act {
            Act::Retime(entered_ms) => Some(*entered_ms),
            Act::Correct(correction) => correction.entered_ms,
            _ => None,
        };
        let Some((new_ms, old_ms)) = entered_ms.zip(append::sealed(tx, id)?.entered_ms()) else { return Ok(()) };
        running::shift(tx, id, new_ms.saturating_sub(old_ms))
    }

    /// One visit, with the taps that wait to be sealed.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], or when the database fails.
    pub fn visit(&self, id: VisitId) -> Result<Visit, LedgerError> {
        self.ledger.database.read(|tx| taps::current(tx, id))
    }

    /// The running visits, earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn running(&self) -> Result<Vec<Visit>, LedgerError> {
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT id FROM visits WHERE state = 0 ORDER BY entered_ms, id")?;
            let ids =
                statement.query_map([], |row| row.get(0).map(VisitId::from_bytes))?.collect::<Result<Vec<_>, _>>()?;
            ids.into_iter().map(|id| taps::current(tx, id)).collect()
        })
    }
}
