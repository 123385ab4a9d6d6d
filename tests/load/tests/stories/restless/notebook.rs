//! The pages of a restless clerk's notebook.

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

impl floorbook_tests::notebook::Page for Page {
    fn strike_out(&mut self) {
        self.standing = Standing::Voided;
    }
}

pub(crate) type Notebook = floorbook_tests::notebook::Notebook<VisitId, Page>;

/// The visits that stand so.
pub(crate) fn standing(notebook: &Notebook, standing: Standing) -> Vec<VisitId> {
    notebook.pages.iter().filter(|(_, page)| page.standing == standing).map(|(id, _)| *id).collect()
}

/// The program ended. The steady clock shows so much less than it did, when the machine started anew;
/// nobody stayed shorter for that.
pub(crate) fn restarts(notebook: &mut Notebook, steady_less_ms: i64) {
    notebook.restarts();
    for page in notebook.pages.values_mut().filter(|page| page.standing == Standing::Open) {
        page.since_ms -= steady_less_ms;
    }
}
