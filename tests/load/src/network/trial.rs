//! Many schedules, and what they count.

use super::audit::Broken;
use super::draw::draw;
use super::op::Op;
use super::play::play;
use super::shrink::shrink;
use crate::faults::Tally;
use std::ops::Range;
use std::panic::catch_unwind;

/// Acts and troubles of one schedule.
const LENGTH: usize = 18;
/// Of one that is played when there is time.
const DEEP: usize = 160;

/// Plays the schedules of `seeds`. Counts what was in them, and of the schedules those in which something that
/// was written was `lost`, something was `doubled`, or anything else did not hold.
pub fn simulate(seeds: Range<u64>) -> Tally {
    trials(seeds, LENGTH)
}

/// The same with long schedules.
pub fn soak_network(seeds: Range<u64>) -> Tally {
    trials(seeds, DEEP)
}

fn trials(seeds: Range<u64>, length: usize) -> Tally {
    let mut tally = Tally::of_seeds(seeds, |seed, tally| trial(seed, length, tally));
    ["schedules", "lost", "doubled"].into_iter().for_each(|what| tally.add(what, 0));
    tally
}

fn trial(seed: u64, length: usize, tally: &mut Tally) {
    let ops = draw(seed, length);
    match played(&ops) {
        Ok(played) => tally.join(played),
        Err(broken) => {
            let what = match broken {
                Broken::Lost(_) => "lost",
                Broken::Doubled(_) => "doubled",
                Broken::Other(_) => "otherwise wrong",
            };
            // One mistake fails at a thousand seeds: the first tells enough.
            let small = if tally.is_clean() { shrink(&ops, |ops| played(ops).is_err()) } else { ops };
            // Chance has a part in what comes first, so the small one may hold this time.
            let why = played(&small).err().unwrap_or(broken);
            tally.fail(what, seed, format!("{why}\n    {small:?}"));
        }
    }
    tally.count("schedules");
}

fn played(ops: &[Op]) -> Result<Tally, Broken> {
    catch_unwind(|| play(ops)).unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked").into()))
}
