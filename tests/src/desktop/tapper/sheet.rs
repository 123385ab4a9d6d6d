//! What the notebook says of one visit.

use super::log::{Amend, Chip};
use crate::notebook::Page;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Closed,
    Merged,
    Voided,
}

/// What ended a visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ending {
    pub(super) outcome: String,
    pub(super) reasons: Vec<String>,
    pub(super) amount_minor: Option<i64>,
    pub(super) receipt: Option<String>,
    pub(super) pieces: Option<i64>,
    pub(super) follow_up: bool,
}

/// One visit. Times are those of the clerk's own steady clock, in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sheet {
    pub(super) standing: Standing,
    pub(super) size: u8,
    pub(super) serving: String,
    /// Codes of each group in their order; the words of the note.
    pub(super) fields: BTreeMap<String, Vec<String>>,
    /// Two ways became one: in which order is a matter of the wall clock, and not looked at any more.
    pub(super) way_joined: bool,
    pub(super) entered_ms: i64,
    pub(super) left_ms: Option<i64>,
    pub(super) by_hand: bool,
    pub(super) ending: Ending,
}

impl Page for Sheet {
    fn strike_out(&mut self) {
        self.standing = Standing::Voided;
    }
}

/// The kind of each group of the form: single, scale, many or path.
#[derive(Clone, Debug)]
pub(super) struct Kinds(BTreeMap<String, String>);

impl Kinds {
    /// Those of the apparel pack, which the store of the clerk uses.
    pub(super) fn of_apparel() -> Result<Self> {
        let pack: Value = serde_json::from_str(include_str!("../../../../assets/packs/apparel.json"))?;
        let groups = pack.get("groups").and_then(Value::as_array).context("a pack without groups")?;
        let kind =
            |group: &Value| Some((group.get("key")?.as_str()?.to_owned(), group.get("kind")?.as_str()?.to_owned()));
        Ok(Self(groups.iter().filter_map(kind).collect()))
    }

    pub(super) fn by_group(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.0.get(group).is_some_and(|other| other == kind)
    }
}

impl Sheet {
    pub(super) fn opened(size: u8, serving: &str, entered_ms: i64) -> Self {
        Self {
            standing: Standing::Open,
            size,
            serving: serving.to_owned(),
            fields: BTreeMap::new(),
            way_joined: false,
            entered_ms,
            left_ms: None,
            by_hand: false,
            ending: Ending::default(),
        }
    }

    pub(super) fn codes(&self, group: &str) -> &[String] {
        self.fields.get(group).map_or(&[], Vec::as_slice)
    }

    pub(super) fn shows(&self, group: &str, code: &str) -> bool {
        self.codes(group).iter().any(|other| other == code)
    }

    /// Whether nobody can tell any more what this group has to be.
    pub(super) fn is_doubtful(&self, kinds: &Kinds, group: &str) -> bool {
        self.way_joined && kinds.is(group, "path")
    }

    pub(super) fn tap(&mut self, kinds: &Kinds, chip: &Chip) {
        let (group, code) = (&chip.group, &chip.code);
        let codes = self.fields.entry(group.clone()).or_default();
        if kinds.is(group, "path") {
            let ends_there = codes.last() == Some(code);
            if ends_there && (chip.on || chip.again) { drop(codes.pop()) } else { codes.push(code.clone()) }
        } else {
            let single = !kinds.is(group, "many");
            codes.retain(|other| !single && other != code);
            if !chip.on {
                codes.push(code.clone());
            }
        }
        self.fields.retain(|_, codes| !codes.is_empty());
    }

    pub(super) fn note(&mut self, text: &str) {
        self.fields.insert("note".to_owned(), vec![text.to_owned()]);
    }

    pub(super) fn close(&mut self, outcome: &str, reasons: &[String], at_ms: i64) {
        self.standing = Standing::Closed;
        self.left_ms = Some(at_ms.max(self.entered_ms));
        self.ending = Ending { outcome: outcome.to_owned(), reasons: reasons.to_vec(), ..Ending::default() };
    }

    pub(super) fn amend(&mut self, amend: &Amend) -> Result<()> {
        let code = amend.code.clone();
        match amend.what.as_str() {
            "pieces" if amend.on => self.ending.pieces = None,
            "pieces" => self.ending.pieces = Some(code.parse()?),
            "amount" => self.ending.amount_minor = Some(code.parse::<i64>()? * 100),
            "receipt" => self.ending.receipt = Some(code),
            "follow" => self.ending.follow_up = !amend.on,
            "reason" => {
                self.ending.reasons.retain(|other| *other != code);
                if !amend.on {
                    self.ending.reasons.push(code);
                }
            }
            other => bail!("the strip has no {other}"),
        }
        Ok(())
    }

    /// Came in at another time; never in the future.
    pub(super) fn shift_entered(&mut self, by_ms: i64, now_ms: i64) {
        self.entered_ms = (self.entered_ms + by_ms).min(now_ms);
        self.by_hand = true;
    }

    /// Left at another time; neither in the future nor before coming in.
    pub(super) fn shift_left(&mut self, by_ms: i64, now_ms: i64) {
        self.left_ms = self.left_ms.map(|left_ms| (left_ms + by_ms).min(now_ms).max(self.entered_ms));
        self.by_hand = true;
    }

    /// Takes over what another card says that was the same party.
    pub(super) fn merge(&mut self, gone: &Self, kinds: &Kinds) {
        self.size = (self.size + gone.size).min(5);
        for (group, theirs) in &gone.fields {
            let Some(ours) = self.fields.get_mut(group) else {
                self.fields.insert(group.clone(), theirs.clone());
                continue;
            };
            if kinds.is(group, "many") {
                let new: Vec<String> = theirs.iter().filter(|code| !ours.contains(code)).cloned().collect();
                ours.extend(new);
            } else if kinds.is(group, "path") {
                self.way_joined = true;
            } else if group == "note" && ours != theirs {
                *ours = vec![format!("{}\n{}", ours.concat(), theirs.concat())];
            }
        }
        self.way_joined |= gone.way_joined;
    }
}
