//! What the page shows and what headquarters has, held against the notebook.

use super::log::{Floor, Shown, ShownChip};
use super::replay::Replay;
use super::sheet::{Sheet, Standing};
use crate::hq::Row;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A stay is counted from the write, which comes a little after the tap.
const SLACK_S: i64 = 2;

/// The floor shows every card, every choice and every minute as the notebook has them.
pub(super) fn floor(floor: &Floor, replay: &Replay, ahead_ms: i64) -> Result<()> {
    ensure!(floor.faults.is_empty(), "the page ran into {:?}", floor.faults);
    let shown: BTreeSet<&String> = floor.cards.iter().map(|card| &card.id).collect();
    let wanted: BTreeSet<&String> = replay.standing(Standing::Open).into_iter().collect();
    ensure!(shown.len() == floor.cards.len(), "a card stands twice");
    ensure!(shown == wanted, "cards shown {shown:?}, in the notebook {wanted:?}");
    ensure!(floor.undo == replay.notebook.can_undo(), "undo offered: {}", floor.undo);
    for card in &floor.cards {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a page's life")]
        let now_ms = card.at as i64 + ahead_ms;
        let sheet = replay.notebook.pages.get(&card.id).context("a card without a page")?;
        self::card(card, sheet, replay, now_ms).with_context(|| format!("card {}: {sheet:?}", card.id))?;
    }
    Ok(())
}

fn card(card: &Shown, sheet: &Sheet, replay: &Replay, now_ms: i64) -> Result<()> {
    let wanted = ((now_ms - sheet.entered_ms) / 1_000).max(0);
    // The clock of the page ticks once a second.
    let slack = SLACK_S + 1;
    let minutes = (wanted - slack).max(0) / 60..=(wanted + slack) / 60;
    ensure!(minutes.contains(&card.minutes), "a wrong minute: {} min shown, {wanted} s stayed", card.minutes);
    if let Some(stay) = &card.stay {
        let stay = seconds(stay).with_context(|| format!("a stay of {stay}"))?;
        ensure!((stay - wanted).abs() <= slack, "a wrong second: {stay} s shown, {wanted} s stayed");
    }
    for chip in card.chips.iter().flatten() {
        if !sheet.is_doubtful(&replay.kinds, &chip.group) {
            self::chip(chip, sheet, replay)?;
        }
    }
    let may_leave = usize::from(sheet.size) - 1;
    ensure!(card.split.is_none_or(|split| split == may_leave), "{:?} of {} may leave", card.split, sheet.size);
    Ok(())
}

fn chip(chip: &ShownChip, sheet: &Sheet, replay: &Replay) -> Result<()> {
    ensure!(chip.on == sheet.shows(&chip.group, &chip.code), "a tap was lost or doubled: {chip:?}");
    if replay.kinds.is(&chip.group, "path") {
        let stops = sheet.codes(&chip.group).iter().enumerate().filter(|(_, code)| **code == chip.code);
        let stops: Vec<String> = stops.map(|(at, _)| (at + 1).to_string()).collect();
        ensure!(stops.join("·") == chip.stops, "the way is another one: {chip:?}");
    }
    Ok(())
}

/// `mm:ss` or `h:mm:ss`.
fn seconds(stay: &str) -> Option<i64> {
    stay.split(':').try_fold(0, |sum, part| Some(sum * 60 + part.trim().parse::<i64>().ok()?))
}

/// Rows by the id of their visit.
pub(super) fn by_visit(rows: Vec<Row>) -> Result<BTreeMap<String, Row>> {
    let count = rows.len();
    let named = rows.into_iter().filter_map(|row| Some((row.get("visit")?.as_str()?.to_owned(), row)));
    let rows: BTreeMap<String, Row> = named.collect();
    ensure!(rows.len() == count, "headquarters has a visit twice");
    Ok(rows)
}

/// Headquarters holds each of these visits once and as the notebook says.
pub(super) fn rows(rows: &BTreeMap<String, Row>, replay: &Replay) -> Result<()> {
    for id in rows.keys() {
        ensure!(replay.notebook.pages.contains_key(id), "nobody opened {id}");
    }
    for (id, sheet) in &replay.notebook.pages {
        let row = rows.get(id).with_context(|| format!("headquarters lacks {id}: {sheet:?}"))?;
        self::row(row, sheet, replay).with_context(|| format!("visit {id}: {sheet:?}; the row: {row:?}"))?;
    }
    Ok(())
}

fn row(row: &Row, sheet: &Sheet, replay: &Replay) -> Result<()> {
    let same = |column: &str, wanted: Value| {
        let found = row.get(column).unwrap_or(&Value::Null);
        ensure!(*found == wanted, "{column} is {found}, not {wanted}");
        Ok(())
    };
    same("state", json!(state(sheet.standing)))?;
    if matches!(sheet.standing, Standing::Voided | Standing::Merged) {
        return Ok(());
    }
    same("size", json!(sheet.size))?;
    same("clerk", json!(sheet.serving))?;
    for (group, kind) in replay.kinds.by_group() {
        let joint = if kind == "path" { ">" } else { ";" };
        if !sheet.is_doubtful(&replay.kinds, group) {
            same(group, filled(sheet.codes(group).join(joint)))?;
        }
    }
    same("note", filled(sheet.codes("note").concat()))?;
    if sheet.standing == Standing::Closed { ending(row, sheet, same) } else { Ok(()) }
}

fn ending(row: &Row, sheet: &Sheet, same: impl Fn(&str, Value) -> Result<()>) -> Result<()> {
    let ending = &sheet.ending;
    same("outcome", json!(ending.outcome))?;
    same("reasons", filled(ending.reasons.join(";")))?;
    same("amount_minor", json!(ending.amount_minor))?;
    same("receipt", json!(ending.receipt))?;
    same("pieces", json!(ending.pieces))?;
    ensure!(row.get("follow_up").is_some_and(Value::is_string) == ending.follow_up, "the day to come back");
    let stayed = (sheet.left_ms.context("no time of leaving")? - sheet.entered_ms) / 1_000;
    let dwell = row.get("dwell_s").and_then(Value::as_i64).context("no stay")?;
    ensure!((dwell - stayed).abs() <= SLACK_S, "a wrong minute: {dwell} s, not {stayed} s");
    let source = row.get("dwell_source").and_then(Value::as_str).unwrap_or_default();
    ensure!(source == "observed" || (source == "adjusted" && sheet.by_hand), "the stay is {source}");
    Ok(())
}

fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Closed => "closed",
        Standing::Merged => "merged",
        Standing::Voided => "voided",
    }
}

fn filled(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}
