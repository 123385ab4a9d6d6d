//! What a clerk who does everything at random knows must be true, kept the simplest way there is: a page a
//! visit, and for every step the pages as they were.
//!
//! Nothing of the product's fold, undo or time keeping is used here, or it would prove itself.

use std::collections::BTreeMap;

/// What is known of one visit.
pub trait Page: Clone {
    /// Whatever opened the visit was taken back.
    fn strike_out(&mut self);
}

/// All visits, named by `I`, and the way back.
#[derive(Clone, Debug)]
pub struct Notebook<I, P> {
    /// A page a visit.
    pub pages: BTreeMap<I, P>,
    steps: Vec<Vec<(I, Option<P>)>>,
    owner: Option<String>,
}

/// So many steps can be taken back.
const STEPS_MAX: usize = 200;

impl<I, P> Default for Notebook<I, P> {
    fn default() -> Self {
        Self { pages: BTreeMap::new(), steps: Vec::new(), owner: None }
    }
}

impl<I: Clone + Ord, P: Page> Notebook<I, P> {
    /// A step changes the pages of `ids`.
    pub fn step(&mut self, ids: &[I], change: impl FnOnce(&mut BTreeMap<I, P>)) {
        let before = ids.iter().map(|id| (id.clone(), self.pages.get(id).cloned())).collect();
        if self.steps.len() == STEPS_MAX {
            self.steps.remove(0);
        }
        self.steps.push(before);
        change(&mut self.pages);
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Takes the last step back; gives the visits it was about, or `None` when there is none.
    pub fn undo(&mut self) -> Option<Vec<I>> {
        let before = self.steps.pop()?;
        let ids = before.iter().map(|(id, _)| id.clone()).collect();
        for (id, page) in before {
            match page {
                Some(page) => drop(self.pages.insert(id, page)),
                None => self.pages.get_mut(&id).into_iter().for_each(Page::strike_out),
            }
        }
        Some(ids)
    }

    /// Somebody signs in; only the same clerk's steps stay.
    pub fn signs_in(&mut self, clerk: &str) {
        if self.owner.as_deref() != Some(clerk) {
            self.steps.clear();
            self.owner = Some(clerk.to_owned());
        }
    }

    /// The program ended: nothing can be taken back.
    pub fn restarts(&mut self) {
        self.steps.clear();
        self.owner = None;
    }
}
