//! The columns of an export. Their names and order are a promise to whoever reads the files: new
//! ones are added at the end.

use super::source::Told;
use chrono::{DateTime, Datelike, SecondsFormat};
use chrono_tz::Tz;
use floorbook_model::{Closing, CorrectionReason, DwellSource, FieldValue, Opening, SIZE, Status, Visit};
use std::borrow::Cow;

/// Their names, in order.
pub(super) const COLUMNS: [&str; 43] = [
    "visit",
    "store",
    "device",
    "day",
    "entered",
    "left",
    "dwell_s",
    "dwell_source",
    "state",
    "size",
    "age",
    "company",
    "for",
    "style",
    "colour",
    "garments",
    "shoes",
    "accessories",
    "zones",
    "attention",
    "gesture",
    "interest",
    "source",
    "occasion",
    "need",
    "outcome",
    "reasons",
    "amount_minor",
    "currency",
    "receipt",
    "clerk",
    "note",
    "pack",
    "pack_version",
    "items",
    "pieces",
    "follow_up",
    "earlier",
    "handed_from",
    "corrected",
    "merged_into",
    "answers",
    "contact",
];

/// One value. Absent values are empty in CSV and `null` in JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(i64),
}

/// One visit, ready to be written.
pub(super) struct Line<'a> {
    told: &'a Told,
    opening: &'a Opening,
    entered_ms: i64,
}

impl<'a> Line<'a> {
    /// `None` while the opening of the visit is not known.
    pub(super) fn of(told: &'a Told) -> Option<Self> {
        Some(Self { told, opening: told.visit.opening()?, entered_ms: told.visit.entered_ms()? })
    }

    /// Its values by column.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&'static str, Cell<'a>)> {
        COLUMNS.iter().map(|column| (*column, self.cell(column)))
    }

    /// Its fields that have no column.
    pub(super) fn other_fields(&self) -> impl Iterator<Item = (&'a str, &'a FieldValue)> {
        self.told.visit.fields().filter(|(field, _)| *field != SIZE && !COLUMNS.contains(field))
    }

    /// What a visitor answered, by question: `use=work matters=battery`.
    fn answers(&self) -> String {
        let answered = self.other_fields().map(|(key, value)| match value {
            FieldValue::List(codes) => format!("{key}={}", codes.join(";")),
            FieldValue::Text(code) => format!("{key}={code}"),
            FieldValue::Path(_) | FieldValue::Nothing => String::new(),
        });
        answered.filter(|answer| !answer.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn cell(&self, column: &str) -> Cell<'a> {
        let (visit, place, opening) = (&self.told.visit, &self.told.place, self.opening);
        let closing = visit.closing();
        match column {
            "visit" => text(visit.id().to_string()),
            "store" => text(place.store.as_str()),
            "device" => self.told.device().map_or(Cell::Nothing, |device| text(device.to_string())),
            "day" => text(place.calendar.day_of(self.entered_ms).to_string()),
            "entered" => local_time(self.entered_ms, place.zone),
            "left" => closing.map_or(Cell::Nothing, |closing| local_time(closing.left_ms, place.zone)),
            "dwell_s" => closing.map_or(Cell::Nothing, |closing| Cell::Number(dwell_s(self.entered_ms, closing))),
            "dwell_source" => visit.dwell_source().map_or(Cell::Nothing, |source| text(source_name(source))),
            "state" => text(state_name(visit.status())),
            "size" => Cell::Number(i64::from(visit.size())),
            "outcome" => closing.map_or(Cell::Nothing, |closing| text(&*closing.outcome.code)),
            "reasons" => closing.map_or(Cell::Nothing, |closing| joined(&closing.outcome.reasons)),
            "amount_minor" => amount(closing),
            "currency" => match amount(closing) {
                Cell::Number(_) => text(&*place.currency),
                _ => Cell::Nothing,
            },
            "receipt" => closing.and_then(|closing| closing.outcome.receipt.as_deref()).map_or(Cell::Nothing, text),
            "clerk" => visit.serving().map_or(Cell::Nothing, |clerk| text(clerk.as_str())),
            "pack" => text(&*opening.pack.id),
            "pack_version" => Cell::Number(i64::from(opening.pack.version)),
            "answers" => text_or_nothing(self.answers()),
            field => since_the_floor(visit, field).unwrap_or_else(|| field_cell(visit, field)),
        }
    }
}

/// The columns of what happens between arrival and end, and afterwards.
fn since_the_floor<'a>(visit: &'a Visit, column: &str) -> Option<Cell<'a>> {
    let outcome = visit.closing().map(|closing| &closing.outcome);
    let cell = match column {
        "pieces" => outcome.and_then(|outcome| outcome.pieces).map(|pieces| Cell::Number(i64::from(pieces))),
        "follow_up" => outcome.and_then(|outcome| outcome.follow_up).map(|day| text(day.to_string())),
        "earlier" => visit.earlier().map(|earlier| text(earlier.to_string())),
        "handed_from" => visit.handed().map(|handed| text(handed.over.from.as_str())),
        "corrected" => visit.corrected().map(|reason| text(reason_name(reason))),
        "merged_into" => match visit.status() {
            Status::Merged(into) => Some(text(into.to_string())),
            _ => None,
        },
        "contact" => (!visit.contacts().is_empty()).then(|| text("yes")),
        _ => return None,
    };
    Some(cell.unwrap_or(Cell::Nothing))
}

/// A field of the form: several codes as `a;b`, a way through the store as `a>b`.
fn field_cell<'a>(visit: &'a Visit, field: &str) -> Cell<'a> {
    match visit.field(field) {
        Some(FieldValue::Text(value)) => text(value.as_str()),
        Some(FieldValue::List(codes)) => joined(codes),
        Some(FieldValue::Path(steps)) if !steps.is_empty() => {
            let zones: Vec<&str> = steps.iter().map(|step| step.zone.as_str()).collect();
            text(zones.join(">"))
        }
        Some(FieldValue::Path(_) | FieldValue::Nothing) | None => Cell::Nothing,
    }
}

fn text<'a>(value: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Text(value.into())
}

fn text_or_nothing(value: String) -> Cell<'static> {
    if value.is_empty() { Cell::Nothing } else { text(value) }
}

fn joined(codes: &[String]) -> Cell<'_> {
    if codes.is_empty() { Cell::Nothing } else { text(codes.join(";")) }
}

fn amount(closing: Option<&Closing>) -> Cell<'static> {
    let amount = closing.and_then(|closing| closing.outcome.amount_minor);
    amount.map_or(Cell::Nothing, |amount| Cell::Number(i64::from(amount)))
}

/// RFC 3339, local time of the store with its offset. A time off the four-digit years has no such
/// form.
fn local_time(wall_ms: i64, zone: Tz) -> Cell<'static> {
    let instant = DateTime::from_timestamp_millis(wall_ms).filter(|at| (1..=9998).contains(&at.year()));
    instant.map_or(Cell::Nothing, |at| text(at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)))
}

/// A clock that fell back gives zero.
fn dwell_s(entered_ms: i64, closing: &Closing) -> i64 {
    closing.left_ms.saturating_sub(entered_ms).max(0) / 1_000
}

fn reason_name(reason: CorrectionReason) -> &'static str {
    match reason {
        CorrectionReason::Mistap => "mistap",
        CorrectionReason::LateNews => "late_news",
        CorrectionReason::Time => "time",
        CorrectionReason::Other => "other",
    }
}

fn source_name(source: DwellSource) -> &'static str {
    match source {
        DwellSource::Observed => "observed",
        DwellSource::Adjusted => "adjusted",
        DwellSource::Estimated => "estimated",
    }
}

fn state_name(status: &Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Closed(_) => "closed",
        Status::Merged(_) => "merged",
        Status::Voided => "voided",
    }
}
