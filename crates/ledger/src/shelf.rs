//! The past of the other devices. A visit that a page tells from its beginning to its end stays in the page, which is
//! kept as it came: a thousand rows fewer, and a sixth of the bytes to encrypt. What comes of such a visit
//! later is kept as rows, as everything else is.

use crate::LedgerError;
use floorbook_model::{Event, Status, Visit, VisitId};
use floorbook_protocol::decode_batch;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// Whether a page that says this of a visit tells all of it, as far as anybody can know.
pub(crate) fn is_whole(visit: &Visit) -> bool {
    visit.opening().is_some() && matches!(visit.status(), Status::Closed(_) | Status::Voided)
}

/// Keeps a page for the visits that are whole in it.
pub(crate) fn keep(tx: &Connection, page: &[u8], whole: &BTreeSet<VisitId>) -> Result<(), LedgerError> {
    if whole.is_empty() {
        return Ok(());
    }
    tx.prepare_cached("INSERT INTO pages (body) VALUES (?1)")?.execute([page])?;
    let n = tx.last_insert_rowid();
    let mut place = tx.prepare_cached("INSERT INTO page_visits (visit, page) VALUES (?1, ?2)")?;
    for visit in whole {
        place.execute(params![visit.as_bytes(), n])?;
    }
    Ok(())
}

/// The events of a visit that are in a page.
pub(crate) fn events(tx: &Connection, visit: VisitId) -> Result<Vec<Event>, LedgerError> {
    let page: Option<Vec<u8>> = tx
        .prepare_cached("SELECT body FROM page_visits JOIN pages ON n = page WHERE visit = ?1")?
        .query_row([visit.as_bytes()], |row| row.get(0))
        .optional()?;
    let Some(page) = page else { return Ok(Vec::new()) };
    let (batch, name) = (decode_batch(&page)?, visit.to_string());
    let about = batch.records().filter(|line| line.contains(&name));
    // What a later version wrote waits elsewhere.
    Ok(about.filter_map(|line| Event::parse(line).ok()).filter(|event| event.visit == Some(visit)).collect())
}
