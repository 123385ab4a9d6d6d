//! Visits as the floor shows them.

use super::{Item, small};
use floorbook_core as core;
use floorbook_model as model;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub(crate) struct Step {
    zone: String,
    at_ms: i64,
}

/// single, scale, note: string. many: string[]. path: Step[]. null clears the field.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(untagged)]
pub(crate) enum FieldValue {
    Nothing,
    Text(String),
    Path(Vec<Step>),
    Codes(Vec<String>),
}

impl From<&model::FieldValue> for FieldValue {
    fn from(value: &model::FieldValue) -> Self {
        match value {
            model::FieldValue::Nothing => Self::Nothing,
            model::FieldValue::Text(text) => Self::Text(text.clone()),
            model::FieldValue::List(codes) => Self::Codes(codes.clone()),
            model::FieldValue::Path(steps) => {
                Self::Path(steps.iter().map(|step| Step { zone: step.zone.clone(), at_ms: step.at_ms }).collect())
            }
        }
    }
}

impl From<FieldValue> for model::FieldValue {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::Nothing => Self::Nothing,
            FieldValue::Text(text) => Self::Text(text),
            FieldValue::Codes(codes) => Self::List(codes),
            FieldValue::Path(steps) => {
                Self::Path(steps.into_iter().map(|step| model::Step { zone: step.zone, at_ms: step.at_ms }).collect())
            }
        }
    }
}

pub(crate) type Patch = BTreeMap<String, FieldValue>;

pub(crate) fn read_patch(patch: Patch) -> model::Patch {
    patch.into_iter().map(|(field, value)| (field, value.into())).collect()
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VisitState {
    Open,
    Closed,
    Merged,
    Voided,
}

impl From<model::VisitState> for VisitState {
    fn from(state: model::VisitState) -> Self {
        match state {
            model::VisitState::Open => Self::Open,
            model::VisitState::Closed => Self::Closed,
            model::VisitState::Merged => Self::Merged,
            model::VisitState::Voided => Self::Voided,
        }
    }
}

/// `amount_minor` in the currency's minor unit (fen, cents); `follow_up` is YYYY-MM-DD.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub(crate) struct Outcome {
    code: String,
    reasons: Vec<String>,
    amount_minor: Option<u32>,
    pieces: Option<u16>,
    receipt: Option<String>,
    follow_up: Option<String>,
}

impl From<model::Outcome> for Outcome {
    fn from(outcome: model::Outcome) -> Self {
        let model::Outcome { code, reasons, amount_minor, receipt, pieces, follow_up } = outcome;
        Self { code, reasons, amount_minor, receipt, pieces, follow_up: follow_up.map(|day| day.to_string()) }
    }
}

/// Reads an outcome back; `None` when its day is none.
pub(crate) fn read_outcome(outcome: Outcome) -> Option<model::Outcome> {
    let Outcome { code, reasons, amount_minor, pieces, receipt, follow_up } = outcome;
    let follow_up = match follow_up {
        Some(day) => Some(model::BusinessDay::parse(&day)?),
        None => None,
    };
    Some(model::Outcome { code, reasons, amount_minor, receipt, pieces, follow_up })
}

/// Where the times of a closed visit come from: seen, set by hand, or guessed by rule.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DwellSource {
    Observed,
    Adjusted,
    Estimated,
}

impl From<model::DwellSource> for DwellSource {
    fn from(source: model::DwellSource) -> Self {
        match source {
            model::DwellSource::Observed => Self::Observed,
            model::DwellSource::Adjusted => Self::Adjusted,
            model::DwellSource::Estimated => Self::Estimated,
        }
    }
}

/// The last hand-over, to whoever serves now.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Handed {
    from: String,
    note: Option<String>,
    at_ms: i64,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct VisitView {
    id: String,
    state: VisitState,
    /// Business day, YYYY-MM-DD.
    day: String,
    entered_ms: i64,
    left_ms: Option<i64>,
    /// When the party came in, on the steady clock: the time in the store is the steady clock minus this.
    since_steady_ms: i64,
    dwell_source: Option<DwellSource>,
    /// Party size 1-5; 5 means five or more.
    size: u8,
    /// Clerk id.
    serving: String,
    handed: Option<Handed>,
    /// Counted, to be described later.
    later: bool,
    /// The earlier visit of the same visitor.
    earlier: Option<String>,
    corrected: bool,
    /// Whether somebody of the party left a contact.
    has_contact: bool,
    fields: Patch,
    items: Vec<Item>,
    outcome: Option<Outcome>,
}

impl VisitView {
    pub(crate) fn of(card: &core::Card, calendar: &model::Calendar) -> Self {
        let visit = &card.visit;
        let closing = visit.closing();
        let entered_ms = visit.entered_ms().unwrap_or(0);
        Self {
            id: visit.id().to_string(),
            state: model::VisitState::from(visit.status()).into(),
            day: calendar.day_of(entered_ms).to_string(),
            entered_ms,
            left_ms: closing.map(|closing| closing.left_ms),
            since_steady_ms: card.since_steady_ms,
            dwell_source: visit.dwell_source().map(DwellSource::from),
            size: visit.size(),
            serving: visit.serving().map(ToString::to_string).unwrap_or_default(),
            handed: visit.handed().map(|handed| Handed {
                from: handed.over.from.to_string(),
                note: handed.over.note.clone(),
                at_ms: handed.at_ms,
            }),
            later: visit.waits_for_words(),
            earlier: visit.earlier().map(|earlier| earlier.to_string()),
            corrected: visit.corrected().is_some(),
            has_contact: !visit.contacts().is_empty(),
            fields: visit.fields().map(|(field, value)| (field.to_owned(), value.into())).collect(),
            items: card.items.iter().cloned().map(Item::from).collect(),
            outcome: closing.map(|closing| closing.outcome.clone().into()),
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
pub(crate) struct Today {
    parties: u32,
    bought: u32,
}

impl From<core::Today> for Today {
    fn from(today: core::Today) -> Self {
        Self { parties: small(today.parties), bought: small(today.bought) }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UndoKind {
    Arrival,
    Tap,
    Outcome,
    HandOver,
    Split,
    Merge,
    Time,
    Earlier,
    Correction,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Undo {
    kind: UndoKind,
    visit_id: String,
}

impl From<core::Undo> for Undo {
    fn from(undo: core::Undo) -> Self {
        let kind = match undo.kind {
            core::UndoKind::Arrival => UndoKind::Arrival,
            core::UndoKind::Tap => UndoKind::Tap,
            core::UndoKind::Outcome => UndoKind::Outcome,
            core::UndoKind::HandOver => UndoKind::HandOver,
            core::UndoKind::Split => UndoKind::Split,
            core::UndoKind::Merge => UndoKind::Merge,
            core::UndoKind::Time => UndoKind::Time,
            core::UndoKind::Earlier => UndoKind::Earlier,
            core::UndoKind::Correction => UndoKind::Correction,
        };
        Self { kind, visit_id: undo.visit.to_string() }
    }
}

/// Why a closed visit is put right.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CorrectionReason {
    Mistap,
    LateNews,
    Time,
    Other,
}

/// How a closed visit is put right; what is null stays as it is.
#[derive(Clone, Debug, Deserialize, Type)]
pub(crate) struct Correction {
    patch: Patch,
    outcome: Option<Outcome>,
    entered_ms: Option<i64>,
    left_ms: Option<i64>,
    reason: CorrectionReason,
}

/// Reads a correction; `None` when its outcome cannot be read.
pub(crate) fn read_correction(correction: Correction) -> Option<core::Correcting> {
    let Correction { patch, outcome, entered_ms, left_ms, reason } = correction;
    let outcome = match outcome {
        Some(outcome) => Some(read_outcome(outcome)?),
        None => None,
    };
    let reason = match reason {
        CorrectionReason::Mistap => model::CorrectionReason::Mistap,
        CorrectionReason::LateNews => model::CorrectionReason::LateNews,
        CorrectionReason::Time => model::CorrectionReason::Time,
        CorrectionReason::Other => model::CorrectionReason::Other,
    };
    Some(core::Correcting { patch: read_patch(patch), outcome, entered_ms, left_ms, reason })
}

/// What a write gives back, after its durable commit.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Change {
    visit: VisitView,
    /// Other visits that changed with it.
    also: Vec<VisitView>,
    today: Today,
    /// What the next undo would take back.
    undo: Option<Undo>,
    /// The shell's steady clock.
    steady_ms: u64,
    /// Clerk ids, next one first; null where arrivals do not go round.
    lineup: Option<Vec<String>>,
}

impl Change {
    pub(crate) fn of(change: &core::Change, calendar: &model::Calendar) -> Self {
        Self {
            visit: VisitView::of(&change.visit, calendar),
            also: change.also.iter().map(|card| VisitView::of(card, calendar)).collect(),
            today: change.today.into(),
            undo: change.undo.map(Undo::from),
            steady_ms: change.steady_ms,
            lineup: names(change.lineup.as_ref()),
        }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Board {
    now_ms: i64,
    /// The shell's steady clock.
    steady_ms: u64,
    open: Vec<VisitView>,
    today: Today,
    undo: Option<Undo>,
    /// Clerk ids, next one first; null where arrivals do not go round.
    lineup: Option<Vec<String>>,
}

impl Board {
    pub(crate) fn of(board: &core::Board, calendar: &model::Calendar) -> Self {
        Self {
            now_ms: board.now_ms,
            steady_ms: board.steady_ms,
            open: board.running.iter().map(|card| VisitView::of(card, calendar)).collect(),
            today: board.today.into(),
            undo: board.undo.map(Undo::from),
            lineup: names(board.lineup.as_ref()),
        }
    }
}

fn names(lineup: Option<&Vec<model::ClerkId>>) -> Option<Vec<String>> {
    lineup.map(|lineup| lineup.iter().map(ToString::to_string).collect())
}
