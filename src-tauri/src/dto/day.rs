//! A day as the log shows it.

use super::small;
use super::visit::{DwellSource, Outcome, VisitState};
use floorbook_core as core;
use floorbook_model as model;
use serde::Serialize;
use specta::Type;

#[derive(Clone, Copy, Debug, Serialize, Type)]
pub(crate) struct HourFigure {
    hour: u8,
    parties: u32,
    bought: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct CodeCount {
    code: String,
    count: u32,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Figures {
    parties: u32,
    people: u32,
    open: u32,
    bought: u32,
    amount_minor: i64,
    /// Mean of closed visits, seconds; null when none is closed.
    dwell_mean_s: Option<u32>,
    /// Interest 3 or 4 and left without buying.
    keen_lost: u32,
    /// Closed by rule, and nobody has looked at them since.
    unchecked: u32,
    hours: Vec<HourFigure>,
    reasons: Vec<CodeCount>,
}

impl From<model::Figures> for Figures {
    fn from(figures: model::Figures) -> Self {
        let hour = |figure: model::HourFigure| HourFigure {
            hour: figure.hour,
            parties: small(figure.parties),
            bought: small(figure.bought),
        };
        Self {
            parties: small(figures.parties),
            people: small(figures.people),
            open: small(figures.open),
            bought: small(figures.bought),
            amount_minor: figures.amount_minor,
            dwell_mean_s: figures.dwell_mean_s.map(small),
            keen_lost: small(figures.keen_lost),
            unchecked: small(figures.unchecked),
            hours: figures.hours.into_iter().map(hour).collect(),
            reasons: figures.reasons.into_iter().map(|(code, n)| CodeCount { code, count: small(n) }).collect(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct DayRow {
    id: String,
    state: VisitState,
    entered_ms: i64,
    left_ms: Option<i64>,
    dwell_source: Option<DwellSource>,
    corrected: bool,
    /// The earlier visit of the same visitor.
    earlier: Option<String>,
    size: u8,
    serving: String,
    age: Option<String>,
    company: Option<String>,
    style: Option<String>,
    interest: Option<String>,
    attention: Vec<String>,
    gesture: Vec<String>,
    outcome: Option<Outcome>,
}

impl From<model::Brief> for DayRow {
    fn from(brief: model::Brief) -> Self {
        Self {
            id: brief.id.to_string(),
            state: brief.state.into(),
            entered_ms: brief.entered_ms,
            left_ms: brief.left_ms,
            dwell_source: brief.dwell_source.map(DwellSource::from),
            corrected: brief.corrected,
            earlier: brief.earlier.map(|earlier| earlier.to_string()),
            size: brief.size,
            serving: brief.serving.into(),
            age: brief.age,
            company: brief.company,
            style: brief.style,
            interest: brief.interest,
            attention: brief.attention,
            gesture: brief.gesture,
            outcome: brief.outcome.map(Outcome::from),
        }
    }
}

/// Newest first, at most 50 rows; `next` opens the following page.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct DayView {
    day: String,
    is_today: bool,
    previous: Option<String>,
    following: Option<String>,
    figures: Figures,
    rows: Vec<DayRow>,
    next: Option<String>,
}

impl From<core::Day> for DayView {
    fn from(day: core::Day) -> Self {
        Self {
            day: day.day.to_string(),
            is_today: day.is_today,
            previous: day.previous.map(|day| day.to_string()),
            following: day.following.map(|day| day.to_string()),
            figures: day.figures.into(),
            rows: day.page.briefs.into_iter().map(DayRow::from).collect(),
            next: day.page.next.map(|(entered_ms, id)| format!("{entered_ms}/{id}")),
        }
    }
}

/// Reads back a `next`.
pub(crate) fn read_cursor(text: &str) -> Option<(i64, model::VisitId)> {
    let (entered_ms, id) = text.split_once('/')?;
    Some((entered_ms.parse().ok()?, id.parse().ok()?))
}
