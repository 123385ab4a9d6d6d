//! The past of the other devices. A visit that a page tells from its beginning to its end stays in the page, which is
//! kept as it came: a thousand rows fewer, and a sixth of the bytes to encrypt. What comes of such a visit
//! later is kept as rows, as everything else is.

use crate::LedgerError;
use crate::page::{Page, Said};
use floorbook_model::{Event, Status, VisitId};
use floorbook_protocol::{Batch, decode_batch};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Which lines of a page tell of a visit.
pub(crate) type Places = BTreeMap<VisitId, Vec<usize>>;

/// Whether a page that says this of a visit tells all of it, as far as anybody can know. What came before its turn
/// comes again, and a row that comes again is the same row.
pub(crate) fn is_whole(Said { folded: (visit, _), lines }: &Said, ahead: usize) -> bool {
    let is_over = visit.opening().is_some() && matches!(visit.status(), Status::Closed(_) | Status::Voided);
    is_over && lines.iter().all(|line| *line >= ahead)
}

/// Keeps a page for the visits that are whole in it.
pub(crate) fn keep(tx: &Connection, page: &Page, whole: &Places) -> Result<(), LedgerError> {
    if whole.is_empty() {
        return Ok(());
    }
    tx.prepare_cached("INSERT INTO pages (body) VALUES (?1)")?.execute([&page.body])?;
    let n = tx.last_insert_rowid();
    let mut place = tx.prepare_cached("INSERT INTO page_visits (visit, page, lines) VALUES (?1, ?2, ?3)")?;
    for (visit, lines) in whole {
        place.execute(params![visit.as_bytes(), n, serde_json::to_string(lines)?])?;
    }
    Ok(())
}

/// Reads visits out of pages. It holds the last page, for visits that are asked for together stand together.
#[derive(Default)]
pub(crate) struct Shelf(Option<(i64, Batch)>);

impl Shelf {
    /// The events of a visit that are in a page.
    pub(crate) fn events(&mut self, tx: &Connection, visit: VisitId) -> Result<Vec<Event>, LedgerError> {
        let place: Option<(i64, String)> = tx
            .prepare_cached("SELECT page, lines FROM page_visits WHERE visit = ?1")?
            .query_row([visit.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((page, lines)) = place else { return Ok(Vec::new()) };
        let lines: Vec<usize> = serde_json::from_str(&lines)?;
        let (first, last) = (lines.first().copied().unwrap_or(0), lines.last().map_or(0, |last| last + 1));
        let records = self.page(tx, page)?.records().enumerate().take(last).skip(first);
        let about = records.filter(|(n, _)| lines.binary_search(n).is_ok());
        about.map(|(_, line)| Ok(serde_json::from_str(line)?)).collect()
    }

    fn page(&mut self, tx: &Connection, n: i64) -> Result<&Batch, LedgerError> {
        let held = self.0.take().filter(|(held, _)| *held == n);
        let page = match held {
            Some(page) => page,
            None => {
                let read = |row: &rusqlite::Row<'_>| row.get::<_, Vec<u8>>(0);
                let body = tx.prepare_cached("SELECT body FROM pages WHERE n = ?1")?.query_row([n], read)?;
                (n, decode_batch(&body)?)
            }
        };
        Ok(&self.0.insert(page).1)
    }
}
