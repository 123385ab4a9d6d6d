//! The machine's own clocks and randomness: the only place that asks for "now".

use chrono::{Local, Utc};
use floorbook_model::{Clock, Recorded, Rng};

/// Leaves no core dump when the program fails: it would hold keys and what visitors left in clear.
#[cfg(unix)]
pub fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(error = %error, "a failure of the program may leave a core dump");
    }
}

/// Elsewhere the system keeps none unless it is told to.
#[cfg(not(unix))]
pub fn leave_no_core() {}

/// The clocks of this machine.
#[derive(Debug)]
pub struct SystemClock {
    steady: steady::Steady,
    boot: u32,
}

impl SystemClock {
    /// Starts the steady clock. Where the system names its own starts, programs that run one
    /// after the other share one steady clock; elsewhere `rng` names this start.
    pub fn new(rng: &dyn Rng) -> Self {
        let mut boot = [0; 4];
        rng.fill(&mut boot);
        Self { steady: steady::Steady::start(), boot: steady::boot().unwrap_or(u32::from_le_bytes(boot)) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Recorded {
        Recorded {
            wall_ms: Utc::now().timestamp_millis(),
            offset_min: Local::now().offset().local_minus_utc() / 60,
            steady_ms: self.steady.ms(),
            boot: self.boot,
            server_offset_ms: None,
        }
    }
}

/// A steady clock that runs on while the machine sleeps: a visitor stays although the lid is shut.
/// The standard library's stops there on Linux and on Apple's systems.
#[cfg(unix)]
mod steady {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    use sha2::{Digest, Sha256};

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic; // Apple's goes on in sleep

    #[derive(Debug)]
    pub(super) struct Steady;

    impl Steady {
        pub(super) fn start() -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "other systems keep a start")]
        pub(super) fn ms(&self) -> u64 {
            let now = clock_gettime(CLOCK);
            u64::try_from(now.tv_sec * 1_000 + now.tv_nsec / 1_000_000).unwrap_or(0)
        }
    }

    /// The kernel's name of this start of the system, shortened.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) fn boot() -> Option<u32> {
        let id = std::fs::read("/proc/sys/kernel/random/boot_id").ok()?;
        let digest: [u8; 32] = Sha256::digest(id.trim_ascii()).into();
        digest.first_chunk().map(|start| u32::from_le_bytes(*start))
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(super) fn boot() -> Option<u32> {
        None
    }
}

/// The performance counter of Windows goes on in sleep.
#[cfg(not(unix))]
mod steady {
    use std::time::Instant;

    #[derive(Debug)]
    pub(super) struct Steady(Instant);

    impl Steady {
        pub(super) fn start() -> Self {
            Self(Instant::now())
        }

        pub(super) fn ms(&self) -> u64 {
            u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
        }
    }

    pub(super) fn boot() -> Option<u32> {
        None
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
