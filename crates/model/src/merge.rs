//! Two cards that were one party.

use crate::field::LIST_MAX;
use crate::{FieldValue, NOTE, NOTE_CHARS_MAX, Patch, SIZE, Step, Visit, VisitId};
use std::collections::BTreeSet;

/// What the kept visit has to take over from the one that is merged into it. Its own word stands
/// where both say something of which only one can hold; lists and ways are joined, sizes added.
pub fn merged(kept: &Visit, gone: &Visit) -> Patch {
    let mut patch = Patch::new();
    for (field, theirs) in gone.fields() {
        let joined = match kept.field(field) {
            _ if field == SIZE => continue,
            None => theirs.clone(),
            Some(ours) if says_nothing(ours) => theirs.clone(),
            Some(ours) => join(field, ours, theirs),
        };
        if kept.field(field) != Some(&joined) {
            patch.insert(field.to_owned(), joined);
        }
    }
    let size = (kept.size() + gone.size()).min(5);
    patch.insert(SIZE.to_owned(), FieldValue::Text(size.to_string()));
    patch
}

/// Whether a visit that was merged `into` another one is the one that stays open. Devices that have not heard of
/// each other may merge in a circle, and then nobody's card would hold the party: the one with the smallest id does.
/// `next` says into which one a visit was merged.
///
/// # Errors
/// Those of `next`.
pub fn is_kept_of_circle<E>(
    id: VisitId,
    into: VisitId,
    mut next: impl FnMut(VisitId) -> Result<Option<VisitId>, E>,
) -> Result<bool, E> {
    let (mut at, mut passed) = (into, BTreeSet::new());
    while at != id {
        if at < id || !passed.insert(at) {
            return Ok(false);
        }
        match next(at)? {
            Some(on) => at = on,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// A group whose last choice was taken away again, of whatever kind: an empty list reads as an empty way.
fn says_nothing(value: &FieldValue) -> bool {
    match value {
        FieldValue::Nothing => true,
        FieldValue::Text(_) => false,
        FieldValue::List(codes) => codes.is_empty(),
        FieldValue::Path(steps) => steps.is_empty(),
    }
}

fn join(field: &str, ours: &FieldValue, theirs: &FieldValue) -> FieldValue {
    match (ours, theirs) {
        (FieldValue::List(a), FieldValue::List(b)) => {
            let new = b.iter().filter(|code| !a.contains(code));
            FieldValue::List(a.iter().chain(new).take(LIST_MAX).cloned().collect())
        }
        (FieldValue::Path(a), FieldValue::Path(b)) => FieldValue::Path(ways(a, b)),
        (FieldValue::Text(a), FieldValue::Text(b)) if field == NOTE && a != b => {
            let both = format!("{a}\n{b}");
            FieldValue::Text(if both.chars().count() <= NOTE_CHARS_MAX { both } else { a.clone() })
        }
        _ => ours.clone(),
    }
}

/// Both ways in the order of time; a zone that both reached one after the other stands once.
fn ways(a: &[Step], b: &[Step]) -> Vec<Step> {
    let mut steps: Vec<Step> = a.iter().chain(b).cloned().collect();
    steps.sort_by_key(|step| step.at_ms);
    steps.dedup_by(|next, before| next.zone == before.zone);
    steps.truncate(LIST_MAX);
    steps
}
