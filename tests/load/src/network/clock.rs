//! Clocks that follow the virtual time of the runtime, and may be set.

use floorbook_model::{Clock, Recorded};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

const HOUR_MS: i64 = 3_600_000;

pub(crate) struct VirtualClock {
    origin: Instant,
    /// What it showed at the origin, or would have.
    wall_ms: AtomicI64,
}

impl VirtualClock {
    /// One that shows `wall_ms` now, milliseconds UTC.
    pub(crate) fn at(wall_ms: i64) -> Self {
        Self { origin: Instant::now(), wall_ms: AtomicI64::new(wall_ms) }
    }

    /// Somebody sets it.
    pub(crate) fn jump(&self, hours: i16) {
        self.wall_ms.fetch_add(i64::from(hours) * HOUR_MS, Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Recorded {
        let steady_ms = u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(0);
        Recorded {
            wall_ms: self.wall_ms.load(Ordering::SeqCst) + steady_ms.cast_signed(),
            offset_min: 480,
            steady_ms,
            boot: 1,
            server_offset_ms: None,
        }
    }
}
