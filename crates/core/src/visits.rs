//! Logging visits. Every call is durable when it returns.

use crate::device::{Paired, hold};
use crate::undo::Step;
use crate::{CoreError, Device, Undo};
use floorbook_ledger::Act;
use floorbook_model::{
    Closing, DwellSource, Opening, Outcome, PackRef, Patch, PatchError, Visit, VisitId, check_patch_of,
};

/// The day so far, in two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// Parties that came in.
    pub parties: i64,
    /// Those of them that bought.
    pub bought: i64,
}

/// What a write gives back, after its durable commit.
#[derive(Clone, Debug)]
pub struct Change {
    /// The visit as it is now.
    pub visit: Visit,
    /// The day so far.
    pub today: Today,
    /// What the next undo takes back.
    pub undo: Option<Undo>,
}

/// The floor as it stands.
#[derive(Clone, Debug)]
pub struct Board {
    /// Wall clock of the device, milliseconds UTC.
    pub now_ms: i64,
    /// Running visits, earliest first.
    pub running: Vec<Visit>,
    /// The day so far.
    pub today: Today,
    /// What the next undo takes back.
    pub undo: Option<Undo>,
}

impl Device {
    /// The floor as it stands.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn board(&self) -> Result<Board, CoreError> {
        let (paired, _) = self.signed_in()?;
        Ok(Board {
            now_ms: self.environment.clock.wall_ms(),
            running: paired.book.running()?,
            today: self.today(&paired)?,
            undo: hold(&paired.undo).next(),
        })
    }

    /// One visit.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::VisitNotOpen`] when it is not known here, or when the
    /// database fails.
    pub fn visit(&self, id: VisitId) -> Result<Visit, CoreError> {
        let (paired, _) = self.signed_in()?;
        Ok(paired.book.visit(id)?)
    }

    /// A party of `size` (1-5, 5 meaning five or more) comes in.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for another size, or when the database fails.
    pub fn arrive(&self, size: u8) -> Result<Change, CoreError> {
        let (paired, clerk) = self.signed_in()?;
        if !(1..=5).contains(&size) {
            return Err(CoreError::BadInput);
        }
        let pack = &paired.profile.pack;
        let opening = Opening {
            entered_ms: self.environment.clock.wall_ms(),
            size,
            pack: PackRef { id: pack.id.clone(), version: pack.version },
        };
        let visit = paired.book.open_visit(&clerk, opening)?;
        hold(&paired.undo).push(visit.id(), Step::Arrival);
        paired.syncer.written();
        self.changed(&paired, visit)
    }

    /// Sets fields of a running visit.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::NoteTooLong`], [`CoreError::BadInput`] for what is not
    /// of the form, [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn note(&self, id: VisitId, patch: &Patch) -> Result<Change, CoreError> {
        let (paired, clerk) = self.signed_in()?;
        check_patch_of(&paired.profile.pack, patch).map_err(|error| match error {
            PatchError::NoteTooLong => CoreError::NoteTooLong,
            PatchError::Malformed => CoreError::BadInput,
        })?;
        let noted = paired.book.note(&clerk, id, patch)?;
        hold(&paired.undo).push(id, Step::Tap { before: noted.before });
        paired.syncer.tapped();
        self.changed(&paired, noted.visit)
    }

    /// Closes a visit, or amends the outcome of a closed one; the time of leaving stays then.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for an outcome that is not of the pack,
    /// [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn close_visit(&self, id: VisitId, outcome: Outcome) -> Result<Change, CoreError> {
        let (paired, clerk) = self.signed_in()?;
        if !paired.profile.pack.takes(&outcome) {
            return Err(CoreError::BadInput);
        }
        let before = paired.book.visit(id)?.closing().cloned();
        let (left_ms, dwell_source) = match &before {
            Some(closing) => (closing.left_ms, closing.dwell_source),
            None => (self.environment.clock.wall_ms(), DwellSource::Observed),
        };
        let visit = paired.book.act(&clerk, id, Act::Close(Closing { left_ms, dwell_source, outcome }))?;
        hold(&paired.undo).push(id, Step::Outcome { before });
        paired.syncer.written();
        self.changed(&paired, visit)
    }

    /// Takes the last step of this session back. When that fails the step is kept.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::NothingToUndo`], or when the database fails.
    pub fn undo(&self) -> Result<Change, CoreError> {
        let (paired, clerk) = self.signed_in()?;
        let (id, step) = hold(&paired.undo).pop().ok_or(CoreError::NothingToUndo)?;
        let undone = match &step {
            Step::Arrival => paired.book.act(&clerk, id, Act::Void),
            Step::Tap { before } => paired.book.note(&clerk, id, before).map(|noted| noted.visit),
            Step::Outcome { before: Some(closing) } => paired.book.act(&clerk, id, Act::Close(closing.clone())),
            Step::Outcome { before: None } => paired.book.act(&clerk, id, Act::Reopen),
        };
        let visit = undone.inspect_err(|_| hold(&paired.undo).push(id, step))?;
        paired.syncer.written();
        self.changed(&paired, visit)
    }

    fn changed(&self, paired: &Paired, visit: Visit) -> Result<Change, CoreError> {
        Ok(Change { visit, today: self.today(paired)?, undo: hold(&paired.undo).next() })
    }

    fn today(&self, paired: &Paired) -> Result<Today, CoreError> {
        let day = paired.book.origin().calendar.day_of(self.environment.clock.wall_ms());
        Ok(Today { parties: paired.book.sum(day, "parties")?, bought: paired.book.sum(day, "bought")? })
    }
}
