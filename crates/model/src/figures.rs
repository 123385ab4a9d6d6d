//! The figures of a day, kept as sums so that a day opens in constant time however many visits
//! it has: replacing a visit subtracts its old contribution and adds its new one.

use crate::{Brief, DwellSource, VisitState};
use std::collections::BTreeMap;

/// What one visit adds to its day: `(figure, amount)`. A voided or merged visit adds nothing, and
/// the dwell time that a rule guessed counts in no mean.
///
/// Figures: `parties`, `people`, `open`, `closed`, `estimated`, `unchecked` (estimated and not put
/// right since), `bought`, `amount` (minor unit), `dwell_s`, `keen_lost`, `hour:H` and `hour_bought:H` (local hour), `reason:CODE`.
pub fn contribution(brief: &Brief) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    if matches!(brief.state, VisitState::Merged | VisitState::Voided) {
        return sums;
    }
    let mut add = |figure: &str, amount: i64| {
        *sums.entry(figure.to_owned()).or_insert(0) += amount;
    };
    add("parties", 1);
    add("people", i64::from(brief.size));
    add(&format!("hour:{}", brief.hour), 1);
    let Some(outcome) = &brief.outcome else {
        add("open", 1);
        return sums;
    };
    add("closed", 1);
    match brief.dwell_source {
        Some(DwellSource::Estimated) => {
            add("estimated", 1);
            add("unchecked", i64::from(!brief.corrected));
        }
        _ => add("dwell_s", brief.dwell_s().unwrap_or(0)),
    }
    if outcome.is_bought() {
        add("bought", 1);
        add(&format!("hour_bought:{}", brief.hour), 1);
    } else if matches!(brief.interest.as_deref(), Some("3" | "4")) {
        add("keen_lost", 1);
    }
    if let Some(amount) = outcome.amount_minor {
        add("amount", i64::from(amount));
    }
    for reason in &outcome.reasons {
        add(&format!("reason:{reason}"), 1);
    }
    sums
}

/// One hour of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourFigure {
    /// Local hour, 0-23.
    pub hour: u8,
    /// Parties that came in.
    pub parties: i64,
    /// Those of them that bought.
    pub bought: i64,
}

/// A day in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Parties that came in.
    pub parties: i64,
    /// People in them; a party of five or more counts as five.
    pub people: i64,
    /// Parties still in the store.
    pub open: i64,
    /// Parties that bought.
    pub bought: i64,
    /// Money taken, minor unit.
    pub amount_minor: i64,
    /// Parties that a rule closed and nobody has looked at since.
    pub unchecked: i64,
    /// Mean time in the store of those who were seen leaving, seconds.
    pub dwell_mean_s: Option<i64>,
    /// Interest 3 or 4, and left without buying.
    pub keen_lost: i64,
    /// By local hour, ascending; hours without a party are absent.
    pub hours: Vec<HourFigure>,
    /// Lost reasons and how often each was given, commonest first.
    pub reasons: Vec<(String, i64)>,
}

impl Figures {
    /// Reads the sums of a day, see [`contribution`].
    pub fn from_sums(sums: &BTreeMap<String, i64>) -> Self {
        let get = |figure: &str| sums.get(figure).copied().unwrap_or(0);
        let with_prefix = |prefix: &'static str| {
            sums.iter().filter_map(move |(figure, n)| Some((figure.strip_prefix(prefix)?, *n))).filter(|(_, n)| *n != 0)
        };
        let hour = |(hour, parties): (&str, i64)| {
            let bought = get(&format!("hour_bought:{hour}"));
            Some(HourFigure { hour: hour.parse().ok()?, parties, bought })
        };
        let mut hours: Vec<HourFigure> = with_prefix("hour:").filter_map(hour).collect();
        hours.sort_by_key(|figure| figure.hour);
        let mut reasons: Vec<(String, i64)> = with_prefix("reason:").map(|(code, n)| (code.to_owned(), n)).collect();
        reasons.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        let seen = get("closed") - get("estimated");
        Self {
            parties: get("parties"),
            people: get("people"),
            open: get("open"),
            bought: get("bought"),
            amount_minor: get("amount"),
            unchecked: get("unchecked"),
            dwell_mean_s: (seen > 0).then(|| get("dwell_s") / seen),
            keen_lost: get("keen_lost"),
            hours,
            reasons,
        }
    }
}
