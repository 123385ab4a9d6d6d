//! Parties that turn out to be two, or one: both cards change in one transaction.

use crate::{Book, LedgerError, append, project, running, taps};
use floorbook_model::{Body, ClerkId, FieldValue, Opening, Patch, SIZE, Status, Visit, VisitId, merged};
use rusqlite::Connection;

/// Two visits after a split or a merge.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The card that went on.
    pub kept: Visit,
    /// The new card of a split, or the one that a merge took away.
    pub other: Visit,
    /// The patch that gives the kept card back what it held before.
    pub before: Patch,
}

impl Book {
    /// `size` people leave an open party for a card of their own, named `new`. They came in
    /// together, so the new card begins with the old one.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], [`LedgerError::VisitNotOpen`], [`LedgerError::TooFew`] when
    /// nobody would be left, [`LedgerError::NameTaken`], or when the database fails.
    pub fn split(&self, actor: &ClerkId, id: VisitId, new: VisitId, size: u8) -> Result<Pair, LedgerError> {
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            let visit = self.open_sealed(tx, id)?;
            if project::is_known(tx, new)? {
                return Err(LedgerError::NameTaken(new)); // or asking twice would take twice as many away
            }
            let opening = visit.opening().ok_or(LedgerError::VisitUnknown(id))?;
            let entered_ms = visit.entered_ms().unwrap_or(opening.entered_ms);
            // Five stands for five or more: such a party stays one however many leave.
            let left =
                if visit.size() == 5 { Some(5) } else { visit.size().checked_sub(size).filter(|left| *left > 0) };
            let left = left.ok_or(LedgerError::TooFew)?;
            let part = Opening {
                serving: visit.serving().cloned(),
                split_from: Some(id),
                ..Opening::new(entered_ms, size, opening.pack.clone())
            };
            let since_ms = running::since(tx, &visit, &now)?;
            self.set(tx, actor, id, size_patch(left))?;
            append::event(tx, self, actor, new, Body::VisitOpened(part))?;
            running::begin(tx, new, &now, since_ms)?;
            let before = size_patch(visit.size());
            self.pair(tx, id, new, before)
        })
    }

    /// Two open cards were one party: `kept` takes over what `gone` says and goes on alone.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], [`LedgerError::VisitNotOpen`], or when the database fails.
    pub fn merge(&self, actor: &ClerkId, gone: VisitId, kept: VisitId) -> Result<Pair, LedgerError> {
        self.ledger.database.write(|tx| {
            let (from, into) = (self.open_sealed(tx, gone)?, self.open_sealed(tx, kept)?);
            let patch = merged(&into, &from);
            let before = patch.keys().map(|field| (field.clone(), taps::value_of(&into, field))).collect();
            self.set(tx, actor, kept, patch)?;
            append::event(tx, self, actor, gone, Body::VisitMerged { into: kept })?;
            self.pair(tx, kept, gone, before)
        })
    }

    /// Takes a split back: the part's card was a mistake, the party is whole again.
    ///
    /// # Errors
    /// As [`Book::split`].
    pub fn unsplit(&self, actor: &ClerkId, pair: (VisitId, VisitId), before: &Patch) -> Result<Pair, LedgerError> {
        self.take_back(actor, pair, before, Body::VisitVoided)
    }

    /// Takes a merge back: both cards are there again, as they were.
    ///
    /// # Errors
    /// As [`Book::merge`].
    pub fn unmerge(&self, actor: &ClerkId, pair: (VisitId, VisitId), before: &Patch) -> Result<Pair, LedgerError> {
        self.take_back(actor, pair, before, Body::VisitReopened)
    }

    fn take_back(
        &self,
        actor: &ClerkId,
        (kept, other): (VisitId, VisitId),
        before: &Patch,
        body: Body,
    ) -> Result<Pair, LedgerError> {
        self.ledger.database.write(|tx| {
            taps::seal_visit(tx, self, kept)?;
            taps::seal_visit(tx, self, other)?;
            self.set(tx, actor, kept, before.clone())?;
            running::touch(tx, other, &self.clock.now())?;
            append::event(tx, self, actor, other, body)?;
            self.pair(tx, kept, other, Patch::new())
        })
    }

    /// An open visit whose taps are all sealed.
    fn open_sealed(&self, tx: &Connection, id: VisitId) -> Result<Visit, LedgerError> {
        taps::seal_visit(tx, self, id)?;
        let visit = taps::current(tx, id)?;
        if *visit.status() == Status::Open { Ok(visit) } else { Err(LedgerError::VisitNotOpen(id)) }
    }

    fn set(&self, tx: &Connection, actor: &ClerkId, id: VisitId, patch: Patch) -> Result<(), LedgerError> {
        running::touch(tx, id, &self.clock.now())?;
        append::event(tx, self, actor, id, Body::VisitNoted { patch })
    }

    fn pair(&self, tx: &Connection, kept: VisitId, other: VisitId, before: Patch) -> Result<Pair, LedgerError> {
        let kept = project::refresh(tx, &self.origin.calendar, kept)?;
        let other = project::refresh(tx, &self.origin.calendar, other)?;
        Ok(Pair { kept, other, before })
    }
}

fn size_patch(size: u8) -> Patch {
    Patch::from([(SIZE.to_owned(), FieldValue::Text(size.to_string()))])
}
