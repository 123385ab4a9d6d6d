//! What a restless clerk knows must be true, kept the simplest way there is: a page a visit, and
//! for every step the pages as they were.
//!
//! Nothing of the product's fold, undo or time keeping is used here, or it would prove itself.

use floorbook_model::{ClerkId, FieldValue, Outcome, Patch, VisitId};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Open,
    Closed,
    Merged,
    Voided,
}

/// One visit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) standing: Standing,
    pub(crate) size: u8,
    pub(crate) serving: ClerkId,
    pub(crate) handed: Option<(ClerkId, Option<String>)>,
    pub(crate) fields: BTreeMap<String, FieldValue>,
    /// When the card was opened, on the wall clock of then.
    pub(crate) opened_ms: i64,
    /// When the party came in, on the same clock, as adjusted since.
    pub(crate) entered_ms: i64,
    /// The same on the steady clock.
    pub(crate) since_ms: i64,
    pub(crate) left_ms: Option<i64>,
    pub(crate) left_by_hand: bool,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) earlier: Option<VisitId>,
    pub(crate) corrected: bool,
}

impl Page {
    pub(crate) fn opened(size: u8, serving: ClerkId, wall_ms: i64, steady_ms: i64) -> Self {
        Self {
            standing: Standing::Open,
            size,
            serving,
            handed: None,
            fields: BTreeMap::new(),
            opened_ms: wall_ms,
            entered_ms: wall_ms,
            since_ms: steady_ms,
            left_ms: None,
            left_by_hand: false,
            outcome: None,
            earlier: None,
            corrected: false,
        }
    }

    pub(crate) fn write(&mut self, patch: &Patch) {
        for (field, value) in patch {
            match value {
                FieldValue::Text(size) if field == "size" => self.size = size.parse().unwrap(),
                FieldValue::Nothing => drop(self.fields.remove(field)),
                value => drop(self.fields.insert(field.clone(), value.clone())),
            }
        }
    }

    /// The party came in so much later than the page says.
    pub(crate) fn shift(&mut self, by_ms: i64) {
        self.entered_ms += by_ms;
        self.since_ms += by_ms;
    }

    pub(crate) fn times_by_hand(&self) -> bool {
        self.left_by_hand || self.entered_ms != self.opened_ms
    }
}

/// All visits, and the way back.
#[derive(Debug, Default)]
pub(crate) struct Notebook {
    pub(crate) pages: BTreeMap<VisitId, Page>,
    steps: Vec<Vec<(VisitId, Option<Page>)>>,
    owner: Option<ClerkId>,
}

/// So many steps can be taken back.
const STEPS_MAX: usize = 200;

impl Notebook {
    pub(crate) fn standing(&self, standing: Standing) -> Vec<VisitId> {
        self.pages.iter().filter(|(_, page)| page.standing == standing).map(|(id, _)| *id).collect()
    }

    /// A step changes the pages of `ids`.
    pub(crate) fn step(&mut self, ids: &[VisitId], change: impl FnOnce(&mut BTreeMap<VisitId, Page>)) {
        let before = ids.iter().map(|id| (*id, self.pages.get(id).cloned())).collect();
        if self.steps.len() == STEPS_MAX {
            self.steps.remove(0);
        }
        self.steps.push(before);
        change(&mut self.pages);
    }

    /// Takes the last step back; gives the visits it was about, or `None` when there is none.
    pub(crate) fn undo(&mut self) -> Option<Vec<VisitId>> {
        let before = self.steps.pop()?;
        let ids = before.iter().map(|(id, _)| *id).collect();
        for (id, page) in before {
            match page {
                Some(page) => drop(self.pages.insert(id, page)),
                None => self.pages.get_mut(&id).unwrap().standing = Standing::Voided,
            }
        }
        Some(ids)
    }

    /// Somebody signs in; only the same clerk's steps stay.
    pub(crate) fn signs_in(&mut self, clerk: &ClerkId) {
        if self.owner.as_ref() != Some(clerk) {
            self.steps.clear();
            self.owner = Some(clerk.clone());
        }
    }

    /// The program ended: nothing can be taken back. The steady clock shows so much less than it
    /// did, when the machine started anew; nobody stayed shorter for that.
    pub(crate) fn restarts(&mut self, steady_less_ms: i64) {
        self.steps.clear();
        self.owner = None;
        for page in self.pages.values_mut().filter(|page| page.standing == Standing::Open) {
            page.since_ms -= steady_less_ms;
        }
    }
}
