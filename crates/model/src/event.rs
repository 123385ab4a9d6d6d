//! Events: immutable facts. The exact bytes of an event are fixed when it is sealed on its
//! device and never change again; headquarters compares and hashes those bytes.

use crate::{ClerkId, DeviceId, EventId, Hlc, Patch, Recorded, StoreId, VisitId};
use serde::{Deserialize, Serialize};

/// Version of the event schema that this program writes.
pub const SCHEMA: u16 = 1;

/// The envelope of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Schema version, [`SCHEMA`] for events made here.
    pub schema: u16,
    /// Name of the event.
    pub id: EventId,
    /// Store in which it happened.
    pub store: StoreId,
    /// Device that recorded it.
    pub device: DeviceId,
    /// Number on its device: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// Hybrid logical time: decides which of two writers was last.
    pub hlc: Hlc,
    /// What the clocks said.
    pub recorded: Recorded,
    /// Who was signed in.
    pub actor: ClerkId,
    /// The visit it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// What happened.
    pub body: Body,
}

/// What happened. Kinds that this program does not know are kept, passed on and ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// A party came in.
    VisitOpened(Opening),
    /// Fields of a visit took new values.
    VisitNoted {
        /// The new values.
        patch: Patch,
    },
    /// The party left, or its outcome was amended.
    VisitClosed(Closing),
    /// A closed visit goes on: the outcome was taken back.
    VisitReopened,
    /// The card was opened by mistake: there was no such visit.
    VisitVoided,
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

/// The pack with which a visit was opened; it keeps it to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// Pack id, e.g. `apparel`.
    pub id: String,
    /// Pack version.
    pub version: u32,
}

/// How a visit begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// When the party came in, milliseconds UTC.
    pub entered_ms: i64,
    /// Party size 1-5, 5 meaning five or more.
    pub size: u8,
    /// Pack in force.
    pub pack: PackRef,
}

/// How a visit ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When the party left, milliseconds UTC.
    pub left_ms: i64,
    /// Where `left_ms` comes from.
    pub dwell_source: DwellSource,
    /// What came of it.
    pub outcome: Outcome,
}

/// Where the end of a visit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DwellSource {
    /// The clerk closed the card as the party left.
    Observed,
    /// Nobody closed it; a rule did.
    Estimated,
}

/// What came of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Outcome code of the pack.
    pub code: String,
    /// Lost reasons, codes of the pack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Amount in the currency's minor unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<u32>,
    /// Receipt number of the till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

impl Outcome {
    /// Whether something was sold, by the codes that all packs share.
    pub fn is_bought(&self) -> bool {
        matches!(self.code.as_str(), "buy" | "multi")
    }
}
