//! The visits of a paired device.

use crate::{Ledger, LedgerError, append, project, taps};
use floorbook_model::{
    Body, Calendar, ClerkId, Clock, Closing, DeviceId, Opening, Rng, StoreId, Visit, VisitId, VisitState,
};
use std::sync::Arc;

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
}

/// Something that happens to a visit as a whole, and is sealed at once.
#[derive(Clone, Debug)]
pub enum Act {
    /// It ends, or its outcome is amended.
    Close(Closing),
    /// Its outcome is taken back.
    Reopen,
    /// Its card was a mistake.
    Void,
}

impl Act {
    fn into_body(self) -> Body {
        match self {
            Self::Close(closing) => Body::VisitClosed(closing),
            Self::Reopen => Body::VisitReopened,
            Self::Void => Body::VisitVoided,
        }
    }
}

impl Book {
    /// The book over an open ledger.
    pub fn new(ledger: Arc<Ledger>, origin: Origin, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { ledger, origin, clock, rng }
    }

    /// The ledger below.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Where its events come from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Opens a visit.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_visit(&self, actor: &ClerkId, opening: Opening) -> Result<Visit, LedgerError> {
        let id = VisitId::make(self.clock.wall_ms(), &*self.rng);
        self.ledger.database.write(|tx| {
            append::event(tx, self, actor, id, Body::VisitOpened(opening))?;
            project::refresh(tx, &self.origin.calendar, id)
        })
    }

    /// Ends, reopens or voids a visit. What was tapped before is sealed first.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], [`LedgerError::VisitNotOpen`] when a voided visit is acted
    /// on, or when the database fails.
    pub fn act(&self, actor: &ClerkId, id: VisitId, act: Act) -> Result<Visit, LedgerError> {
        self.ledger.database.write(|tx| {
            if project::state(tx, id)? == VisitState::Voided {
                return Err(LedgerError::VisitNotOpen(id));
            }
            taps::seal_visit(tx, self, id)?;
            append::event(tx, self, actor, id, act.into_body())?;
            project::refresh(tx, &self.origin.calendar, id)
        })
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
