//! Merges that two devices made against each other: what went into another card that came back into it.

use crate::{LedgerError, append};
use floorbook_model::{Status, Visit, VisitId, is_kept_of_circle};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// The visit as it stands beside the others: of a circle of merges one stays open.
pub(crate) fn settled(tx: &Connection, visit: Visit) -> Result<Visit, LedgerError> {
    let Status::Merged(into) = *visit.status() else { return Ok(visit) };
    let is_kept = is_kept_of_circle(visit.id(), into, |id| Ok::<_, LedgerError>(into_of(&append::folded(tx, id)?.0)))?;
    Ok(if is_kept { visit.kept_open() } else { visit })
}

/// The other visits that stand otherwise when a visit does that was ever merged `into` these.
pub(crate) fn touched(tx: &Connection, id: VisitId, into: BTreeSet<VisitId>) -> Result<BTreeSet<VisitId>, LedgerError> {
    let (mut touched, mut next) = (BTreeSet::new(), Vec::from_iter(into));
    while let Some(other) = next.pop() {
        if other != id && touched.insert(other) {
            next.extend(into_of(&append::folded(tx, other)?.0));
        }
    }
    Ok(touched)
}

fn into_of(visit: &Visit) -> Option<VisitId> {
    if let Status::Merged(into) = visit.status() { Some(*into) } else { None }
}
