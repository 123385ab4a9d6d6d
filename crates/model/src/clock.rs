//! Time and randomness, as they are handed in.

use serde::{Deserialize, Serialize};

/// What the clocks of a machine say. Its one real implementation lives at the edge; tests bring
/// their own.
pub trait Clock: Send + Sync {
    /// Everything the clocks say at this moment.
    fn now(&self) -> Recorded;

    /// Wall time, milliseconds UTC since the Unix epoch.
    fn wall_ms(&self) -> i64 {
        self.now().wall_ms
    }
}

/// A source of unpredictable bytes.
pub trait Rng: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// What the clocks said when an event was recorded. A wrong wall clock never refuses a record:
/// it is kept, and these figures let the reader repair it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recorded {
    /// Wall clock, milliseconds UTC since the Unix epoch.
    pub wall_ms: i64,
    /// Offset of local time from UTC, minutes.
    pub offset_min: i32,
    /// Steady clock, milliseconds since the origin that `boot` names. Never jumps.
    pub steady_ms: u64,
    /// Names the origin of the steady clock: figures of one boot can be subtracted.
    pub boot: u32,
    /// Server time minus wall clock, milliseconds, as last learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_offset_ms: Option<i64>,
}
