//! What a suite counts.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::thread;

/// One mistake fails at a thousand seeds.
const SHOWN_MAX: usize = 10;

/// Counts by name, and the seeds that failed. It prints as one line, then one a failure.
#[derive(Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, u64>,
    failures: Vec<(u64, String)>,
}

impl Tally {
    /// Counts one of `what`.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Counts `n` of `what`; none of them makes a line of it too.
    pub fn add(&mut self, what: &'static str, n: u64) {
        *self.counts.entry(what).or_default() += n;
    }

    /// Counts a failure, and keeps the seed that plays it again.
    pub fn fail(&mut self, what: &'static str, seed: u64, why: impl Into<String>) {
        self.count(what);
        self.failures.push((seed, format!("{what}: {}", why.into())));
    }

    /// How many of `what`.
    pub fn of(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }

    /// Whether nothing failed.
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    /// Takes over what another one counted.
    pub fn join(&mut self, other: Self) {
        for (what, n) in other.counts {
            self.add(what, n);
        }
        self.failures.extend(other.failures);
    }

    /// Plays `seeds` on both halves of a machine.
    pub(crate) fn of_seeds(seeds: Range<u64>, play: impl Fn(u64, &mut Self) + Sync) -> Self {
        let play = &play;
        let halves = [0, 1].map(|half| seeds.clone().filter(move |seed| seed % 2 == half));
        thread::scope(|scope| {
            let threads = halves.map(|half| {
                scope.spawn(move || {
                    let mut tally = Self::default();
                    half.for_each(|seed| play(seed, &mut tally));
                    tally
                })
            });
            let mut all = Self::default();
            threads.into_iter().for_each(|thread| all.join(thread.join().expect("a play that panics is a bug of it")));
            all
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
        f.write_str(&counts.join(", "))?;
        self.failures.iter().take(SHOWN_MAX).try_for_each(|(seed, why)| write!(f, "\n  seed {seed}: {why}"))?;
        match self.failures.len().checked_sub(SHOWN_MAX) {
            Some(more) if more > 0 => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}
