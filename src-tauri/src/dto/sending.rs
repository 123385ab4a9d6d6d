//! What does not go to headquarters by itself.

use super::small;
use floorbook_core as core;
use serde::Serialize;
use specta::Type;

/// Why a record was set aside.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AsideReason {
    Malformed,
    ForeignOrigin,
    Conflict,
    Unsendable,
}

impl AsideReason {
    fn of(code: &str) -> Self {
        match code {
            "foreign_origin" => Self::ForeignOrigin,
            "conflict" => Self::Conflict,
            "unsendable" => Self::Unsendable,
            _ => Self::Malformed,
        }
    }
}

/// A record that headquarters set aside.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct SetAside {
    /// Its order on this device.
    n: i64,
    reason: AsideReason,
    since_ms: i64,
    /// When it was logged; null when it cannot be read.
    at_ms: Option<i64>,
    /// Kind of the event, e.g. `visit_closed`.
    kind: Option<String>,
    /// When the party of its visit came in.
    entered_ms: Option<i64>,
}

impl From<core::Held> for SetAside {
    fn from(held: core::Held) -> Self {
        let core::Held { n, code, since_ms, at_ms, kind, entered_ms } = held;
        Self { n, reason: AsideReason::of(&code), since_ms, at_ms, kind, entered_ms }
    }
}

/// A file that somebody carries to headquarters.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Carried {
    /// Where it lies.
    path: String,
    /// Events in it.
    records: u32,
}

impl From<core::Carried> for Carried {
    fn from(carried: core::Carried) -> Self {
        Self { path: carried.path.to_string_lossy().into_owned(), records: small(carried.records) }
    }
}
