//! What happens to a visit as a whole between its arrival and its end, and afterwards.

use crate::device::Paired;
use crate::undo::Step;
use crate::visits::check_line;
use crate::{Change, CoreError, Device};
use floorbook_ledger::Act;
use floorbook_model::{
    Brief, ClerkId, Closing, Correction, CorrectionReason, DwellSource, FieldValue, HandOver, Outcome, Patch, Status,
    Visit, VisitId, check_patch_of,
};

/// How a closed visit is put right. Absent parts stay as they are.
#[derive(Clone, Debug)]
pub struct Correcting {
    /// Fields and their right values.
    pub patch: Patch,
    /// The right outcome.
    pub outcome: Option<Outcome>,
    /// When the party came in, milliseconds UTC.
    pub entered_ms: Option<i64>,
    /// When the party left, milliseconds UTC.
    pub left_ms: Option<i64>,
    /// Why.
    pub reason: CorrectionReason,
}

impl Device {
    /// Gives an open visit to another clerk of the roster, with one line where there is something
    /// to say.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for somebody who does not work here or
    /// serves already, [`CoreError::NoteTooLong`], [`CoreError::VisitNotOpen`], or when the
    /// database fails.
    pub fn hand_over(&self, id: VisitId, to: &ClerkId, note: Option<&str>) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        let visit = paired.open(id)?;
        let from = visit.serving().cloned().ok_or(CoreError::VisitNotOpen)?;
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        note.map_or(Ok(()), |note| check_line(&paired.profile.pack, note))?;
        if from == *to || !paired.profile.roster.iter().any(|member| member.id == *to) {
            return Err(CoreError::BadInput);
        }
        let before = match visit.handed() {
            Some(handed) => handed.over.clone(),
            None => HandOver { from: from.clone(), to: from.clone(), note: None },
        };
        let over = HandOver { from, to: to.clone(), note: note.map(str::to_owned) };
        self.act(&paired, &clerk, id, Act::HandOver(over), (Step::HandOver { before }, newest))
    }

    /// `size` people leave a party for a card of their own, named `new`.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] when nobody would be left,
    /// [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn split_visit(&self, id: VisitId, new: VisitId, size: u8) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        if !(1..=5).contains(&size) || id == new {
            return Err(CoreError::BadInput);
        }
        let pair = paired.book.split(&clerk, id, new, size)?;
        paired.did(id, Step::Split { part: new, before: pair.before }, newest);
        paired.outlet.written()?;
        self.changed(&paired, pair.kept, Some(pair.other))
    }

    /// Two open cards were one party: `into` goes on with what both say.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for a card and itself,
    /// [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn merge_visits(&self, id: VisitId, into: VisitId) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        if id == into {
            return Err(CoreError::BadInput);
        }
        let pair = paired.book.merge(&clerk, id, into)?;
        paired.did(into, Step::Merge { gone: id, before: pair.before }, newest);
        paired.outlet.written()?;
        self.changed(&paired, pair.kept, Some(pair.other))
    }

    /// Sets when the party of an open visit came in, milliseconds UTC on the clock of its arrival.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for a time to come,
    /// [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn set_entered(&self, id: VisitId, entered_ms: i64) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        let visit = paired.open(id)?;
        if entered_ms > self.leaves_ms(&paired, &visit)? {
            return Err(CoreError::BadInput);
        }
        let before_ms = visit.entered_ms().ok_or(CoreError::VisitNotOpen)?;
        self.act(&paired, &clerk, id, Act::Retime(entered_ms), (Step::Entered { before_ms }, newest))
    }

    /// Sets when the party of a closed visit left, milliseconds UTC.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for a time before it came in,
    /// [`CoreError::VisitNotOpen`] while it is open, or when the database fails.
    pub fn set_left(&self, id: VisitId, left_ms: i64) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        let visit = paired.book.visit(id)?;
        let before = visit.closing().cloned().ok_or(CoreError::VisitNotOpen)?;
        if visit.entered_ms().is_some_and(|entered_ms| left_ms < entered_ms) {
            return Err(CoreError::BadInput);
        }
        let closing = Closing { left_ms, dwell_source: DwellSource::Adjusted, outcome: before.outcome.clone() };
        self.act(&paired, &clerk, id, Act::Close(closing), (Step::Left { before }, newest))
    }

    /// Says that the visitor is the one of an earlier visit; `None` takes that back.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::VisitNotOpen`] when one of them is not known here,
    /// [`CoreError::BadInput`] for a visit and itself, or when the database fails.
    pub fn link_earlier(&self, id: VisitId, earlier: Option<VisitId>) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        if earlier == Some(id) {
            return Err(CoreError::BadInput);
        }
        if let Some(earlier) = earlier {
            paired.book.visit(earlier)?;
        }
        let before = paired.open(id)?.earlier();
        self.act(&paired, &clerk, id, Act::Link(earlier), (Step::Earlier { before }, newest))
    }

    /// Earlier visits of the day that may be the same visitor, the likest first.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::VisitNotOpen`], or when the database fails.
    pub fn likely_same(&self, id: VisitId) -> Result<Vec<Brief>, CoreError> {
        let (paired, _) = self.signed_in()?;
        Ok(paired.book.likely_same(id)?)
    }

    /// Puts a closed visit right. What was there before stays in its history.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] and [`CoreError::NoteTooLong`] for what is
    /// not of the form, [`CoreError::VisitNotOpen`] while it is open or when it is voided, or when
    /// the database fails.
    pub fn correct_visit(&self, id: VisitId, correcting: Correcting) -> Result<Change, CoreError> {
        let (paired, clerk, newest) = self.acts()?;
        let visit = paired.book.visit(id)?;
        let closed = visit.closing().cloned().ok_or(CoreError::VisitNotOpen)?;
        let entered_ms = visit.entered_ms().ok_or(CoreError::VisitNotOpen)?;
        check_patch_of(&paired.profile.pack, &correcting.patch)?;
        let before = before(&visit, &correcting, entered_ms, &closed);
        let closing = corrected_closing(&paired, &closed, &correcting)?;
        if correcting.entered_ms.unwrap_or(entered_ms) > closing.left_ms {
            return Err(CoreError::BadInput);
        }
        let correction = Correction {
            patch: correcting.patch,
            entered_ms: correcting.entered_ms,
            closing: Some(closing),
            reason: Some(correcting.reason),
        };
        let step = Step::Correction { before: Box::new(before) };
        self.act(&paired, &clerk, id, Act::Correct(correction), (step, newest))
    }

    fn act(
        &self,
        paired: &Paired,
        clerk: &ClerkId,
        id: VisitId,
        act: Act,
        (step, newest): (Step, i64),
    ) -> Result<Change, CoreError> {
        let visit = paired.book.act(clerk, id, act)?;
        paired.did(id, step, newest);
        paired.outlet.written()?;
        self.changed(paired, visit, None)
    }
}

impl Paired {
    fn open(&self, id: VisitId) -> Result<Visit, CoreError> {
        let visit = self.book.visit(id)?;
        if *visit.status() == Status::Open { Ok(visit) } else { Err(CoreError::VisitNotOpen) }
    }
}

fn corrected_closing(paired: &Paired, closed: &Closing, correcting: &Correcting) -> Result<Closing, CoreError> {
    let outcome = match &correcting.outcome {
        Some(outcome) if !paired.profile.pack.takes(outcome) => return Err(CoreError::BadInput),
        Some(outcome) => outcome.clone(),
        None => closed.outcome.clone(),
    };
    let dwell_source = if correcting.left_ms.is_some() { DwellSource::Adjusted } else { closed.dwell_source };
    Ok(Closing { left_ms: correcting.left_ms.unwrap_or(closed.left_ms), dwell_source, outcome })
}

/// The correction that takes `correcting` back.
fn before(visit: &Visit, correcting: &Correcting, entered_ms: i64, closed: &Closing) -> Correction {
    let value = |field: &String| visit.field(field).cloned().unwrap_or(FieldValue::Nothing);
    let fields = correcting.patch.keys().map(|field| match field.as_str() {
        floorbook_model::SIZE => (field.clone(), FieldValue::Text(visit.size().to_string())),
        _ => (field.clone(), value(field)),
    });
    Correction {
        patch: fields.collect(),
        entered_ms: correcting.entered_ms.map(|_| entered_ms),
        closing: Some(closed.clone()),
        reason: visit.corrected(),
    }
}
