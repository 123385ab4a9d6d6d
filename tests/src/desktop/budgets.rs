//! The budgets of the floor: what each flow costs, counted from what the driver really sent.
//!
//! Each flow is played for good, every tap checked on the page; the journeys hold the counts against the limits and
//! the bench prints them. The codes are those of the apparel pack.

use super::{Acts, Clerk};
use anyhow::Result;

/// Size, age, style, company, three zones, item, gesture, interest, outcome, reason: what stands on the form.
const STANDARD: [(&str, &str); 9] = [
    ("age", "a35"),
    ("style", "commute"),
    ("company", "partner"),
    ("zones", "newin"),
    ("zones", "women"),
    ("zones", "fit"),
    ("attention", "bag"),
    ("gesture", "try"),
    ("interest", "3"),
];
const REASON: &str = "size";

/// One flow as it went.
#[derive(Clone, Debug)]
pub struct Spent {
    /// Its name among the figures.
    pub figure: &'static str,
    /// What of it is counted.
    pub count: usize,
    /// What it may cost.
    pub limit: usize,
    /// The visit that came of it.
    pub visit: String,
    /// Everything that was done.
    pub acts: Acts,
}

/// Plays every flow once, in the order of the table.
///
/// # Errors
/// When the window does not follow.
pub async fn spend(clerk: Clerk<'_>) -> Result<Vec<Spent>> {
    Ok(vec![arrive(clerk).await?, buyer(clerk).await?, non_buyer(clerk).await?, standard(clerk).await?])
}

/// A party comes in.
///
/// # Errors
/// When no card appears.
pub async fn arrive(clerk: Clerk<'_>) -> Result<Spent> {
    let mark = clerk.app().mark();
    let visit = clerk.welcomes(1).await?;
    Ok(taps("taps_arrive", 1, visit, clerk.app().acts_since(mark)))
}

/// The least that is said of a buyer.
///
/// # Errors
/// When the window does not follow.
pub async fn buyer(clerk: Clerk<'_>) -> Result<Spent> {
    let mark = clerk.app().mark();
    let visit = clerk.welcomes(1).await?;
    clerk.closes(&visit, "buy").await?;
    Ok(taps("taps_buyer", 2, visit, clerk.app().acts_since(mark)))
}

/// The least that is said of somebody who buys nothing.
///
/// # Errors
/// When the window does not follow.
pub async fn non_buyer(clerk: Clerk<'_>) -> Result<Spent> {
    let mark = clerk.app().mark();
    let visit = clerk.welcomes(2).await?;
    clerk.closes_unsold(&visit, REASON).await?;
    Ok(taps("taps_nonbuyer", 3, visit, clerk.app().acts_since(mark)))
}

/// A visit as it is mostly told, by taps.
///
/// # Errors
/// When the window does not follow.
pub async fn standard(clerk: Clerk<'_>) -> Result<Spent> {
    let mark = clerk.app().mark();
    let visit = clerk.welcomes(2).await?;
    for (group, code) in STANDARD {
        clerk.taps(group, code).await?;
    }
    clerk.closes_unsold(&visit, REASON).await?;
    Ok(taps("taps_standard", 12, visit, clerk.app().acts_since(mark)))
}

fn taps(figure: &'static str, limit: usize, visit: String, acts: Acts) -> Spent {
    Spent { figure, count: acts.taps() + acts.keys(), limit, visit, acts }
}
