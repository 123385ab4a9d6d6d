//! How long headquarters has been silent. Neither a clock that is set back nor a start makes that shorter; to
//! hear of headquarters ends it, whatever the clock showed before.

use crate::{Book, LedgerError, append, ledger};
use floorbook_model::Recorded;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::PoisonError;

/// Kept: when headquarters was last heard, milliseconds UTC of the device's clock.
const HEARD: &str = "sync.heard_ms";
/// Kept: [`Marks`], JSON.
const MARKS: &str = "sync.silence";

/// A clock that leaps ahead by more than this is believed once the device has run for as long beside it.
const LEAP_MS: i64 = 60 * 60 * 1_000;
/// A device that runs notes where its clocks are more often than this; for longer it slept.
const AWAKE_MS: u64 = 15 * 60 * 1_000;

/// What the clocks said since headquarters was last heard.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Marks {
    heard_ms: i64,
    /// The last event of this device then.
    heard_seq: u64,
    /// The latest that the wall clock showed.
    shown_ms: i64,
    /// The latest that it showed and that is believed.
    stayed_ms: i64,
    /// How long the device ran while it was much further ahead than that.
    ahead_ms: i64,
    /// How long the device ran.
    ran_ms: i64,
    /// The steady clock when this was noted.
    boot: u32,
    steady_ms: u64,
    /// What [`Marks::shown_ms`] and [`Marks::ran_ms`] were when somebody vouched for the device.
    vouched: Option<(i64, i64)>,
}

/// How long headquarters has been silent, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// By whichever clock says most.
    pub shown_ms: i64,
    /// The same without what the wall clock leapt ahead while the device ran for the last hour.
    pub sure_ms: i64,
    /// Since somebody vouched for the device; `None` where nobody has.
    pub vouched_ms: Option<i64>,
}

impl Marks {
    fn begun(now: &Recorded, heard_ms: i64, heard_seq: u64) -> Self {
        let Recorded { boot, steady_ms, .. } = *now;
        Self { heard_ms, heard_seq, shown_ms: heard_ms, stayed_ms: heard_ms, boot, steady_ms, ..Self::default() }
    }

    /// The same now; `last` is the last event of the device, with its number.
    fn moved_on(self, now: &Recorded, last: Option<(u64, i64)>) -> Self {
        let passed = if now.boot == self.boot { now.steady_ms.saturating_sub(self.steady_ms) } else { 0 };
        let passed_ms = i64::try_from(passed.min(AWAKE_MS)).unwrap_or(0);
        let logged_ms = last.filter(|(seq, _)| *seq > self.heard_seq).map(|(_, wall_ms)| wall_ms);
        let is_leap = now.wall_ms.saturating_sub(self.stayed_ms) > LEAP_MS;
        let ahead_ms = if is_leap { self.ahead_ms.saturating_add(passed_ms) } else { 0 };
        let is_believed = !is_leap || ahead_ms >= LEAP_MS;
        Self {
            shown_ms: self.shown_ms.max(now.wall_ms).max(logged_ms.unwrap_or(i64::MIN)),
            stayed_ms: if is_believed { self.stayed_ms.max(now.wall_ms) } else { self.stayed_ms },
            ahead_ms: if is_believed { 0 } else { ahead_ms },
            ran_ms: self.ran_ms.saturating_add(passed_ms),
            boot: now.boot,
            steady_ms: now.steady_ms,
            ..self
        }
    }

    /// Whether this is the same silence, later.
    fn is_further_than(&self, noted: &Self) -> bool {
        (self.heard_ms, self.heard_seq) == (noted.heard_ms, noted.heard_seq)
            && self.vouched == noted.vouched
            && self.ran_ms > noted.ran_ms
    }

    fn silence(&self) -> Silence {
        let since = |ms: i64, from_ms: i64, ran_ms: i64| ms.saturating_sub(from_ms).max(self.ran_ms - ran_ms);
        Silence {
            shown_ms: since(self.shown_ms, self.heard_ms, 0),
            sure_ms: since(self.stayed_ms, self.heard_ms, 0),
            vouched_ms: self.vouched.map(|(shown_ms, ran_ms)| since(self.shown_ms, shown_ms, ran_ms)),
        }
    }
}

impl Book {
    /// When headquarters was last heard, milliseconds UTC of the device's clock.
    ///
    /// # Errors
    /// When the database fails.
    pub fn heard_ms(&self) -> Result<Option<i64>, LedgerError> {
        self.ledger.database.read(|tx| heard(tx))
    }

    /// Headquarters is heard now: its silence ends. Nothing is written where that was less than `pace_ms` ago.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hear(&self, pace_ms: i64) -> Result<(), LedgerError> {
        let now = self.clock.now();
        // Whoever listens does not wait for the writer to hear that there is nothing to write.
        let heard_ms = self.heard_ms()?;
        if heard_ms.is_some_and(|heard_ms| (0..pace_ms).contains(&(now.wall_ms - heard_ms))) {
            return Ok(());
        }
        self.ledger.database.write(|tx| {
            let seq = append::last(tx, self)?.map_or(0, |(seq, _)| seq);
            ledger::keep(tx, HEARD, &now.wall_ms.to_string())?;
            note(tx, &Marks::begun(&now, now.wall_ms, seq))
        })
    }

    /// How long headquarters has been silent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn silence(&self) -> Result<Silence, LedgerError> {
        Ok(self.ledger.database.read(|tx| self.marks(tx))?.silence())
    }

    /// Notes how far the clocks have got, and how long headquarters has been silent. What is noted is not
    /// undone by a clock that is set back afterwards.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_silence(&self) -> Result<Silence, LedgerError> {
        self.ledger.database.write(|tx| {
            let marks = self.marks(tx)?;
            note(tx, &marks)?;
            Ok(marks.silence())
        })
    }

    /// Somebody vouches for the device although headquarters is silent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn vouch(&self) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            let marks = self.marks(tx)?;
            note(tx, &Marks { vouched: Some((marks.shown_ms, marks.ran_ms)), ..marks })
        })
    }

    fn marks(&self, tx: &Connection) -> Result<Marks, LedgerError> {
        let (now, noted) = (self.clock.now(), ledger::kept(tx, MARKS)?);
        let noted = noted.and_then(|text| serde_json::from_str(&text).ok());
        let marks: Marks = match noted {
            Some(marks) => marks,
            None => Marks::begun(&now, heard(tx)?.unwrap_or(now.wall_ms), 0),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let further = seen.filter(|seen| seen.is_further_than(&marks)).unwrap_or(marks);
        let marks = further.moved_on(&now, append::last(tx, self)?);
        *seen = Some(marks);
        Ok(marks)
    }
}

fn heard(tx: &Connection) -> Result<Option<i64>, LedgerError> {
    Ok(ledger::kept(tx, HEARD)?.and_then(|ms| ms.parse().ok()))
}

fn note(tx: &Connection, marks: &Marks) -> Result<(), LedgerError> {
    ledger::keep(tx, MARKS, &serde_json::to_string(marks)?)
}
