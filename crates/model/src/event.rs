//! Events: immutable facts. The exact bytes of an event are fixed when it is sealed on its
//! device and never change again; headquarters compares and hashes those bytes.

use crate::{
    BusinessDay, ClerkId, Consent, ContactId, DeviceId, EventId, Hlc, Patch, Recorded, RevealReason, StoreId, VisitId,
};
use serde::{Deserialize, Serialize};

/// Version of the event schema that this program writes.
pub const SCHEMA: u16 = 1;

/// The envelope of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A line that this program cannot tell the meaning of.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// It is of a schema that is later than [`SCHEMA`].
    #[error("the event is of the later schema {0}")]
    Later(u16),
    /// It is no event.
    #[error("the line is no event")]
    Line(#[from] serde_json::Error),
}

impl Event {
    /// Reads a line that another program may have written. A later schema is one in which what is written here
    /// would be read wrongly, so such a line is not read even where it could be.
    ///
    /// # Errors
    /// [`UnreadableEvent`].
    pub fn parse(line: &str) -> Result<Self, UnreadableEvent> {
        let event: Self = serde_json::from_str(line)?;
        if event.schema <= SCHEMA { Ok(event) } else { Err(UnreadableEvent::Later(event.schema)) }
    }
}

/// What happened. Kinds that this program does not know are kept, passed on and ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// A party came in.
    VisitOpened(Opening),
    /// Fields of a visit took new values.
    VisitNoted {
        /// The new values.
        patch: Patch,
    },
    /// Another clerk serves the party from now on.
    VisitHandedOver(HandOver),
    /// The party came in at another time than the card was opened.
    VisitRetimed {
        /// When the party came in, milliseconds UTC.
        entered_ms: i64,
    },
    /// The same visitor as in an earlier visit of the day; `None` takes that back.
    VisitLinked {
        /// The earlier visit.
        earlier: Option<VisitId>,
    },
    /// The party left, or its outcome was amended.
    VisitClosed(Closing),
    /// A closed or merged visit goes on: what ended it was taken back.
    VisitReopened,
    /// Two cards were one party; the other card keeps it.
    VisitMerged {
        /// The visit that goes on.
        into: VisitId,
    },
    /// What is known of a visit was put right later.
    VisitCorrected(Correction),
    /// The card was opened by mistake: there was no such visit.
    VisitVoided,
    /// A visitor left a contact, or changed what they left. What they typed is not here: it goes to
    /// headquarters sealed, by a way of its own.
    ContactGiven {
        /// The contact.
        contact: ContactId,
        /// 1, rising by one with each change.
        revision: u32,
        /// What they agreed to.
        consent: Consent,
    },
    /// The visitor took back purposes; the others still hold.
    ConsentWithdrawn {
        /// The contact.
        contact: ContactId,
        /// Codes of what was taken back.
        purposes: Vec<String>,
    },
    /// Somebody of the store looked at a contact.
    ContactRevealed {
        /// The contact.
        contact: ContactId,
        /// Why.
        reason: RevealReason,
    },
    /// The contact is gone, here and wherever this event comes.
    ContactErased {
        /// The contact.
        contact: ContactId,
    },
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

/// The pack with which a visit was opened; it keeps it to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackRef {
    /// Pack id, e.g. `apparel`.
    pub id: String,
    /// Pack version.
    pub version: u32,
}

/// How a visit begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opening {
    /// When the party came in, milliseconds UTC.
    pub entered_ms: i64,
    /// Party size 1-5, 5 meaning five or more.
    pub size: u8,
    /// Pack in force.
    pub pack: PackRef,
    /// Who serves the party, where that is not whoever opened the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serving: Option<ClerkId>,
    /// Whether the party was only counted, to be described later.
    #[serde(default, skip_serializing_if = "is_false")]
    pub later: bool,
    /// The party that this one was a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<VisitId>,
}

impl Opening {
    /// A party of `size` that is described at once by whoever opens the card.
    pub fn new(entered_ms: i64, size: u8, pack: PackRef) -> Self {
        Self { entered_ms, size, pack, serving: None, later: false, split_from: None }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}

/// One clerk hands a party to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandOver {
    /// Who served until now.
    pub from: ClerkId,
    /// Who serves from now on. The same clerk takes a hand-over back.
    pub to: ClerkId,
    /// One line to the colleague.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why a visit was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CorrectionReason {
    /// A slip of the finger.
    Mistap,
    /// It became known only later.
    LateNews,
    /// A time was wrong.
    Time,
    /// Something else.
    Other,
}

/// What is put right. Absent parts stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Correction {
    /// Fields and their right values.
    #[serde(default, skip_serializing_if = "Patch::is_empty")]
    pub patch: Patch,
    /// When the party came in, milliseconds UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_ms: Option<i64>,
    /// How the visit ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// Why; `None` when a correction is taken back and none is left.
    pub reason: Option<CorrectionReason>,
}

/// How a visit ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DwellSource {
    /// The clerk closed the card as the party left.
    Observed,
    /// A person set a time by hand.
    Adjusted,
    /// Nobody closed it; a rule did.
    Estimated,
}

/// What came of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Articles sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u16>,
    /// When the visitor is to hear from the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<BusinessDay>,
}

/// Outcome of a visit that a rule closed: nobody saw the party leave.
pub const UNSEEN: &str = "unseen";

impl Closing {
    /// The end that a rule gives a visit nobody closed.
    pub fn by_rule(left_ms: i64) -> Self {
        Self { left_ms, dwell_source: DwellSource::Estimated, outcome: Outcome::of(UNSEEN) }
    }

    /// Whether a rule gave it.
    pub fn is_by_rule(&self) -> bool {
        self.dwell_source == DwellSource::Estimated && self.outcome.code == UNSEEN
    }
}

impl Outcome {
    /// An outcome without details.
    pub fn of(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            reasons: Vec::new(),
            amount_minor: None,
            receipt: None,
            pieces: None,
            follow_up: None,
        }
    }

    /// Whether something was sold, by the codes that all packs share.
    pub fn is_bought(&self) -> bool {
        matches!(self.code.as_str(), "buy" | "multi")
    }
}
