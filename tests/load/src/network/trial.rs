//! Many schedules, and what they count.

use super::audit::Broken;
use super::draw::draw;
use super::op::Op;
use super::play::play;
use super::shrink::shrink;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZero;
use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// Acts and troubles of one schedule.
const LENGTH: usize = 24;
/// Of one that is played when there is time.
const DEEP: usize = 160;
/// Failures that are made small; the first ones tell enough.
const SHRUNK: usize = 3;

/// A schedule that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What draws it again.
    pub seed: u64,
    /// What did not hold.
    pub why: String,
    /// As little of it as fails.
    pub ops: Vec<Op>,
}

/// What was played.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Schedules.
    pub schedules: u64,
    /// Acts and troubles in them.
    pub ops: u64,
    /// Visits that were opened.
    pub visits: u64,
    /// Calls that devices made.
    pub calls: u64,
    /// Troubles that calls had, by name.
    pub troubles: BTreeMap<&'static str, u64>,
    /// Schedules in which something that was written went.
    pub lost: u64,
    /// Schedules in which something came twice.
    pub doubled: u64,
    /// Schedules in which anything else did not hold.
    pub other: u64,
    /// All of these.
    pub failures: Vec<Failure>,
}

impl Counts {
    /// Takes over what another one counted.
    pub fn join(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.ops += other.ops;
        self.visits += other.visits;
        self.calls += other.calls;
        for (trouble, n) in other.troubles {
            *self.troubles.entry(trouble).or_default() += n;
        }
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.other += other.other;
        self.failures.extend(other.failures);
    }

    /// Whether everything held.
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    fn fail(&mut self, broken: &Broken, failure: Failure) {
        self.schedules += 1;
        match broken {
            Broken::Lost(_) => self.lost += 1,
            Broken::Doubled(_) => self.doubled += 1,
            Broken::Other(_) => self.other += 1,
        }
        self.failures.push(failure);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedules, ops, visits, calls, lost, doubled, other, .. } = self;
        let troubles: u64 = self.troubles.values().sum();
        write!(
            f,
            "{schedules} network schedules of {ops} acts: {visits} visits, {calls} calls, {troubles} troubles; \
             {lost} lost, {doubled} doubled, {other} otherwise wrong"
        )?;
        let named = self.troubles.iter().map(|(trouble, n)| format!("{n} {trouble}"));
        write!(f, "\n  {}", named.collect::<Vec<_>>().join(", "))?;
        let told = |failure: &Failure| format!("\n  seed {}: {}\n    {:?}", failure.seed, failure.why, failure.ops);
        self.failures.iter().try_for_each(|failure| f.write_str(&told(failure)))
    }
}

/// Plays the schedules of `seeds`.
pub fn simulate(seeds: Range<u64>) -> Counts {
    let (next, end) = (AtomicU64::new(seeds.start), seeds.end);
    by_hand(&|counts| {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            trial(seed, LENGTH, counts);
        }
    })
}

/// Plays long schedules from `seed_start` on, until it is `until`.
pub fn soak_network(seed_start: u64, until: Instant) -> Counts {
    let next = AtomicU64::new(seed_start);
    by_hand(&|counts| {
        while Instant::now() < until {
            trial(next.fetch_add(1, Ordering::Relaxed), DEEP, counts);
        }
    })
}

fn by_hand(work: &(impl Fn(&mut Counts) + Sync)) -> Counts {
    thread::scope(|scope| {
        let hand = || {
            let mut counts = Counts::default();
            work(&mut counts);
            counts
        };
        let at_once = thread::available_parallelism().map_or(1, NonZero::get);
        let hands: Vec<_> = (0..at_once).map(|_| scope.spawn(hand)).collect();
        let mut all = Counts::default();
        hands.into_iter().for_each(|hand| all.join(hand.join().expect("what panics in a schedule is caught")));
        all
    })
}

fn trial(seed: u64, length: usize, counts: &mut Counts) {
    let ops = draw(seed, length);
    match played(&ops) {
        Ok(played) => counts.join(played),
        Err(broken) => {
            let small = if counts.failures.len() < SHRUNK { shrink(&ops, |ops| played(ops).is_err()) } else { ops };
            let why = played(&small).err().map_or_else(|| broken.to_string(), |broken| broken.to_string());
            counts.fail(&broken, Failure { seed, why, ops: small });
        }
    }
}

fn played(ops: &[Op]) -> Result<Counts, Broken> {
    catch_unwind(|| play(ops)).unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked").into()))
}
