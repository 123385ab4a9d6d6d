//! Logging visits: a party comes in, is described, leaves. Every call is durable when it returns.

use crate::device::{Paired, hold};
use crate::undo::Step;
use crate::{Change, CoreError, Device};
use floorbook_ledger::{Act, LedgerError, Pair};
use floorbook_model::{
    ClerkId, Closing, DwellSource, Opening, Outcome, Pack, PackRef, Patch, PatchError, Unfit, Visit, VisitId,
    check_patch_of,
};

/// A party that comes in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Name of its visit, made by whoever shows the card: saying it twice is harmless.
    pub id: VisitId,
    /// 1-5, 5 meaning five or more.
    pub size: u8,
    /// Whether it is only counted now and described later.
    pub later: bool,
}

impl Device {
    /// A new name for a visit.
    pub fn name_visit(&self) -> VisitId {
        VisitId::make(self.environment.clock.wall_ms(), &*self.environment.rng)
    }

    /// A party of `size` comes in and is described at once.
    ///
    /// # Errors
    /// As [`Device::arrive_as`].
    pub fn arrive(&self, size: u8) -> Result<Change, CoreError> {
        self.arrive_as(Arrival { id: self.name_visit(), size, later: false })
    }

    /// A party comes in. Where the pack lets arrivals go round, the next clerk in line serves it.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for another size, or when the database fails.
    pub fn arrive_as(&self, arrival: Arrival) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        if !(1..=5).contains(&arrival.size) {
            return Err(CoreError::BadInput);
        }
        let pack = &paired.profile.pack;
        let pack_ref = PackRef { id: pack.id.clone(), version: pack.version };
        let turn = self.lineup(&paired)?.and_then(|line| line.into_iter().next());
        let opening = Opening {
            serving: turn.clone(),
            later: arrival.later,
            ..Opening::new(self.environment.clock.wall_ms(), arrival.size, pack_ref)
        };
        let (visit, is_new) = paired.book.open_visit_as(&clerk, arrival.id, opening)?;
        if is_new {
            paired.did(visit.id(), Step::Arrival { turn }, newest);
        }
        paired.outlet.written()?; // also of one that failed here before
        self.changed(&paired, visit, None)
    }

    /// Sets fields of a running visit.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::NoteTooLong`], [`CoreError::BadInput`] for what is not
    /// of the form, [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn note(&self, id: VisitId, patch: &Patch) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        check_patch_of(&paired.profile.pack, patch)?;
        let noted = paired.book.note(&clerk, id, patch)?;
        paired.did(id, Step::Tap { before: noted.before }, newest);
        paired.outlet.tapped()?;
        self.changed(&paired, noted.visit, None)
    }

    /// Closes a visit, or amends the outcome of a closed one; the time of leaving stays then. How
    /// long the party stayed is measured on the steady clock, whatever the wall clock did since.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for an outcome that is not of the pack,
    /// [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn close_visit(&self, id: VisitId, outcome: Outcome) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        if !paired.profile.pack.takes(&outcome) {
            return Err(CoreError::BadInput);
        }
        let visit = paired.book.visit(id)?;
        let before = visit.closing().cloned();
        let (left_ms, dwell_source) = match &before {
            Some(closing) => (closing.left_ms, closing.dwell_source),
            None => (self.leaves_ms(&paired, &visit)?, DwellSource::Observed),
        };
        let visit = paired.book.act(&clerk, id, Act::Close(Closing { left_ms, dwell_source, outcome }))?;
        paired.did(id, Step::Outcome { before }, newest);
        paired.outlet.written()?;
        self.changed(&paired, visit, None)
    }

    /// Takes the last step of this clerk back. When that fails the step is kept, unless it never
    /// can be taken back: its visit has been closed by rule since, or another device went on with it.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::NothingToUndo`] also where another device went on, [`CoreError::VisitNotOpen`], or when
    /// the database fails.
    pub fn undo(&self) -> Result<Change, CoreError> {
        let (paired, clerk) = self.signed_in()?;
        let done = hold(&paired.undo).pop().ok_or(CoreError::NothingToUndo)?;
        match paired.book.went_on_elsewhere(&done.visits(), done.newest) {
            Ok(false) => {}
            Ok(true) => return Err(CoreError::NothingToUndo), // it would take back what somebody did there
            Err(error) => {
                hold(&paired.undo).push(done);
                return Err(error.into());
            }
        }
        let (id, step) = (done.visit, &done.step);
        let undone = self.take_back(&paired, &clerk, id, step);
        let (visit, other) = match undone.map_err(CoreError::from) {
            Ok(done) => done,
            Err(error) => {
                if !matches!(error, CoreError::VisitNotOpen) {
                    hold(&paired.undo).push(done);
                }
                return Err(error);
            }
        };
        paired.outlet.written()?;
        self.changed(&paired, visit, other)
    }

    fn take_back(
        &self,
        paired: &Paired,
        clerk: &ClerkId,
        id: VisitId,
        step: &Step,
    ) -> Result<(Visit, Option<Visit>), LedgerError> {
        let book = &paired.book;
        let act = |act| book.act(clerk, id, act).map(|visit| (visit, None));
        let both = |pair: Pair| (pair.kept, Some(pair.other));
        match step {
            Step::Arrival { turn } => {
                let done = act(Act::Void)?;
                turn.iter().try_for_each(|clerk| book.to_the_front(self.today(paired), clerk))?;
                Ok(done)
            }
            Step::Tap { before } => book.note(clerk, id, before).map(|noted| (noted.visit, None)),
            Step::Outcome { before: None } => act(Act::Reopen),
            Step::Outcome { before: Some(closing) } | Step::Left { before: closing } => {
                act(Act::Close(closing.clone()))
            }
            Step::HandOver { before } => act(Act::HandOver(before.clone())),
            Step::Split { part, before } => book.unsplit(clerk, (id, *part), before).map(both),
            Step::Merge { gone, before } => book.unmerge(clerk, (id, *gone), before).map(both),
            Step::Entered { before_ms } => act(Act::Retime(*before_ms)),
            Step::Earlier { before } => act(Act::Link(*before)),
            Step::Correction { before } => act(Act::Correct(before.as_ref().clone())),
        }
    }
}

impl From<PatchError> for CoreError {
    fn from(error: PatchError) -> Self {
        match error {
            PatchError::NoteTooLong => Self::NoteTooLong,
            PatchError::Unfit(Unfit::Personal) => Self::NotePersonal,
            PatchError::Unfit(Unfit::Judging) => Self::NoteJudging,
            PatchError::Malformed => Self::BadInput,
        }
    }
}

/// One line to a colleague obeys what notes obey.
pub(crate) fn check_line(pack: &Pack, line: &str) -> Result<(), CoreError> {
    let note = floorbook_model::FieldValue::Text(line.to_owned());
    Ok(check_patch_of(pack, &Patch::from([(floorbook_model::NOTE.to_owned(), note)]))?)
}
