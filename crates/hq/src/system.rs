//! The clocks and the randomness of this machine.

use chrono::{Local, Utc};
use floorbook_model::{Clock, Recorded, Rng};
use std::time::Instant;

/// Leaves no core dump when the program fails: it would hold keys and what visitors left in clear.
#[cfg(unix)]
pub(crate) fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(error = %error, "a failure of the program may leave a core dump");
    }
}

/// Elsewhere the system keeps none unless it is told to.
#[cfg(not(unix))]
pub(crate) fn leave_no_core() {}

/// The machine's clocks; the steady one counts from when this was made.
pub(crate) struct SystemClock {
    origin: Instant,
    boot: u32,
}

impl SystemClock {
    /// `rng` gives the name of the steady clock's origin.
    pub(crate) fn start(rng: &dyn Rng) -> Self {
        let mut boot = [0; 4];
        rng.fill(&mut boot);
        Self { origin: Instant::now(), boot: u32::from_ne_bytes(boot) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Recorded {
        Recorded {
            wall_ms: self.wall_ms(),
            offset_min: Local::now().offset().local_minus_utc() / 60,
            steady_ms: u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX),
            boot: self.boot,
            server_offset_ms: None,
        }
    }

    fn wall_ms(&self) -> i64 {
        Utc::now().timestamp_millis()
    }
}

/// The operating system's randomness.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("without randomness no key can be made, so there is nothing to go on with");
    }
}
