//! Whose turn it is, where the pack lets arrivals go round.

use crate::device::Paired;
use crate::{Board, CoreError, Device};
use floorbook_model::ClerkId;

impl Device {
    /// A clerk lets an arrival pass and goes to the end of the line.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::BadInput`] for somebody who does not work here, or when
    /// the database fails.
    pub fn skip_turn(&self, clerk: &ClerkId) -> Result<Board, CoreError> {
        self.step_in(clerk)
    }

    /// A clerk comes to the floor, at the end of the line.
    ///
    /// # Errors
    /// As [`Device::skip_turn`].
    pub fn step_in(&self, clerk: &ClerkId) -> Result<Board, CoreError> {
        let (paired, _) = self.signed_in()?;
        paired.member(clerk)?;
        paired.book.to_the_end(self.today(&paired), clerk)?;
        self.board_of(&paired)
    }

    /// A clerk leaves the floor for a while.
    ///
    /// # Errors
    /// As [`Device::skip_turn`].
    pub fn step_away(&self, clerk: &ClerkId) -> Result<Board, CoreError> {
        let (paired, _) = self.signed_in()?;
        paired.member(clerk)?;
        paired.book.leave_lineup(clerk)?;
        self.board_of(&paired)
    }

    pub(crate) fn lineup(&self, paired: &Paired) -> Result<Option<Vec<ClerkId>>, CoreError> {
        if !paired.profile.pack.rotation {
            return Ok(None);
        }
        Ok(Some(paired.book.lineup(self.today(paired))?))
    }

    /// Whoever signs in is on the floor.
    pub(crate) fn join_lineup(&self, paired: &Paired, clerk: &ClerkId) -> Result<(), CoreError> {
        match self.lineup(paired)? {
            Some(line) if !line.contains(clerk) => Ok(paired.book.to_the_end(self.today(paired), clerk)?),
            _ => Ok(()),
        }
    }
}
