//! The budgets of the floor: what each flow costs, counted from what the driver really sent.
//!
//! Each flow is played for good, every tap checked on the page; the journeys hold the counts against the limits and
//! the bench prints them. The codes are those of the apparel pack.

use super::{Acts, Clerk, PATIENCE, eventually};
use anyhow::{Context, Result};
use thirtyfour::Key;

/// Size, age, style, company, three zones, item, gesture, interest, outcome, reason: what stands on the form, in
/// the order in which the cursor of the keys goes through it.
const STANDARD: [(&str, &str); 9] = [
    ("age", "a35"),
    ("company", "partner"),
    ("style", "commute"),
    ("zones", "newin"),
    ("zones", "women"),
    ("zones", "fit"),
    ("attention", "coat"),
    ("gesture", "try"),
    ("interest", "3"),
];
const REASON: &str = "size";
/// The same as words of the quick line: codes, and pinyin where a code stands in two groups.
const LINE: &str = "2 a35 partner commute xinpintai women shiyijian waitao shichuan xuqiumingque l wuchima";

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
    Ok(vec![
        arrive(clerk).await?,
        buyer(clerk).await?,
        non_buyer(clerk).await?,
        standard(clerk).await?,
        standard_by_keys(clerk).await?,
        standard_by_line(clerk).await?,
    ])
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

/// The same by keys, each read from what it stands on.
///
/// # Errors
/// When the window does not follow.
pub async fn standard_by_keys(clerk: Clerk<'_>) -> Result<Spent> {
    let mark = clerk.app().mark();
    let before = clerk.running().await?;
    clerk.strikes("size-2").await?;
    let visit = clerk.sees_new_card(&before).await?;
    for (group, code) in STANDARD {
        clerk.strikes(&format!("chip-{group}-{code}")).await?;
        clerk.sees(group, code).await?;
    }
    clerk.strikes("outcome-none").await?;
    clerk.strikes(&format!("reason-{REASON}")).await?;
    clerk.sees_off(&visit).await?;
    Ok(taps("keys_standard", 12, visit, clerk.app().acts_since(mark)))
}

/// The same on the quick line.
///
/// # Errors
/// When the window does not follow.
pub async fn standard_by_line(clerk: Clerk<'_>) -> Result<Spent> {
    let app = clerk.app();
    clerk.opens_day_log().await?;
    let before = clerk.reads_day().await?;
    clerk.opens_floor().await?;
    let mark = app.mark();
    app.strike('/').await?;
    app.wait_for("line").await?;
    app.write(LINE).await?;
    app.strike(Key::Enter).await?;
    let acts = app.acts_since(mark);
    eventually("the line is taken", PATIENCE, async || Ok((!app.shows("line").await?).then_some(()))).await?;
    clerk.opens_day_log().await?;
    let visit = clerk.reads_day().await?.into_iter().find(|id| !before.contains(id)).context("no visit of the line")?;
    clerk.opens_floor().await?;
    Ok(Spent { figure: "line_standard", count: acts.lines(), limit: 1, visit, acts })
}

fn taps(figure: &'static str, limit: usize, visit: String, acts: Acts) -> Spent {
    Spent { figure, count: acts.taps() + acts.keys(), limit, visit, acts }
}
