//! Files that are no longer what was written: one bit is another, a file ends too early, two pages have changed
//! places. Whoever reads everything is told, or reads what was written.
//!
//! A log that ends too early, or differs in its head or in its last transaction, looks to anybody as a power cut
//! leaves it. What was written before is read, whole, and what came after is gone without a word. Such a seed
//! counts as `log rolled back`: it is a loss, and nobody is told. Anywhere else in a log it is a failure.

use super::audit::{self, State};
use super::disk::Watch;
use super::play::{Play, key};
use super::tally::Tally;
use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::ops::Range;

const FILE: &str = "floorbook.db";
const LOG: &str = "floorbook.db-wal";
const PAGE_BYTES: usize = 4_096;
const LOG_HEAD_BYTES: usize = 32;
/// Acts that are in the file, and acts after them that are in the log.
const ACTS: [usize; 2] = [60, 12];

/// A database as it lies on the disk while somebody works on it.
struct Written {
    file: Vec<u8>,
    log: Vec<u8>,
    /// Where the last transaction begins in the log.
    last: usize,
    /// What it held when its file was written, and after each act that is in the log alone.
    states: Vec<State>,
}

/// What was done to the files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    File,
    /// The log ends here.
    LogEnds,
    /// A bit of the log, in this byte.
    LogBit(usize),
}

impl Damage {
    /// Whether a power cut may leave the same behind.
    fn is_like_a_cut(self, written: &Written) -> bool {
        match self {
            Self::File => false,
            Self::LogEnds => true,
            Self::LogBit(at) => at < LOG_HEAD_BYTES || at >= written.last,
        }
    }
}

/// Damages the files of one database at the given seeds, and reads them. Counts for file and log what was
/// noticed and what was harmless, which logs were rolled back, and what was read `wrongly`.
pub fn bit_flips(seeds: Range<u64>) -> Tally {
    let written = match written() {
        Ok(written) => written,
        Err(error) => {
            let mut tally = Tally::default();
            tally.fail("wrongly", seeds.start, format!("nothing could be written: {error:#}"));
            return tally;
        }
    };
    let mut tally = Tally::of_seeds(seeds, |seed, tally| {
        let mut dice = StdRng::seed_from_u64(seed);
        let (mut file, mut log) = (written.file.clone(), written.log.clone());
        let damage = damage(&mut file, &mut log, &mut dice);
        tally.count("damages");
        let is_log = damage != Damage::File;
        match read(&file, &log) {
            Err(_) => tally.count(if is_log { "log noticed" } else { "file noticed" }),
            Ok(state) if written.states.last() == Some(&state) => {
                tally.count(if is_log { "log harmless" } else { "file harmless" });
            }
            Ok(state) if damage.is_like_a_cut(&written) && written.states.contains(&state) => {
                tally.count("log rolled back");
            }
            Ok(_) => tally.fail("wrongly", seed, "what was read is not what was written"),
        }
    });
    tally.add("wrongly", 0);
    tally
}

fn written() -> Result<Written> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    let _spared = Watch::idly(folder.path())?;
    let mut play = Play::open(&path, &key(), 1)?;
    let [in_file, in_log] = ACTS;
    for _ in 0..in_file {
        play.act()?;
    }
    play.restart()?;
    let mut states = vec![audit::state(&path, &key())?];
    let (log, mut last) = (folder.path().join(LOG), 0);
    for _ in 0..in_log {
        last = fs::metadata(&log).map_or(0, |log| log.len());
        play.arrive()?; // no other act leaves the log as it is for sure
        states.push(audit::state(&path, &key())?);
    }
    Ok(Written { file: fs::read(&path)?, log: fs::read(log)?, last: usize::try_from(last)?, states })
}

/// Does one damage.
fn damage(file: &mut Vec<u8>, log: &mut Vec<u8>, dice: &mut StdRng) -> Damage {
    match dice.random_range(0..100) {
        0..5 => {
            file.truncate(dice.random_range(0..file.len()));
            Damage::File
        }
        5..10 => {
            let pages = file.len() / PAGE_BYTES;
            let (one, other) = (dice.random_range(0..pages), dice.random_range(0..pages));
            for byte in 0..PAGE_BYTES {
                file.swap(one * PAGE_BYTES + byte, other * PAGE_BYTES + byte);
            }
            Damage::File
        }
        10..15 => {
            log.truncate(dice.random_range(0..log.len()));
            Damage::LogEnds
        }
        _ => {
            let at = dice.random_range(0..file.len() + log.len());
            let (byte, damage) = match at.checked_sub(file.len()) {
                Some(at) => (&mut log[at], Damage::LogBit(at)),
                None => (&mut file[at], Damage::File),
            };
            *byte ^= 1 << dice.random_range(0..8);
            damage
        }
    }
}

/// Opens what is left as a start does, and reads all of it.
fn read(file: &[u8], log: &[u8]) -> Result<State> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    fs::write(&path, file)?;
    fs::write(folder.path().join(LOG), log)?;
    let _spared = Watch::idly(folder.path())?;
    let play = Play::open(&path, &key(), 1)?;
    audit::check(play.book().context("just opened")?, &path, &key())
}
