//! The shapes that cross to the window. They exist only here; inside, the trade's own types rule.
//! Times are milliseconds UTC, amounts the currency's minor unit.

use crate::error::code_of_sync;
use floorbook_core as core;
use serde::Serialize;
use specta::Type;

pub(crate) use crate::error::ErrorCode;

mod boot;
mod contact;
mod day;
mod items;
mod phone;
mod pin;
mod sending;
mod visit;

pub(crate) use boot::{Boot, Prefs};
pub(crate) use contact::{ContactCard, ContactCopy, ContactInput, GivenContact, MaskedContact, RevealReason};
pub(crate) use day::{DayRow, DayView, read_cursor};
pub(crate) use items::{Catalogue, Imported, Item, QuickWord};
pub(crate) use phone::PhonePage;
pub(crate) use pin::{Approval, read_approval};
pub(crate) use sending::{Carried, SetAside};
pub(crate) use visit::{Board, Change, Correction, Outcome, Patch, VisitView};
pub(crate) use visit::{read_correction, read_outcome, read_patch};

/// What the sender is doing.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncState {
    Idle,
    Sending,
    Waiting,
}

/// The truth about sending.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct SyncStatus {
    state: SyncState,
    /// Records not yet covered by a receipt, counted in the database.
    waiting: u32,
    /// While sending: records confirmed of those that stood there when this run began.
    sent: u32,
    total: u32,
    last_ok_ms: Option<i64>,
    /// Why nothing is going out; null when all is well.
    reason: Option<ErrorCode>,
    retry_at_ms: Option<i64>,
    quarantined: u32,
}

impl From<core::Status> for SyncStatus {
    fn from(status: core::Status) -> Self {
        let waiting = small(status.waiting);
        let base = Self {
            state: SyncState::Idle,
            waiting,
            sent: 0,
            total: 0,
            last_ok_ms: status.last_ok_ms,
            reason: None,
            retry_at_ms: None,
            quarantined: small(status.quarantined),
        };
        match status.phase {
            core::Phase::Idle => base,
            core::Phase::Sending { total } => {
                let total = small(total);
                Self { state: SyncState::Sending, total, sent: total.saturating_sub(waiting), ..base }
            }
            core::Phase::Waiting { reason, retry_at_ms } => Self {
                state: SyncState::Waiting,
                reason: Some(code_of_sync(&reason)),
                retry_at_ms: Some(retry_at_ms),
                ..base
            },
        }
    }
}

/// Counts that the window shows never come near the limit; one that did would show the limit.
pub(crate) fn small(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}
