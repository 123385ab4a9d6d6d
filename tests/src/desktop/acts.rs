//! What was really done to a window: every tap and every key that its driver sent.

use std::sync::{Mutex, PoisonError};

/// One thing that a person would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A tap, and the place it fell on: the chips of one group are one place, so are the pads of one row.
    Tap(String),
    /// A key pressed for what it does.
    Key,
    /// A letter typed for what it says.
    Letter,
}

/// A stretch of what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts(Vec<Act>);

impl Acts {
    /// How many taps there were.
    pub fn taps(&self) -> usize {
        self.0.iter().filter(|act| matches!(act, Act::Tap(_))).count()
    }

    /// How many keys were pressed, the letters of a text not among them.
    pub fn keys(&self) -> usize {
        self.0.iter().filter(|act| **act == Act::Key).count()
    }

    /// How many letters were typed.
    pub fn letters(&self) -> usize {
        self.0.iter().filter(|act| **act == Act::Letter).count()
    }

    /// How many texts were typed, each in one go.
    pub fn lines(&self) -> usize {
        self.0.chunk_by(|one, next| one == next).filter(|run| run.first() == Some(&Act::Letter)).count()
    }

    /// The most taps that fell on one place, one right after another.
    pub fn longest_burst(&self) -> usize {
        let bursts = self.0.chunk_by(|one, next| matches!(one, Act::Tap(_)) && one == next);
        bursts.filter(|burst| matches!(burst.first(), Some(Act::Tap(_)))).map(<[Act]>::len).max().unwrap_or(0)
    }
}

/// Everything done to one window so far.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Vec<Act>>);

impl Tally {
    pub(super) fn tap(&self, place: &str) {
        self.add(Act::Tap(place.to_owned()));
    }

    pub(super) fn key(&self) {
        self.add(Act::Key);
    }

    pub(super) fn letters(&self, text: &str) {
        text.chars().for_each(|_| self.add(Act::Letter));
    }

    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(super) fn since(&self, mark: usize) -> Acts {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Acts(all.get(mark..).unwrap_or_default().to_vec())
    }

    fn add(&self, act: Act) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(act);
    }
}

/// The place of an element: its test id without the last word, which tells it from its neighbours.
pub(super) fn place_of(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taps_on_one_place_without_another_between_them() {
        let tally = Tally::default();
        for id in ["size-1", "chip-zones-newin", "chip-zones-women", "chip-zones-fit", "outcome-none", "reason-size"] {
            tally.tap(place_of(id));
        }
        tally.key();
        tally.key();
        tally.letters("2 qn");
        let acts = tally.since(0);
        assert_eq!((acts.taps(), acts.keys(), acts.letters()), (6, 2, 4), "each kind by itself");
        assert_eq!(acts.lines(), 1, "one text");
        assert_eq!(acts.longest_burst(), 3, "the three zones; keys make no burst");
        assert_eq!(tally.since(tally.len()), Acts::default(), "nothing since now");
    }
}
