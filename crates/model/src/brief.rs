//! The row that a day list shows of a visit.

use crate::{BusinessDay, Calendar, ClerkId, DwellSource, Outcome, Status, Visit, VisitId};

/// How a visit stands, without the details of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// The party is in the store.
    Open,
    /// The party left.
    Closed,
    /// Its party is that of another card.
    Merged,
    /// There was no such visit.
    Voided,
}

impl From<&Status> for VisitState {
    fn from(status: &Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Closed(_) => Self::Closed,
            Status::Merged(_) => Self::Merged,
            Status::Voided => Self::Voided,
        }
    }
}

/// One visit in a line. Lists hold codes of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Name of the visit.
    pub id: VisitId,
    /// Business day of the arrival.
    pub day: BusinessDay,
    /// Arrival, milliseconds UTC.
    pub entered_ms: i64,
    /// Local hour of the arrival, 0-23.
    pub hour: u8,
    /// Departure, milliseconds UTC, once closed.
    pub left_ms: Option<i64>,
    /// Where the times come from, once closed.
    pub dwell_source: Option<DwellSource>,
    /// Whether it was put right later.
    pub corrected: bool,
    /// The earlier visit of the same visitor.
    pub earlier: Option<VisitId>,
    /// How it stands.
    pub state: VisitState,
    /// Party size 1-5.
    pub size: u8,
    /// Who serves.
    pub serving: ClerkId,
    /// Age band.
    pub age: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Style.
    pub style: Option<String>,
    /// Interest, `"0"` to `"4"`.
    pub interest: Option<String>,
    /// Attention.
    pub attention: Vec<String>,
    /// Gestures.
    pub gesture: Vec<String>,
    /// What came of it, once closed.
    pub outcome: Option<Outcome>,
}

impl Brief {
    /// The line of `visit`; `None` while its opening event is not known.
    pub fn of(visit: &Visit, calendar: &Calendar) -> Option<Self> {
        let entered_ms = visit.entered_ms()?;
        let text = |field| visit.text(field).map(str::to_owned);
        let list = |field| visit.codes(field).into_iter().map(str::to_owned).collect();
        Some(Self {
            id: visit.id(),
            day: calendar.day_of(entered_ms),
            entered_ms,
            hour: calendar.hour_of(entered_ms),
            left_ms: visit.closing().map(|closing| closing.left_ms),
            dwell_source: visit.dwell_source(),
            corrected: visit.corrected().is_some(),
            earlier: visit.earlier(),
            state: visit.status().into(),
            size: visit.size(),
            serving: visit.serving()?.clone(),
            age: text("age"),
            company: text("company"),
            style: text("style"),
            interest: text("interest"),
            attention: list("attention"),
            gesture: list("gesture"),
            outcome: visit.closing().map(|closing| closing.outcome.clone()),
        })
    }

    /// Time in the store, seconds; `None` while open. A clock that fell back gives zero.
    pub fn dwell_s(&self) -> Option<i64> {
        self.left_ms.map(|left_ms| left_ms.saturating_sub(self.entered_ms).max(0) / 1000)
    }
}
