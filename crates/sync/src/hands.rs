//! The clerk's hands at the device. A backlog gives way to them: database, processor and disk are theirs first.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Hands in the middle of a visit come back sooner than this.
const RESTING: Duration = Duration::from_millis(300);
/// As long as one batch waits for them: a busy clerk slows a backlog, and never stops it.
const PATIENCE: Duration = Duration::from_secs(1);

/// When they last wrote something.
#[derive(Debug, Default)]
pub(crate) struct Hands(Mutex<Option<Instant>>);

impl Hands {
    /// They wrote something.
    pub(crate) fn moved(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Waits until they rest, or until patience ends.
    pub(crate) async fn rest(&self) {
        let latest = Instant::now() + PATIENCE;
        while let Some(at) = self.busy_until()
            && Instant::now() < latest
        {
            sleep_until(at.min(latest)).await;
        }
    }

    fn busy_until(&self) -> Option<Instant> {
        let moved = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        moved.map(|at| at + RESTING).filter(|at| *at > Instant::now())
    }
}
