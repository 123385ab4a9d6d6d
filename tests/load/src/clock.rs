//! Time and randomness of a simulation.

use floorbook_model::{Clock, Recorded, Rng};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Clocks that stand still until they are moved: a wall clock that may be set to anything, and a
/// steady one that only time moves.
#[derive(Debug)]
pub struct SimClock {
    wall_ms: AtomicI64,
    /// What the wall clock showed, or would have shown unset, when the steady one began.
    origin_ms: AtomicI64,
    boot: AtomicU32,
}

impl SimClock {
    /// A clock that shows `wall_ms`, milliseconds UTC.
    pub fn at(wall_ms: i64) -> Self {
        Self { wall_ms: AtomicI64::new(wall_ms), origin_ms: AtomicI64::new(wall_ms), boot: AtomicU32::new(1) }
    }

    /// Time passes until it is `wall_ms`.
    pub fn set(&self, wall_ms: i64) {
        self.wall_ms.store(wall_ms, Ordering::Relaxed);
    }

    /// Time passes.
    pub fn pass(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn jump(&self, by_ms: i64) {
        self.origin_ms.fetch_add(by_ms, Ordering::Relaxed);
        self.wall_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// The machine starts anew: the steady clock begins again.
    pub fn reboot(&self) {
        self.origin_ms.store(self.wall_ms.load(Ordering::Relaxed), Ordering::Relaxed);
        self.boot.fetch_add(1, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Recorded {
        let wall_ms = self.wall_ms.load(Ordering::Relaxed);
        let steady_ms = u64::try_from(wall_ms - self.origin_ms.load(Ordering::Relaxed)).unwrap_or(0);
        let boot = self.boot.load(Ordering::Relaxed);
        Recorded { wall_ms, offset_min: 480, steady_ms, boot, server_offset_ms: None }
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
