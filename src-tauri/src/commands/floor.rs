//! The commands of the floor and of the visits on it.

use super::{Answer, Here, bad_input, guarded, read_clerk, read_visit};
use crate::dto::{Board, Change, Correction, DayRow, Outcome, Patch, VisitView};
use crate::dto::{read_correction, read_outcome, read_patch};
use floorbook_core::{Arrival, CoreError, Device};

/// One call on the device and its change.
fn change(shell: &Here<'_>, act: impl FnOnce(&Device) -> Result<floorbook_core::Change, CoreError>) -> Answer<Change> {
    Ok(Change::of(&act(shell.device())?, &shell.calendar()?))
}

fn board_of(shell: &Here<'_>, act: impl FnOnce(&Device) -> Result<floorbook_core::Board, CoreError>) -> Answer<Board> {
    Ok(Board::of(&act(shell.device())?, &shell.calendar()?))
}

/// The floor as it stands.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn board(shell: Here<'_>) -> Answer<Board> {
    guarded(|| board_of(&shell, Device::board))
}

/// One visit.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn visit(shell: Here<'_>, visit_id: String) -> Answer<VisitView> {
    guarded(|| Ok(VisitView::of(&shell.device().visit(read_visit(&visit_id)?)?, &shell.calendar()?)))
}

/// A party comes in. The window names its visit, a UUIDv7: saying it twice is harmless.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn arrive(shell: Here<'_>, visit_id: String, size: u8, later: bool) -> Answer<Change> {
    guarded(|| {
        let arrival = Arrival { id: read_visit(&visit_id)?, size, later };
        change(&shell, |device| device.arrive_as(arrival))
    })
}

/// Sets fields of a running visit.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn note(shell: Here<'_>, visit_id: String, patch: Patch) -> Answer<Change> {
    guarded(|| {
        let visit = read_visit(&visit_id)?;
        change(&shell, |device| device.note(visit, &read_patch(patch)))
    })
}

/// Closes a visit, or amends its outcome.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn close_visit(shell: Here<'_>, visit_id: String, outcome: Outcome) -> Answer<Change> {
    guarded(|| {
        let (visit, outcome) = (read_visit(&visit_id)?, read_outcome(outcome).ok_or(()).map_err(bad_input)?);
        change(&shell, |device| device.close_visit(visit, outcome))
    })
}

/// Gives a visit to another clerk.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn hand_over(shell: Here<'_>, visit_id: String, clerk_id: String, note: Option<String>) -> Answer<Change> {
    guarded(|| {
        let (visit, to) = (read_visit(&visit_id)?, read_clerk(&clerk_id)?);
        change(&shell, |device| device.hand_over(visit, &to, note.as_deref()))
    })
}

/// Some of a party get a card of their own, named by the window.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn split_visit(shell: Here<'_>, visit_id: String, new_visit_id: String, size: u8) -> Answer<Change> {
    guarded(|| {
        let (visit, new) = (read_visit(&visit_id)?, read_visit(&new_visit_id)?);
        change(&shell, |device| device.split_visit(visit, new, size))
    })
}

/// Two cards were one party; the second one goes on.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn merge_visits(shell: Here<'_>, visit_id: String, into_id: String) -> Answer<Change> {
    guarded(|| {
        let (visit, into) = (read_visit(&visit_id)?, read_visit(&into_id)?);
        change(&shell, |device| device.merge_visits(visit, into))
    })
}

/// Sets when the party of an open visit came in.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_entered(shell: Here<'_>, visit_id: String, entered_ms: i64) -> Answer<Change> {
    guarded(|| {
        let visit = read_visit(&visit_id)?;
        change(&shell, |device| device.set_entered(visit, entered_ms))
    })
}

/// Sets when the party of a closed visit left.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_left(shell: Here<'_>, visit_id: String, left_ms: i64) -> Answer<Change> {
    guarded(|| {
        let visit = read_visit(&visit_id)?;
        change(&shell, |device| device.set_left(visit, left_ms))
    })
}

/// Says that a visitor is the one of an earlier visit; null takes that back.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn link_earlier(shell: Here<'_>, visit_id: String, earlier_id: Option<String>) -> Answer<Change> {
    guarded(|| {
        let (visit, earlier) = (read_visit(&visit_id)?, earlier_id.as_deref().map(read_visit).transpose()?);
        change(&shell, |device| device.link_earlier(visit, earlier))
    })
}

/// Earlier visits of the day that may be the same visitor, the likest first.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn likely_same(shell: Here<'_>, visit_id: String) -> Answer<Vec<DayRow>> {
    guarded(|| Ok(shell.device().likely_same(read_visit(&visit_id)?)?.into_iter().map(DayRow::from).collect()))
}

/// Puts a closed visit right.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn correct_visit(shell: Here<'_>, visit_id: String, correction: Correction) -> Answer<Change> {
    guarded(|| {
        let visit = read_visit(&visit_id)?;
        let correcting = read_correction(correction).ok_or(()).map_err(bad_input)?;
        change(&shell, |device| device.correct_visit(visit, correcting))
    })
}

/// A clerk lets an arrival pass.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn skip_turn(shell: Here<'_>, clerk_id: String) -> Answer<Board> {
    guarded(|| {
        let clerk = read_clerk(&clerk_id)?;
        board_of(&shell, |device| device.skip_turn(&clerk))
    })
}

/// A clerk leaves the floor for a while.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn step_away(shell: Here<'_>, clerk_id: String) -> Answer<Board> {
    guarded(|| {
        let clerk = read_clerk(&clerk_id)?;
        board_of(&shell, |device| device.step_away(&clerk))
    })
}

/// A clerk comes to the floor.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn step_in(shell: Here<'_>, clerk_id: String) -> Answer<Board> {
    guarded(|| {
        let clerk = read_clerk(&clerk_id)?;
        board_of(&shell, |device| device.step_in(&clerk))
    })
}

/// Takes the last step back.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn undo(shell: Here<'_>) -> Answer<Change> {
    guarded(|| change(&shell, Device::undo))
}
