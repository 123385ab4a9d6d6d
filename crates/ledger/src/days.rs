//! Reading days.

use crate::{Book, LedgerError, project};
use floorbook_model::{Brief, BusinessDay, Figures, VisitId};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Which visits of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All that were not voided.
    All,
    /// Those that a rule closed and nobody has looked at since.
    Unchecked,
}

/// Some visits of a day, latest first.
#[derive(Clone, Debug)]
pub struct DayPage {
    /// The lines; voided visits are left out.
    pub briefs: Vec<Brief>,
    /// Whether earlier ones follow.
    pub more: bool,
}

impl Book {
    /// The figures of a day, in constant time however many visits it has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn figures(&self, day: BusinessDay) -> Result<Figures, LedgerError> {
        self.ledger.database.read(|tx| {
            let sums: BTreeMap<String, i64> = tx
                .prepare_cached("SELECT figure, amount FROM day_figures WHERE day = ?1")?
                .query_map([day.number()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok(Figures::from_sums(&sums))
        })
    }

    /// Up to `limit` visits of a day, latest first, continuing before `(entered_ms, id)`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn day_page(
        &self,
        day: BusinessDay,
        rows: Rows,
        before: Option<(i64, VisitId)>,
        limit: usize,
    ) -> Result<DayPage, LedgerError> {
        let (entered_ms, id) = before.unwrap_or((i64::MAX, VisitId::from_bytes([0xff; 16])));
        let rows_max = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let wanted = match rows {
            Rows::All => "state < 2",
            Rows::Unchecked => "dwell = 'estimated' AND corrected = 0",
        };
        self.ledger.database.read(|tx| {
            let mut briefs: Vec<Brief> = tx
                .prepare_cached(&format!(
                    "SELECT {} FROM visits WHERE day = ?1 AND (entered_ms, id) < (?2, ?3) AND {wanted}
                     ORDER BY entered_ms DESC, id DESC LIMIT ?4",
                    project::COLUMNS
                ))?
                .query_map(params![day.number(), entered_ms, id.as_bytes(), rows_max], project::read)?
                .collect::<Result<_, _>>()?;
            let more = briefs.len() > limit;
            briefs.truncate(limit);
            Ok(DayPage { briefs, more })
        })
    }

    /// The nearest day with a visit before and after `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn days_around(&self, day: BusinessDay) -> Result<(Option<BusinessDay>, Option<BusinessDay>), LedgerError> {
        self.ledger.database.read(|tx| {
            let nearest = |sql| -> Result<_, LedgerError> {
                let number: Option<i32> =
                    tx.prepare_cached(sql)?.query_row([day.number()], |row| row.get(0)).optional()?.flatten();
                Ok(number.map(BusinessDay::from_number))
            };
            Ok((
                nearest("SELECT max(day) FROM day_figures WHERE day < ?1 AND figure = 'parties' AND amount > 0")?,
                nearest("SELECT min(day) FROM day_figures WHERE day > ?1 AND figure = 'parties' AND amount > 0")?,
            ))
        })
    }
}
