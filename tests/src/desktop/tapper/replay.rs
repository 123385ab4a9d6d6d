//! The log of the page's clerk, written into a notebook.

use super::log::{Act, Chip, Entry};
use super::sheet::{Kinds, Sheet, Standing};
use crate::notebook::Notebook;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;

/// A notebook, and what has to be known to write in it.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    pub(super) notebook: Notebook<String, Sheet>,
    pub(super) kinds: Kinds,
    /// Who is signed in.
    pub(super) me: String,
    /// Refused by the product and rightly so: the codes of the errors that may show.
    pub(super) refused: BTreeSet<&'static str>,
    pub(super) refusals: usize,
}

/// A long note is not joined with another one.
const NOTE_MAX: usize = 500;

impl Replay {
    pub(super) fn new(kinds: Kinds, me: &str) -> Self {
        let mut notebook = Notebook::default();
        notebook.signs_in(me);
        Self { notebook, kinds, me: me.to_owned(), refused: BTreeSet::new(), refusals: 0 }
    }

    pub(super) fn signs_in(&mut self, who: &str) {
        who.clone_into(&mut self.me);
        self.notebook.signs_in(who);
    }

    pub(super) fn standing(&self, standing: Standing) -> Vec<&String> {
        self.notebook.pages.iter().filter(|(_, sheet)| sheet.standing == standing).map(|(id, _)| id).collect()
    }

    /// Writes one act; `ahead_ms` is what the page's clock lacks to ours. Gives whether it hands in a write.
    pub(super) fn write(&mut self, entry: &Entry, ahead_ms: i64) -> Result<bool> {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a page's life")]
        let at_ms = entry.at as i64 + ahead_ms;
        match &entry.act {
            Act::Look { .. } => return Ok(false),
            Act::Lost { what } => bail!("a tap did not show: {what}"),
            Act::Undo => return Ok(self.undo()),
            Act::Arrive { visit, size } => self.arrive(visit, *size, at_ms)?,
            Act::Chip(chip) => self.chip(chip)?,
            Act::Close { visit, outcome, reasons } => {
                self.change(visit, |sheet| sheet.close(outcome, reasons, at_ms))?;
            }
            Act::Shift { visit, by } => self.change(visit, |sheet| sheet.shift_entered(*by, at_ms))?,
            Act::Note { visit, text } => self.change(visit, |sheet| sheet.note(text))?,
            Act::Hand { visit, to } => self.change(visit, |sheet| to.clone_into(&mut sheet.serving))?,
            Act::Left { visit, by } => self.after(visit, |sheet| {
                sheet.shift_left(*by, at_ms);
                Ok(())
            })?,
            Act::Amend(amend) => self.after(&amend.visit, |sheet| sheet.amend(amend))?,
            Act::Split { visit, size, part } => self.split(visit, *size, part.as_ref())?,
            Act::Merge { visit, gone } => self.merge(visit, gone)?,
        }
        Ok(true)
    }

    fn undo(&mut self) -> bool {
        if self.notebook.undo().is_none() {
            self.refuse("nothing_to_undo");
            return false;
        }
        true
    }

    fn refuse(&mut self, code: &'static str) {
        self.refused.insert(code);
        self.refusals += 1;
    }

    fn arrive(&mut self, visit: &String, size: u8, at_ms: i64) -> Result<()> {
        ensure!(!self.notebook.pages.contains_key(visit), "{visit} has come twice");
        let sheet = Sheet::opened(size, &self.me, at_ms);
        self.notebook.step(std::slice::from_ref(visit), |pages| drop(pages.insert(visit.clone(), sheet)));
        Ok(())
    }

    fn chip(&mut self, chip: &Chip) -> Result<()> {
        let sheet = self.notebook.pages.get(&chip.visit).context("a chip of an unknown visit")?;
        let doubtful = chip.again || !chip.clear || sheet.standing != Standing::Open;
        if !doubtful && !sheet.is_doubtful(&self.kinds, &chip.group) {
            let is_on = sheet.shows(&chip.group, &chip.code);
            ensure!(is_on == chip.on, "{chip:?} showed what is not so; the notebook says {sheet:?}");
        }
        let kinds = self.kinds.clone();
        self.change(&chip.visit, |sheet| sheet.tap(&kinds, chip))
    }

    /// Of a visit that runs; whatever is said of another one is refused.
    fn change(&mut self, visit: &String, change: impl FnOnce(&mut Sheet)) -> Result<()> {
        let sheet = self.notebook.pages.get(visit).with_context(|| format!("{visit} is not known"))?;
        if sheet.standing != Standing::Open {
            self.refuse("visit_not_open");
            return Ok(());
        }
        self.notebook.step(std::slice::from_ref(visit), |pages| {
            if let Some(sheet) = pages.get_mut(visit) {
                change(sheet);
            }
        });
        Ok(())
    }

    /// Of a visit that has been closed.
    fn after(&mut self, visit: &String, change: impl FnOnce(&mut Sheet) -> Result<()>) -> Result<()> {
        let sheet = self.notebook.pages.get(visit).with_context(|| format!("{visit} is not known"))?;
        ensure!(sheet.standing == Standing::Closed, "the strip stands for {visit}, which is not closed");
        let mut done = Ok(());
        self.notebook.step(std::slice::from_ref(visit), |pages| {
            done = pages.get_mut(visit).map_or(Ok(()), change);
        });
        done
    }

    fn split(&mut self, visit: &String, size: u8, part: Option<&String>) -> Result<()> {
        let part = part.context("nobody came of a split")?;
        let whole = self.notebook.pages.get(visit).with_context(|| format!("{visit} is not known"))?.clone();
        ensure!(whole.size == 5 || size < whole.size, "{size} of {} left", whole.size);
        let other = Sheet::opened(size, &whole.serving, whole.entered_ms);
        self.notebook.step(&[visit.clone(), part.clone()], |pages| {
            pages.insert(part.clone(), other);
            let left = if whole.size == 5 { 5 } else { whole.size - size };
            pages.get_mut(visit).into_iter().for_each(|sheet| sheet.size = left);
        });
        Ok(())
    }

    fn merge(&mut self, visit: &String, gone: &String) -> Result<()> {
        let kinds = self.kinds.clone();
        let leaving = self.notebook.pages.get(gone).with_context(|| format!("{gone} is not known"))?.clone();
        ensure!(leaving.standing == Standing::Open, "{gone} was offered and does not run");
        self.notebook.step(&[visit.clone(), gone.clone()], |pages| {
            pages.get_mut(gone).into_iter().for_each(|sheet| sheet.standing = Standing::Merged);
            let Some(sheet) = pages.get_mut(visit) else { return };
            let before = sheet.codes("note").to_vec();
            sheet.merge(&leaving, &kinds);
            if sheet.codes("note").concat().chars().count() > NOTE_MAX {
                sheet.fields.insert("note".to_owned(), before);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn replayed(acts: &[Value]) -> Replay {
        let mut replay = Replay::new(Kinds::of_apparel().unwrap(), "c01");
        for act in acts {
            let entry: Entry = serde_json::from_value(act.clone()).unwrap();
            replay.write(&entry, 0).unwrap();
        }
        replay
    }

    fn arrives(visit: &str) -> Value {
        json!({ "at": 1_000.0, "act": "arrive", "visit": visit, "size": 2 })
    }

    fn chip(group: &str, code: &str, on: bool) -> Value {
        json!({ "at": 2_000.0, "act": "chip", "visit": "v", "group": group, "code": code, "on": on, "clear": true })
    }

    #[test]
    fn each_kind_of_group_is_tapped_in_its_own_way() {
        let taps = [("age", "a20", false), ("age", "a35", false), ("gesture", "try", false), ("gesture", "ask", false)];
        let way = [("zones", "door", false), ("zones", "fit", false), ("zones", "door", true), ("zones", "door", true)];
        let mut acts = vec![arrives("v")];
        acts.extend(taps.iter().chain(&way).map(|(group, code, on)| chip(group, code, *on)));
        acts.push(chip("gesture", "try", true));
        let sheet = &replayed(&acts).notebook.pages["v"];
        assert_eq!(sheet.codes("age"), ["a35"], "one code");
        assert_eq!(sheet.codes("gesture"), ["ask"], "several");
        assert_eq!(sheet.codes("zones"), ["door", "fit"], "a stop again, and that one taken away");
    }

    #[test]
    fn what_is_said_of_a_card_that_was_taken_back_is_refused() {
        let undo = json!({ "at": 2_000.0, "act": "undo" });
        let replay = replayed(&[arrives("v"), undo.clone(), chip("age", "a20", false), undo]);
        assert_eq!(replay.notebook.pages["v"].standing, Standing::Voided);
        assert_eq!(replay.refused.iter().copied().collect::<Vec<_>>(), ["nothing_to_undo", "visit_not_open"]);
    }

    #[test]
    fn a_chip_that_showed_what_was_not_so_is_found() {
        let mut replay = replayed(&[arrives("v"), chip("age", "a20", false)]);
        let entry: Entry = serde_json::from_value(chip("age", "a20", false)).unwrap();
        assert!(replay.write(&entry, 0).is_err(), "a tap was lost");
    }
}
