//! Visits as a believable day brings them: rush hours, dwell that grows with interest, paths that
//! fit, outcomes that follow from both. The same seed gives the same day.

use floorbook_model::{FieldValue, Group, GroupKind, Outcome, Pack, Patch, Step};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Opening hours 10-22 and how busy each of them is: lunch, after school, after work.
const HOURS: [(i64, u32); 12] =
    [(10, 3), (11, 5), (12, 9), (13, 8), (14, 6), (15, 7), (16, 9), (17, 10), (18, 13), (19, 12), (20, 8), (21, 3)];
const HOUR_MS: i64 = 3_600_000;
const NOTES: [&str; 6] = [
    "想找出差穿的外套，下周再来看新色",
    "compared two sizes, liked the darker one",
    "等家人一起决定",
    "asked when the spring line arrives",
    "赶时间，先拍了款号",
    "prefers cotton, will check the other store",
];

/// One tap on a running visit.
#[derive(Clone, Debug)]
pub struct Tap {
    /// When, milliseconds after midnight.
    pub at_ms: i64,
    /// What.
    pub patch: Patch,
}

/// One visit of the plan. Times are milliseconds after local midnight.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Party size 1-5.
    pub size: u8,
    /// Arrival.
    pub entered_ms: i64,
    /// Departure.
    pub left_ms: i64,
    /// What is noted in between.
    pub taps: Vec<Tap>,
    /// How it ends.
    pub outcome: Outcome,
}

/// `count` visits of one day in the order of arrival.
pub fn plan_day(pack: &Pack, count: usize, seed: u64) -> Vec<Planned> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut day: Vec<Planned> = (0..count).map(|_| plan_visit(pack, &mut rng)).collect();
    day.sort_by_key(|visit| visit.entered_ms);
    day
}

/// The one visit that follows from `seed`.
pub fn plan_one(pack: &Pack, seed: u64) -> Planned {
    plan_visit(pack, &mut StdRng::seed_from_u64(seed))
}

fn plan_visit(pack: &Pack, rng: &mut StdRng) -> Planned {
    let hour = weighted(rng, &HOURS);
    let entered_ms = hour * HOUR_MS + rng.random_range(0..HOUR_MS);
    let interest = weighted(rng, &[(0, 18), (1, 34), (2, 25), (3, 15), (4, 8)]);
    let dwell_ms = 60_000 * (1 + interest * interest * 2) + rng.random_range(0..240_000) * (1 + interest);
    let size = u8::try_from(weighted(rng, &[(1, 52), (2, 31), (3, 10), (4, 5), (5, 2)])).unwrap_or(1);
    let patches = plan_patches(pack, rng, interest, entered_ms, dwell_ms);
    let pause_ms = dwell_ms / i64::try_from(patches.len() + 1).unwrap_or(1);
    let taps = (1..).zip(patches).map(|(n, patch)| Tap { at_ms: entered_ms + n * pause_ms, patch }).collect();
    Planned { size, entered_ms, left_ms: entered_ms + dwell_ms, taps, outcome: plan_outcome(pack, rng, interest) }
}

fn plan_patches(pack: &Pack, rng: &mut StdRng, interest: i64, entered_ms: i64, dwell_ms: i64) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut add = |field: &str, value| patches.push(Patch::from([(field.to_owned(), value)]));
    for group in &pack.groups {
        let chance = if group.front > 0 { 0.75 } else { 0.12 };
        if !rng.random_bool(chance) {
            continue;
        }
        match group.kind {
            GroupKind::Single => add(&group.key, FieldValue::Text(pick(group, rng))),
            GroupKind::Scale => add(&group.key, FieldValue::Text(interest.to_string())),
            GroupKind::Many => add(&group.key, FieldValue::List(some(group, rng, 2 + interest))),
            GroupKind::Path => {
                let zones = some(group, rng, 1 + interest);
                let pace_ms = dwell_ms / i64::try_from(zones.len() + 1).unwrap_or(1);
                let step = |(n, zone)| Step { zone, at_ms: entered_ms + n * pace_ms };
                add(&group.key, FieldValue::Path((0..).zip(zones).map(step).collect()));
            }
        }
    }
    if rng.random_bool(0.08) {
        add("note", FieldValue::Text(NOTES[rng.random_range(0..NOTES.len())].to_owned()));
    }
    patches
}

fn plan_outcome(pack: &Pack, rng: &mut StdRng, interest: i64) -> Outcome {
    let bought = [0.01, 0.05, 0.22, 0.45, 0.75].get(usize::try_from(interest).unwrap_or(0)).copied().unwrap_or(0.0);
    let plain = |code: &str| Outcome::of(code);
    if rng.random_bool(bought) {
        let amount_minor = Some(rng.random_range(59..2_400) * 100);
        let receipt = rng.random_bool(0.5).then(|| format!("R{:06}", rng.random_range(0..1_000_000)));
        return Outcome { amount_minor, receipt, ..plain("buy") };
    }
    match rng.random_range(0..100) {
        0..6 => plain("lead"),
        6..12 => plain("other"),
        _ => {
            let last = pack.reasons.len().saturating_sub(1);
            let reason = pack.reasons.get(rng.random_range(0..=last)).map(|reason| reason.code.clone());
            Outcome { reasons: reason.into_iter().collect(), ..plain("none") }
        }
    }
}

fn pick(group: &Group, rng: &mut StdRng) -> String {
    let front = usize::try_from(group.front).unwrap_or(0).max(1);
    let among = if rng.random_bool(0.85) { front } else { group.choices.len() };
    group.choices[rng.random_range(0..among)].code.clone()
}

/// One to `most` different choices, in the order in which they come to mind.
fn some(group: &Group, rng: &mut StdRng, most: i64) -> Vec<String> {
    let mut codes = Vec::new();
    for _ in 0..rng.random_range(1..=most) {
        let code = pick(group, rng);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn weighted(rng: &mut StdRng, weights: &[(i64, u32)]) -> i64 {
    let mut at = rng.random_range(0..weights.iter().map(|(_, weight)| weight).sum::<u32>());
    for (value, weight) in weights {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return *value,
        }
    }
    unreachable!("the weights sum to more than any draw")
}
