//! The floor as a window shows it.

use crate::device::{Paired, hold};
use crate::{CoreError, Device, Undo};
use floorbook_model::{BusinessDay, ClerkId, ITEMS, Visit, VisitId};
use std::collections::BTreeMap;
use std::ops::Deref;

/// The day so far, in two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// Parties that came in.
    pub parties: i64,
    /// Those of them that bought.
    pub bought: i64,
}

/// An article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number, as scanned.
    pub code: String,
    /// Its name, where the catalogue knows it.
    pub name: Option<String>,
}

/// A visit with what a window needs to show it. It reads as the visit itself.
#[derive(Clone, Debug)]
pub struct Card {
    /// The visit.
    pub visit: Visit,
    /// When the party came in, milliseconds of the steady clock; may be negative.
    pub since_steady_ms: i64,
    /// Its articles.
    pub items: Vec<Item>,
}

impl Deref for Card {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

/// What a write gives back, after its durable commit.
#[derive(Clone, Debug)]
pub struct Change {
    /// The visit as it is now.
    pub visit: Card,
    /// Another visit that changed with it.
    pub also: Option<Card>,
    /// The day so far.
    pub today: Today,
    /// What the next undo takes back.
    pub undo: Option<Undo>,
    /// The steady clock, milliseconds.
    pub steady_ms: u64,
    /// Who is on the floor, next one first; `None` where arrivals do not go round.
    pub lineup: Option<Vec<ClerkId>>,
}

/// The floor as it stands.
#[derive(Clone, Debug)]
pub struct Board {
    /// Wall clock of the device, milliseconds UTC.
    pub now_ms: i64,
    /// Running visits, earliest first.
    pub running: Vec<Card>,
    /// The day so far.
    pub today: Today,
    /// What the next undo takes back.
    pub undo: Option<Undo>,
    /// The steady clock, milliseconds.
    pub steady_ms: u64,
    /// Who is on the floor, next one first; `None` where arrivals do not go round.
    pub lineup: Option<Vec<ClerkId>>,
}

impl Device {
    /// The floor as it stands.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn board(&self) -> Result<Board, CoreError> {
        let (paired, _) = self.signed_in()?;
        self.board_of(&paired)
    }

    pub(crate) fn board_of(&self, paired: &Paired) -> Result<Board, CoreError> {
        let (cards, today) = self.cards(paired, paired.book.running()?)?;
        let now = self.environment.clock.now();
        Ok(Board {
            now_ms: now.wall_ms,
            running: cards,
            today,
            undo: hold(&paired.undo).next(),
            steady_ms: now.steady_ms,
            lineup: self.lineup(paired)?,
        })
    }

    /// One visit.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::VisitNotOpen`] when it is not known here, or when the
    /// database fails.
    pub fn visit(&self, id: VisitId) -> Result<Card, CoreError> {
        let (paired, _) = self.signed_in()?;
        let (cards, _) = self.cards(&paired, vec![paired.book.visit(id)?])?;
        cards.into_iter().next().ok_or(CoreError::VisitNotOpen)
    }

    pub(crate) fn changed(&self, paired: &Paired, visit: Visit, also: Option<Visit>) -> Result<Change, CoreError> {
        let (cards, today) = self.cards(paired, std::iter::once(visit).chain(also).collect())?;
        let mut cards = cards.into_iter();
        Ok(Change {
            visit: cards.next().ok_or(CoreError::VisitNotOpen)?,
            also: cards.next(),
            today,
            undo: hold(&paired.undo).next(),
            steady_ms: self.environment.clock.now().steady_ms,
            lineup: self.lineup(paired)?,
        })
    }

    fn cards(&self, paired: &Paired, visits: Vec<Visit>) -> Result<(Vec<Card>, Today), CoreError> {
        let glance = paired.book.glance(self.today(paired), &visits.iter().collect::<Vec<_>>())?;
        let names = names(paired, &visits)?;
        let item = |code: &str| Item { code: code.to_owned(), name: names.get(code).cloned() };
        let card = |(visit, since_steady_ms): (Visit, i64)| Card {
            items: visit.codes(ITEMS).into_iter().map(item).collect(),
            visit,
            since_steady_ms,
        };
        let cards = visits.into_iter().zip(glance.since_ms).map(card).collect();
        Ok((cards, Today { parties: glance.parties, bought: glance.bought }))
    }

    /// When the party of an open visit leaves, if it leaves now: on the clock of its arrival.
    pub(crate) fn leaves_ms(&self, paired: &Paired, visit: &Visit) -> Result<i64, CoreError> {
        let now = self.environment.clock.now();
        let steady_ms = i64::try_from(now.steady_ms).unwrap_or(i64::MAX);
        let since_ms = paired.book.glance(self.today(paired), &[visit])?.since_ms.into_iter().next();
        let stayed_ms = steady_ms.saturating_sub(since_ms.unwrap_or(steady_ms)).max(0);
        Ok(visit.entered_ms().unwrap_or(now.wall_ms).saturating_add(stayed_ms))
    }

    pub(crate) fn today(&self, paired: &Paired) -> BusinessDay {
        paired.book.origin().calendar.day_of(self.environment.clock.wall_ms())
    }
}

/// What the catalogue calls the articles of some visits. Most taps are about visits without any,
/// and must not pay for a look.
fn names(paired: &Paired, visits: &[Visit]) -> Result<BTreeMap<String, String>, CoreError> {
    let codes: Vec<&str> = visits.iter().flat_map(|visit| visit.codes(ITEMS)).collect();
    if codes.is_empty() { Ok(BTreeMap::new()) } else { Ok(paired.book.ledger().article_names(&codes)?) }
}
