//! Visits as the floor shows them.

use super::small;
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
    Voided,
}

impl From<model::VisitState> for VisitState {
    fn from(state: model::VisitState) -> Self {
        match state {
            model::VisitState::Open => Self::Open,
            model::VisitState::Closed => Self::Closed,
            model::VisitState::Voided => Self::Voided,
        }
    }
}

/// `amount_minor` in the currency's minor unit (fen, cents).
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub(crate) struct Outcome {
    code: String,
    reasons: Vec<String>,
    amount_minor: Option<u32>,
    receipt: Option<String>,
}

impl From<model::Outcome> for Outcome {
    fn from(outcome: model::Outcome) -> Self {
        let model::Outcome { code, reasons, amount_minor, receipt } = outcome;
        Self { code, reasons, amount_minor, receipt }
    }
}

impl From<Outcome> for model::Outcome {
    fn from(outcome: Outcome) -> Self {
        let Outcome { code, reasons, amount_minor, receipt } = outcome;
        Self { code, reasons, amount_minor, receipt }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct VisitView {
    id: String,
    state: VisitState,
    /// Business day, YYYY-MM-DD.
    day: String,
    entered_ms: i64,
    left_ms: Option<i64>,
    /// Party size 1-5; 5 means five or more.
    size: u8,
    /// Clerk id.
    serving: String,
    fields: Patch,
    outcome: Option<Outcome>,
}

impl VisitView {
    pub(crate) fn of(visit: &model::Visit, calendar: &model::Calendar) -> Self {
        let closing = visit.closing();
        let entered_ms = visit.opening().map_or(0, |opening| opening.entered_ms);
        Self {
            id: visit.id().to_string(),
            state: match visit.status() {
                model::Status::Open => VisitState::Open,
                model::Status::Closed(_) => VisitState::Closed,
                model::Status::Voided => VisitState::Voided,
            },
            day: calendar.day_of(entered_ms).to_string(),
            entered_ms,
            left_ms: closing.map(|closing| closing.left_ms),
            size: visit.size(),
            serving: visit.serving().map(ToString::to_string).unwrap_or_default(),
            fields: visit.fields().map(|(field, value)| (field.to_owned(), value.into())).collect(),
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
        };
        Self { kind, visit_id: undo.visit.to_string() }
    }
}

/// What a write gives back, after its durable commit.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Change {
    visit: VisitView,
    today: Today,
    /// What the next undo would take back.
    undo: Option<Undo>,
}

impl Change {
    pub(crate) fn of(change: &core::Change, calendar: &model::Calendar) -> Self {
        Self {
            visit: VisitView::of(&change.visit, calendar),
            today: change.today.into(),
            undo: change.undo.map(Undo::from),
        }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Board {
    now_ms: i64,
    open: Vec<VisitView>,
    today: Today,
    undo: Option<Undo>,
}

impl Board {
    pub(crate) fn of(board: &core::Board, calendar: &model::Calendar) -> Self {
        Self {
            now_ms: board.now_ms,
            open: board.running.iter().map(|visit| VisitView::of(visit, calendar)).collect(),
            today: board.today.into(),
            undo: board.undo.map(Undo::from),
        }
    }
}
