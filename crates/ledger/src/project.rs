//! Projections: the line of a visit and the sums of its day, always moved together.

use crate::{LedgerError, append, circle};
use floorbook_model::{
    Brief, BusinessDay, Calendar, ClerkId, DwellSource, Outcome, Visit, VisitId, VisitState, contribution,
};
use rusqlite::types::FromSqlError;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// The columns of a line, in the order that [`read`] expects.
pub(crate) const COLUMNS: &str = "day, entered_ms, id, hour, left_ms, state, size, serving, age, company, style, \
     interest, attention, gesture, outcome, reasons, amount_minor, receipt, dwell, corrected, earlier, pieces, follow_up";

/// Folds the sealed events of a visit and brings its line and its day's sums up to date.
pub(crate) fn refresh(tx: &Connection, calendar: &Calendar, id: VisitId) -> Result<Visit, LedgerError> {
    let mut lines = Lines::of(tx, calendar)?;
    let (visit, _) = lines.place(append::folded(tx, id)?)?;
    lines.keep_sums()?;
    Ok(visit)
}

/// The lines of visits, and what the sums of their days move by.
pub(crate) struct Lines<'a> {
    tx: &'a Connection,
    calendar: &'a Calendar,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    sums: Sums,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(tx: &'a Connection, calendar: &'a Calendar) -> Result<Self, LedgerError> {
        let find = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM visits WHERE id = ?1"))?;
        let insert = tx.prepare_cached(&format!(
            "INSERT INTO visits ({COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
        ))?;
        Ok(Self { tx, calendar, find, insert, sums: Sums::default() })
    }

    /// Brings the line of a folded visit up to date, and those of the visits that stand otherwise by it. Returns
    /// the visit as it stands, and how, where it has a line.
    pub(crate) fn place(
        &mut self,
        (visit, into): (Visit, BTreeSet<VisitId>),
    ) -> Result<(Visit, Option<VisitState>), LedgerError> {
        for other in circle::touched(self.tx, visit.id(), into)? {
            self.draw(&append::sealed(self.tx, other)?)?;
        }
        let visit = circle::settled(self.tx, visit)?;
        let state = self.draw(&visit)?;
        Ok((visit, state))
    }

    fn draw(&mut self, visit: &Visit) -> Result<Option<VisitState>, LedgerError> {
        let old = self.find.query_row([visit.id().as_bytes()], read).optional()?;
        let new = Brief::of(visit, self.calendar);
        if old != new {
            if let Some(old) = &old {
                remove(self.tx, old)?;
                self.sums.add(old, -1);
            }
            if let Some(new) = &new {
                insert(&mut self.insert, new)?;
                self.sums.add(new, 1);
            }
        }
        Ok(new.map(|brief| brief.state))
    }

    /// Moves the sums of the days.
    pub(crate) fn keep_sums(self) -> Result<(), LedgerError> {
        self.sums.keep(self.tx)
    }
}

/// What the sums of days move by.
#[derive(Default)]
struct Sums(BTreeMap<BusinessDay, BTreeMap<String, i64>>);

impl Sums {
    fn add(&mut self, brief: &Brief, sign: i64) {
        let day = self.0.entry(brief.day).or_default();
        for (figure, amount) in contribution(brief) {
            *day.entry(figure).or_default() += sign * amount;
        }
    }

    fn keep(self, tx: &Connection) -> Result<(), LedgerError> {
        let mut statement = tx.prepare_cached(
            "INSERT INTO day_figures (day, figure, amount) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, figure) DO UPDATE SET amount = amount + excluded.amount",
        )?;
        for (day, figures) in self.0 {
            for (figure, amount) in figures.into_iter().filter(|(_, amount)| *amount != 0) {
                statement.execute(params![day.number(), figure, amount])?;
            }
        }
        Ok(())
    }
}

/// How a visit stands.
pub(crate) fn state(tx: &Connection, id: VisitId) -> Result<VisitState, LedgerError> {
    let state = tx
        .prepare_cached("SELECT v.state FROM visits v WHERE v.id = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0).map(read_state))
        .optional()?;
    state.ok_or(LedgerError::VisitUnknown(id))
}

/// Whether there is a visit of that name.
pub(crate) fn is_known(tx: &Connection, id: VisitId) -> Result<bool, LedgerError> {
    match state(tx, id) {
        Err(LedgerError::VisitUnknown(_)) => Ok(false),
        state => state.map(|_| true),
    }
}

fn remove(tx: &Connection, brief: &Brief) -> Result<(), LedgerError> {
    tx.prepare_cached("DELETE FROM visits WHERE day = ?1 AND entered_ms = ?2 AND id = ?3")?.execute(params![
        brief.day.number(),
        brief.entered_ms,
        brief.id.as_bytes()
    ])?;
    Ok(())
}

fn insert(line: &mut CachedStatement<'_>, brief: &Brief) -> Result<(), LedgerError> {
    let outcome = brief.outcome.as_ref();
    line.execute(params![
        brief.day.number(),
        brief.entered_ms,
        brief.id.as_bytes(),
        brief.hour,
        brief.left_ms,
        match brief.state {
            VisitState::Open => 0,
            VisitState::Closed => 1,
            VisitState::Voided => 2,
            VisitState::Merged => 3,
        },
        brief.size,
        brief.serving.as_str(),
        brief.age,
        brief.company,
        brief.style,
        brief.interest,
        brief.attention.join(","),
        brief.gesture.join(","),
        outcome.map(|outcome| &outcome.code),
        outcome.map_or_else(String::new, |outcome| outcome.reasons.join(",")),
        outcome.and_then(|outcome| outcome.amount_minor),
        outcome.and_then(|outcome| outcome.receipt.as_ref()),
        brief.dwell_source.map(dwell_name),
        brief.corrected,
        brief.earlier.as_ref().map(VisitId::as_bytes),
        outcome.and_then(|outcome| outcome.pieces),
        outcome.and_then(|outcome| outcome.follow_up).map(BusinessDay::number),
    ])?;
    Ok(())
}

/// Reads a line from a row of [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Brief> {
    let outcome: Option<String> = row.get(14)?;
    let outcome = match outcome {
        Some(code) => Some(Outcome {
            code,
            reasons: list(row, 15)?,
            amount_minor: row.get(16)?,
            receipt: row.get(17)?,
            pieces: row.get(21)?,
            follow_up: row.get::<_, Option<i32>>(22)?.map(BusinessDay::from_number),
        }),
        None => None,
    };
    Ok(Brief {
        day: BusinessDay::from_number(row.get(0)?),
        entered_ms: row.get(1)?,
        id: VisitId::from_bytes(row.get(2)?),
        hour: row.get(3)?,
        left_ms: row.get(4)?,
        dwell_source: row.get::<_, Option<String>>(18)?.as_deref().map(dwell_source),
        corrected: row.get(19)?,
        earlier: row.get::<_, Option<_>>(20)?.map(VisitId::from_bytes),
        state: read_state(row.get(5)?),
        size: row.get(6)?,
        serving: clerk(row, 7)?,
        age: row.get(8)?,
        company: row.get(9)?,
        style: row.get(10)?,
        interest: row.get(11)?,
        attention: list(row, 12)?,
        gesture: list(row, 13)?,
        outcome,
    })
}

fn read_state(state: i64) -> VisitState {
    match state {
        0 => VisitState::Open,
        1 => VisitState::Closed,
        3 => VisitState::Merged,
        _ => VisitState::Voided,
    }
}

fn dwell_name(source: DwellSource) -> &'static str {
    match source {
        DwellSource::Observed => "observed",
        DwellSource::Adjusted => "adjusted",
        DwellSource::Estimated => "estimated",
    }
}

fn dwell_source(name: &str) -> DwellSource {
    match name {
        "adjusted" => DwellSource::Adjusted,
        "estimated" => DwellSource::Estimated,
        _ => DwellSource::Observed,
    }
}

fn clerk(row: &Row<'_>, at: usize) -> rusqlite::Result<ClerkId> {
    let code: String = row.get(at)?;
    ClerkId::try_from(code).map_err(|error| FromSqlError::other(error).into())
}

fn list(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<String>> {
    let joined = row.get_ref(at)?.as_str()?;
    Ok(if joined.is_empty() { Vec::new() } else { joined.split(',').map(str::to_owned).collect() })
}
