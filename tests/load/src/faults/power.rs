//! Power cuts: a play is written down request by request, cut somewhere, and what the disk holds then is opened
//! as a start of the program would.
//!
//! A seed names a play and a cut: `seed / CUTS` plays, `seed` cuts. Now and then a play writes so much that the
//! thread of the database moves the log while others write; where the two meet is the machine's, and only there
//! does a seed not give the very same again.

use super::audit::{self, State};
use super::cut;
use super::disk::{Op, Spell, Trouble, Watch};
use super::play::{Play, PlayError, key};
use super::tally::Tally;
use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// So many cuts are made of one play.
const CUTS: u64 = 100;
const ACTS: usize = 60;
/// Every so many plays is one with a long log.
const LONG_EVERY: u64 = 20;
const FILE: &str = "floorbook.db";
/// Databases of older versions.
pub(super) const OF_THE_PAST: [&[u8]; 2] = [
    include_bytes!("../../../../crates/ledger/tests/fixtures/v1.db"),
    include_bytes!("../../../../crates/ledger/tests/fixtures/v4.db"),
];

/// A play that was written down.
struct Recording {
    ops: Vec<Op>,
    /// Requests before the play began: what was on the disk.
    begins: usize,
    /// What the database held when each act was acknowledged, and what it may hold until the next one is: an
    /// act whose sync failed is refused and yet on the disk, maybe.
    states: Vec<Vec<State>>,
}

impl Recording {
    /// What a start may find once so many acts were acknowledged: nothing is missing, and the next act is there or not.
    fn allows(&self, acknowledged: usize) -> impl Iterator<Item = &State> {
        let (now, next) = (acknowledged.checked_sub(1).and_then(|n| self.states.get(n)), self.states.get(acknowledged));
        now.into_iter().flatten().chain(next.and_then(|states| states.first()))
    }
}

/// Cuts at the given seeds. Counts `cuts`, and of them `lost`, `half` and `unopenable`.
pub fn power_cuts(seeds: Range<u64>) -> Tally {
    let plays = seeds.start / CUTS..seeds.end.div_ceil(CUTS);
    let mut tally = Tally::of_seeds(plays, |play, tally| {
        let of_play = (play * CUTS).max(seeds.start)..((play + 1) * CUTS).min(seeds.end);
        let first = of_play.start;
        if let Err(error) = record(play).and_then(|recording| cuts(&recording, of_play, tally)) {
            tally.fail("plays that do not play", first, format!("{error:#}"));
        }
    });
    ["cuts", "lost", "half", "unopenable"].into_iter().for_each(|what| tally.add(what, 0));
    tally
}

fn record(seed: u64) -> Result<Recording> {
    let (folder, mut dice) = (tempfile::tempdir()?, StdRng::seed_from_u64(seed));
    let path = folder.path().join(FILE);
    if let Some(past) = OF_THE_PAST.get(dice.random_range(0..4)) {
        fs::write(&path, past)?;
    }
    let disk = Watch::begin(folder.path())?;
    let begins = disk.len();
    let mut play = Play::open(&path, &key(), seed)?;
    let mut states = vec![vec![audit::state(&path, &key())?]];
    disk.acknowledge();
    if dice.random_range(0..3) == 0 {
        disk.has(Some(some_spell(&mut dice)));
    }
    let is_long = seed % LONG_EVERY == LONG_EVERY - 1;
    for n in 0..ACTS {
        let done =
            if is_long && n % 2 == 0 { play.writes_much().map_err(PlayError::from) } else { play.act().map(drop) };
        let held =
            disk.while_well(|| if done.is_ok() { audit::state(&path, &key()) } else { killed(folder.path()) })?;
        match states.last_mut() {
            Some(last) if done.is_err() => last.push(held),
            last => {
                // An act that wrote nothing ends no doubt about the one before it.
                let doubts = last.filter(|last| last.first() == Some(&held)).cloned();
                states.push(doubts.unwrap_or_else(|| vec![held]));
                disk.acknowledge();
            }
        }
    }
    drop(play);
    Ok(Recording { ops: disk.take(), begins, states })
}

/// What a start finds when the program is killed just now.
pub(super) fn killed(folder: &Path) -> Result<State> {
    let copy = tempfile::tempdir()?;
    for entry in fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()? {
        if entry.path().extension().is_none_or(|extension| extension != "db-shm") {
            fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
        }
    }
    let path = copy.path().join(FILE);
    let _spared = Watch::idly(copy.path())?;
    let play = Play::open(&path, &key(), 0)?;
    audit::check(play.book().context("just opened")?, &path, &key())
}

fn some_spell(dice: &mut StdRng) -> Spell {
    let trouble = Trouble::ALL[dice.random_range(0..Trouble::ALL.len())];
    let latest = if matches!(trouble, Trouble::Full | Trouble::Write) { 600 } else { 60 };
    Spell { trouble, at: dice.random_range(1..latest), times: dice.random_range(1..4) }
}

fn cuts(recording: &Recording, seeds: Range<u64>, tally: &mut Tally) -> Result<()> {
    for seed in seeds {
        let mut dice = StdRng::seed_from_u64(seed);
        let at = dice.random_range(recording.begins..=recording.ops.len());
        let (asked, _) = recording.ops.split_at(at);
        let folder = tempfile::tempdir()?;
        for (name, bytes) in cut::image(asked, &mut dice) {
            fs::write(folder.path().join(name), bytes)?;
        }
        let acknowledged = asked.iter().filter(|op| **op == Op::Acknowledged).count();
        tally.count("cuts");
        let _spared = Watch::idly(folder.path())?;
        hold_against(recording, acknowledged, folder.path(), seed, tally);
    }
    Ok(())
}

/// Opens what is left, and holds it against what the program was told.
fn hold_against(recording: &Recording, acknowledged: usize, folder: &Path, seed: u64, tally: &mut Tally) {
    let path = folder.join(FILE);
    let mut play = match Play::open(&path, &key(), seed) {
        Ok(play) => play,
        Err(error) => return tally.fail("unopenable", seed, format!("{error:#}")),
    };
    let found = match play.book().context("just opened").and_then(|book| audit::check(book, &path, &key())) {
        Ok(found) => found,
        Err(error) => return tally.fail("half", seed, format!("{error:#}")),
    };
    if !recording.allows(acknowledged).any(|state| *state == found) {
        let what = if recording.states.iter().flatten().any(|state| *state == found) { "lost" } else { "half" };
        return tally.fail(what, seed, format!("{acknowledged} acts were acknowledged"));
    }
    if seed.is_multiple_of(4)
        && let Err(error) = goes_on(&mut play, &path, &found)
    {
        tally.fail("half", seed, format!("it does not go on: {error:?}"));
    }
}

fn goes_on(play: &mut Play, path: &Path, before: &State) -> Result<()> {
    play.arrive()?;
    let after = audit::check(play.book().context("it is open")?, path, &key())?;
    ensure!(*before != after, "an arrival is written");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(recording: &Recording) -> Vec<String> {
        let shape = |op: &Op| match op {
            Op::Write { file, at, bytes } => format!("write {file} {at} {}", bytes.len()),
            op => format!("{op:?}"),
        };
        recording.ops.iter().map(shape).collect()
    }

    #[test]
    fn a_seed_plays_the_same_again() {
        for seed in 0..6 {
            let (one, other) = (record(seed).unwrap(), record(seed).unwrap());
            assert_eq!(shape(&one), shape(&other), "play {seed}");
            assert!(one.states == other.states, "play {seed}");
        }
    }
}
