//! The clerk's hands at the device. A backlog gives way to them: database, processor and disk are theirs first,
//! and so is the line to headquarters for what they write.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, sleep_until};

/// Hands in the middle of a visit come back sooner than this.
const RESTING: Duration = Duration::from_millis(300);
/// As long as one batch of a backlog waits for them: a busy clerk slows it, and never stops it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// When they last did something.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    moved: Mutex<Option<Instant>>,
    wrote: Notify,
}

impl Hands {
    /// They did something.
    pub(crate) fn moved(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// They wrote something that can be sent.
    pub(crate) fn wrote(&self) {
        self.moved();
        self.wrote.notify_waiters();
    }

    /// Until they write something from now on.
    pub(crate) fn written(&self) -> Notified<'_> {
        self.wrote.notified()
    }

    /// Waits until they rest, or until patience ends.
    pub(crate) async fn rest(&self, patient_until: Instant) {
        while let Some(at) = self.busy_until()
            && Instant::now() < patient_until
        {
            sleep_until(at.min(patient_until)).await;
        }
    }

    fn busy_until(&self) -> Option<Instant> {
        let moved = *self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        moved.map(|at| at + RESTING).filter(|at| *at > Instant::now())
    }
}
