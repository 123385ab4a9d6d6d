//! Export: every visit as headquarters sees it, folded from its events and written as it is
//! folded, so that memory does not grow with the history.
//!
//! Visits are read in the order of their names, a thousand at a time, each of them whole. No lock
//! is held while a file is written, and intake goes on meanwhile.

mod columns;
mod csv;
mod jsonl;
mod source;

use crate::{Hq, HqError};
use columns::Line;
use floorbook_model::{Status, StoreId};
use source::Reader;
use std::io::Write;

/// Which visits are exported.
#[derive(Clone, Debug, Default)]
pub struct ExportFilter {
    /// Those of one store; of all stores when absent.
    pub store: Option<StoreId>,
    /// Whether voided visits are written too.
    pub with_voided: bool,
}

/// What became of the visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportSummary {
    /// Visits written.
    pub visits: u64,
    /// Voided visits left out.
    pub voided: u64,
    /// Visits left out because their opening event has not arrived.
    pub unopened: u64,
    /// Events that this version cannot read; they are kept.
    pub unreadable_events: u64,
}

impl Hq {
    /// Writes visits as JSON Lines, UTF-8: one object a line, with the columns of the CSV and,
    /// where a visit has any, its other fields under `fields`.
    ///
    /// # Errors
    /// [`HqError::Write`] when `out` fails, or a failure of the database.
    pub fn export_jsonl(&self, out: &mut impl Write, filter: &ExportFilter) -> Result<ExportSummary, HqError> {
        self.export(filter, |line| jsonl::write(out, line).map_err(HqError::Write))
    }

    /// Writes visits as CSV (RFC 4180): UTF-8 with a byte order mark, CRLF, a head line. Text that
    /// a spreadsheet would take for a formula gets a leading apostrophe.
    ///
    /// # Errors
    /// As [`Hq::export_jsonl`].
    pub fn export_csv(&self, out: &mut impl Write, filter: &ExportFilter) -> Result<ExportSummary, HqError> {
        let mut table = csv::Table::new(out).map_err(HqError::Write)?;
        let summary = self.export(filter, |line| table.write(line).map_err(HqError::Write))?;
        table.finish().map_err(HqError::Write)?;
        Ok(summary)
    }

    fn export(
        &self,
        filter: &ExportFilter,
        mut write: impl FnMut(&Line<'_>) -> Result<(), HqError>,
    ) -> Result<ExportSummary, HqError> {
        let mut reader = Reader::new(filter.store.clone());
        let mut summary = ExportSummary::default();
        loop {
            let visits = self.archive.read(|tx| reader.read(tx))?;
            if visits.is_empty() && reader.is_done() {
                break;
            }
            for told in &visits {
                if *told.visit.status() == Status::Voided && !filter.with_voided {
                    summary.voided += 1;
                } else if let Some(line) = Line::of(told) {
                    write(&line)?;
                    summary.visits += 1;
                } else {
                    summary.unopened += 1;
                }
            }
        }
        summary.unreadable_events = reader.unreadable_events();
        Ok(summary)
    }
}
