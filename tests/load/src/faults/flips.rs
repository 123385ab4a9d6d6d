//! Files that are no longer what was written: one bit is another, a file ends too early, two pages have changed
//! places. Whoever reads everything is told, or reads what was written.
//!
//! A log of no bytes is one that was moved into the file. Everywhere else the note beside the database tells.

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
const MARK: &str = "floorbook.db-mark";
const PAGE_BYTES: usize = 4_096;
/// Acts that are in the file, and acts after them that are in the log.
const ACTS: [usize; 2] = [60, 12];

/// A database as it lies on the disk while somebody works on it.
struct Written {
    file: Vec<u8>,
    log: Vec<u8>,
    mark: Vec<u8>,
    /// What it holds.
    state: State,
}

/// Which file was damaged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    File,
    Log,
}

/// Damages the files of one database at the given seeds, and reads them. Counts for file and log what was
/// noticed and what was harmless, and what was read `wrongly`.
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
        match read(&file, &log, &written.mark) {
            Err(_) => tally.count(if is_log { "log noticed" } else { "file noticed" }),
            Ok(state) if state == written.state => {
                tally.count(if is_log { "log harmless" } else { "file harmless" });
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
    for _ in 0..in_log {
        play.arrive()?; // no other act leaves the log as it is for sure
    }
    let [file, log, mark] = [FILE, LOG, MARK].map(|name| fs::read(folder.path().join(name)));
    Ok(Written { file: file?, log: log?, mark: mark?, state: audit::state(&path, &key())? })
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
            log.truncate(dice.random_range(1..log.len()));
            Damage::Log
        }
        _ => {
            let at = dice.random_range(0..file.len() + log.len());
            let (byte, damage) = match at.checked_sub(file.len()) {
                Some(at) => (&mut log[at], Damage::Log),
                None => (&mut file[at], Damage::File),
            };
            *byte ^= 1 << dice.random_range(0..8);
            damage
        }
    }
}

/// Opens what is left as a start does, and reads all of it.
fn read(file: &[u8], log: &[u8], mark: &[u8]) -> Result<State> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    fs::write(&path, file)?;
    fs::write(folder.path().join(LOG), log)?;
    fs::write(folder.path().join(MARK), mark)?;
    let _spared = Watch::idly(folder.path())?;
    let play = Play::open(&path, &key(), 1)?;
    audit::check(play.book().context("just opened")?, &path, &key())
}
