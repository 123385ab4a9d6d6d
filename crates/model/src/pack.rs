//! Form packs: what a store's form asks, as data. Codes are stored, labels are shown, so the
//! language can change in the middle of a visit.

use crate::{FieldValue, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest receipt number, in characters.
const RECEIPT_CHARS_MAX: usize = 40;

/// A label in the two languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub label: Label,
    /// Further words that people say for it, in either language; for the quick line only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// How the choices of a group combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// One of them.
    Single,
    /// Any of them.
    Many,
    /// Zones in the order of visiting.
    Path,
    /// One of an ordered row.
    Scale,
}

/// One row of chips; its key is the field that it fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Field of the visit.
    pub key: String,
    /// How its choices combine.
    pub kind: GroupKind,
    /// Heading.
    pub label: Label,
    /// A quiet word beside the heading.
    pub hint: Option<Label>,
    /// How many choices stand on the form; the others are behind "more".
    pub front: u32,
    /// The chips, in their lasting order.
    pub choices: Vec<Choice>,
}

/// What an outcome asks for after its tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Money taken.
    Amount,
    /// Articles sold.
    Pieces,
    /// Receipt number.
    Receipt,
    /// Lost reasons.
    Reasons,
    /// When the visitor is to hear from the store.
    FollowUp,
}

/// One way for a visit to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OutcomeChoice {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub label: Label,
    /// Whether it is one of the big pads.
    pub pad: bool,
    /// What it asks for.
    pub asks: Vec<Ask>,
}

/// A form pack. [`crate::check_pack`] says whether it may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Trade, e.g. `apparel`.
    pub id: String,
    /// Version, rising.
    pub version: u32,
    /// Name of the trade.
    pub name: Label,
    /// Rows of the form.
    pub groups: Vec<Group>,
    /// Ways to end.
    pub outcomes: Vec<OutcomeChoice>,
    /// Lost reasons.
    pub reasons: Vec<Choice>,
    /// Whether arrivals go round among the clerks on the floor.
    #[serde(default, skip_serializing_if = "is_off")]
    pub rotation: bool,
    /// A visit that nobody touched for so many minutes is closed by rule.
    #[serde(default = "idle_close_min", skip_serializing_if = "is_usual_idle")]
    pub idle_close_min: u16,
    /// The store's plan, whose zones take the place of the path's chips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// A few simple questions that a visitor may answer, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// Words that judge a person, in either language: no note may hold them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<String>,
    /// What a visitor who wants to be contacted is shown; without it nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactForm>,
}

fn idle_close_min() -> u16 {
    90
}

// What is as usual is not written: packs of before these fields keep their bytes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_usual_idle(minutes: &u16) -> bool {
    *minutes == idle_close_min()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_off(value: &bool) -> bool {
    !value
}

/// A plan of the store. Units are its own; `width` and `height` say how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Units across.
    pub width: u16,
    /// Units down.
    pub height: u16,
    /// The zones.
    pub shapes: Vec<Shape>,
}

/// One zone on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Zone code of the path group.
    pub zone: String,
    /// Corners of its polygon, `[x, y]` from the upper left corner.
    pub points: Vec<[u16; 2]>,
}

/// A question to the visitor. It is answered by chips, so that no answer tells who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The words and the answers; its key is the field that is filled.
    pub group: Group,
    /// Asked only after a certain answer to an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<OnlyIf>,
}

/// A condition on an earlier answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OnlyIf {
    /// Key of the earlier question.
    pub key: String,
    /// Any of these answers.
    pub any_of: Vec<String>,
}

/// What stands on the screen that is turned to the visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactForm {
    /// Who uses what for what, how long, and how to take it back.
    pub notice: Notice,
    /// What the visitor may agree to, each by itself.
    pub purposes: Vec<Choice>,
    /// Region of phone numbers written without a country code, ISO 3166, e.g. `CN`.
    pub region: String,
    /// A contact is kept for so many months unless it is taken back before.
    pub keep_months: u16,
}

/// The notice, in its lasting words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Rises whenever the words change.
    pub version: u32,
    /// The words.
    pub text: Label,
}

impl Pack {
    /// The group that fills `field`, a question's among them.
    pub fn group(&self, field: &str) -> Option<&Group> {
        let asked = self.questions.iter().map(|question| &question.group);
        self.groups.iter().chain(asked).find(|group| group.key == field)
    }

    /// The group that holds the way through the store.
    pub fn path(&self) -> Option<&Group> {
        self.groups.iter().find(|group| group.kind == GroupKind::Path)
    }

    /// Whether an outcome is one of this pack, with reasons of this pack and a receipt number that
    /// is a number of a till and not a story.
    pub fn takes(&self, outcome: &Outcome) -> bool {
        let known = self.outcomes.iter().any(|choice| choice.code == outcome.code);
        let reasons = outcome.reasons.iter().all(|code| self.reasons.iter().any(|choice| choice.code == *code));
        let receipt = outcome.receipt.as_ref().is_none_or(|receipt| {
            receipt.chars().count() <= RECEIPT_CHARS_MAX && !receipt.chars().any(char::is_control)
        });
        known && reasons && is_once(&outcome.reasons) && receipt
    }
}

impl Group {
    /// Whether `value` may stand in this group's field.
    pub fn takes(&self, value: &FieldValue) -> bool {
        let has = |code: &str| self.choices.iter().any(|choice| choice.code == code);
        match (self.kind, value) {
            (_, FieldValue::Nothing) => true,
            (GroupKind::Single | GroupKind::Scale, FieldValue::Text(code)) => has(code),
            (GroupKind::Many, FieldValue::List(codes)) => codes.iter().all(|code| has(code)) && is_once(codes),
            (GroupKind::Path, FieldValue::Path(steps)) => steps.iter().all(|step| has(&step.zone)),
            // An empty list has no form of its own in JSON.
            (GroupKind::Many, FieldValue::Path(steps)) => steps.is_empty(),
            (GroupKind::Path, FieldValue::List(codes)) => codes.is_empty(),
            _ => false,
        }
    }
}

/// Whether no code comes twice; so a list is never longer than the pack's.
fn is_once(codes: &[String]) -> bool {
    let distinct: BTreeSet<&String> = codes.iter().collect();
    distinct.len() == codes.len()
}
