//! Whether a visitor may be the same as in an earlier visit of the day, from coarse cues only.
//!
//! What people wear does not change within a day and clerks see it alike; the company may change,
//! and no cue identifies anybody. A person decides, this only proposes.

use crate::{Brief, Visit};
use std::collections::BTreeSet;

/// Points from which two visits are shown to a person.
const ENOUGH: i32 = 4;
/// Single cues and the points that agreement is worth; disagreement costs as much.
const SINGLE: [(&str, i32); 3] = [("style", 2), ("colour", 2), ("company", 1)];
/// Cues of several codes and the points of each code in common.
const MANY: [(&str, i32); 3] = [("accessories", 2), ("garments", 1), ("shoes", 1)];

/// How much two visits look like the same visitor; `None` when they do not look it.
pub fn likeness(one: &Visit, other: &Visit) -> Option<u32> {
    let mut points = age_points(one.text("age"), other.text("age"))?;
    for (field, worth) in SINGLE {
        points += match (one.text(field), other.text(field)) {
            (Some(a), Some(b)) if a == "unsure" || b == "unsure" => 0,
            (Some(a), Some(b)) if a == b => worth,
            (Some(_), Some(_)) if field == "company" => 0,
            (Some(_), Some(_)) => -worth,
            _ => 0,
        };
    }
    for (field, worth) in MANY {
        let theirs: BTreeSet<&str> = other.codes(field).into_iter().collect();
        let common = one.codes(field).into_iter().filter(|code| theirs.contains(code)).count();
        points += worth * i32::try_from(common).unwrap_or(0);
    }
    points += i32::from(one.size() == other.size());
    (points >= ENOUGH).then(|| points.unsigned_abs())
}

/// A first look by the line of the earlier visit, so that few visits have to be read whole: the age
/// bands do not contradict each other.
pub fn may_be_same(visit: &Visit, earlier: &Brief) -> bool {
    age_points(visit.text("age"), earlier.age.as_deref()).is_some()
}

/// The one cue that rules out: nobody grows older within a day.
fn age_points(one: Option<&str>, other: Option<&str>) -> Option<i32> {
    match (one, other) {
        (Some("unsure"), _) | (_, Some("unsure")) | (None, _) | (_, None) => Some(0),
        (Some(a), Some(b)) => (a == b).then_some(2),
    }
}
