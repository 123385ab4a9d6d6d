//! The machine's own clocks and randomness: the only place that asks for "now".

use chrono::{Local, Utc};
use floorbook_model::{Clock, Recorded, Rng};
use std::time::Instant;

/// The clocks of this machine, from the start of this process.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    boot: u32,
}

impl SystemClock {
    /// Starts the steady clock; `rng` names this start.
    pub fn new(rng: &dyn Rng) -> Self {
        let mut boot = [0; 4];
        rng.fill(&mut boot);
        Self { started: Instant::now(), boot: u32::from_le_bytes(boot) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Recorded {
        Recorded {
            wall_ms: Utc::now().timestamp_millis(),
            offset_min: Local::now().offset().local_minus_utc() / 60,
            steady_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            boot: self.boot,
            server_offset_ms: None,
        }
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("without the system's randomness no key and no id can be made");
    }
}
