//! One record of a batch as headquarters first sees it: the head of an event, the body unread.

use floorbook_model::{ContactId, DeviceId, EventId, StoreId, VisitId};
use serde::Deserialize;

/// A line that is no event.
#[derive(Debug, thiserror::Error)]
#[error("record is not an event")]
pub struct BadRecord(#[source] serde_json::Error);

/// What intake needs to know of an event. The body stays unread: kinds of later versions are
/// taken in and kept too.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordHead {
    /// Name of the event.
    pub id: EventId,
    /// Store that it claims.
    pub store: StoreId,
    /// Device that it claims.
    pub device: DeviceId,
    /// Its number on that device.
    pub seq: u64,
    /// The visit it is about.
    #[serde(default)]
    pub visit: Option<VisitId>,
}

impl RecordHead {
    /// Reads the head of one line.
    ///
    /// # Errors
    /// [`BadRecord`] when the line is not a JSON object with these fields.
    pub fn parse(line: &str) -> Result<Self, BadRecord> {
        serde_json::from_str(line).map_err(BadRecord)
    }
}

/// The contact that a line erases, where it does that. Other lines are told apart without reading
/// them.
pub fn erased_contact(line: &str) -> Option<ContactId> {
    #[derive(Deserialize)]
    struct Erasing {
        body: Body,
    }
    #[derive(Deserialize)]
    struct Body {
        kind: String,
        contact: ContactId,
    }
    const KIND: &str = "contact_erased";
    if !line.contains(KIND) {
        return None;
    }
    let Erasing { body } = serde_json::from_str(line).ok()?;
    (body.kind == KIND).then_some(body.contact)
}
