//! Time and randomness of a simulation.

use floorbook_model::{Clock, Recorded, Rng};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct SimClock {
    wall_ms: AtomicI64,
    start_ms: i64,
}

impl SimClock {
    /// A clock that shows `wall_ms`, milliseconds UTC.
    pub fn at(wall_ms: i64) -> Self {
        Self { wall_ms: AtomicI64::new(wall_ms), start_ms: wall_ms }
    }

    /// Moves it to `wall_ms`.
    pub fn set(&self, wall_ms: i64) {
        self.wall_ms.store(wall_ms, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Recorded {
        let wall_ms = self.wall_ms.load(Ordering::Relaxed);
        let steady_ms = u64::try_from(wall_ms - self.start_ms).unwrap_or(0);
        Recorded { wall_ms, offset_min: 480, steady_ms, boot: 1, server_offset_ms: None }
    }
}

/// The same bytes for the same seed, every time.
#[derive(Debug)]
pub struct SeededRng(Mutex<StdRng>);

impl SeededRng {
    /// Bytes that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}
