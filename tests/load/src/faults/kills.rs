//! A real process is killed at any moment: while it starts, migrates, makes a new key, writes, moves its log. The
//! next one finds everything that the one before it said was done.
//!
//! What a life must have written is known from a second play of the same seed on a database that nobody kills.
//! The moment of a kill is the machine's, so a seed names the house and its acts, not the very moment.

use super::audit;
use super::disk::Watch;
use super::life::House;
use super::play::{Play, key};
use super::power::OF_THE_PAST;
use super::tally::Tally;
use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// So many lives follow each other in one house.
const LIVES: u64 = 25;
const START_MAX_US: u64 = 60_000;
const WORK_MAX_US: u64 = 40_000;
/// Nothing that lives takes that long to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kills at the given seeds: `seed / LIVES` is the house. `program` is started as `program live FOLDER SEED`.
/// Counts `kills`, those that came `before the first act` or
/// `between two keys`, the acts that were `acknowledged`, and failures.
pub fn kills(seeds: Range<u64>, program: &Path) -> Tally {
    let houses = seeds.start / LIVES..seeds.end.div_ceil(LIVES);
    let mut tally = Tally::of_seeds(houses, |house, tally| {
        let lives = (house * LIVES).max(seeds.start)..((house + 1) * LIVES).min(seeds.end);
        let first = lives.start;
        if let Err(error) = lived(lives, program, tally) {
            tally.fail("lost or unopenable", first, format!("{error:#}"));
        }
    });
    tally.add("lost or unopenable", 0);
    tally
}

/// Lets lives follow each other in one house.
fn lived(lives: Range<u64>, program: &Path, tally: &mut Tally) -> Result<()> {
    let (folder, mirror) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let house = House(folder.path());
    let past = OF_THE_PAST.get(usize::try_from(lives.start / LIVES % 4)?);
    house.furnish(past.copied())?;
    let untouched = mirror.path().join("floorbook.db");
    past.map_or(Ok(()), |past| std::fs::write(&untouched, past))?;
    let _spared = Watch::idly(mirror.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for seed in lives {
        let done = cut_short(program, folder.path(), seed)?;
        tally.count("kills");
        tally.add("acknowledged", done.unwrap_or(0));
        tally.add("before the first act", u64::from(done.is_none()));
        tally.add("between two keys", u64::from(house.is_between_keys()));
        let mut play = Play::open(&untouched, &key(), seed)?;
        (0..done.unwrap_or(0)).try_for_each(|_| play.act().map(drop))?;
        let root = house.start(seed, runtime.handle()).with_context(|| format!("life {seed}, after {done:?}"))?;
        let mut works = Play::open(&house.database(), &root.database_key(), 0)?;
        let book = works.book().context("just opened")?;
        let found = audit::check(book, &house.database(), &root.database_key())?;
        if found != audit::state(&untouched, &key())? {
            let Some(done) = done else { bail!("it said nothing yet, and something else is there") };
            play.act()?;
            if found != audit::state(&untouched, &key())? {
                bail!("{done} acts were acknowledged, and neither they nor one more are there");
            }
        }
        if seed.is_multiple_of(2) {
            works.wants_a_new_key()?; // the next life makes it
        }
    }
    Ok(())
}

/// Starts a life and kills it. Gives the last act that it said was done; `None` when it had not even begun.
fn cut_short(program: &Path, folder: &Path, seed: u64) -> Result<Option<u64>> {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut command = Command::new(program);
    command.arg("live").arg(folder).arg(seed.to_string()).stdout(Stdio::piped());
    let mut child = command.spawn().context("no life begins")?;
    let said = listen(&mut child)?;
    let (mut last, mut left) = (None, Duration::from_micros(dice.random_range(0..START_MAX_US)));
    if dice.random_bool(0.6) {
        last = Some(said.recv_timeout(PATIENCE).context("a life does not begin")?);
        left = Duration::from_micros(dice.random_range(0..WORK_MAX_US));
    }
    let end = Instant::now() + left;
    while let Ok(n) = said.recv_timeout(end.saturating_duration_since(Instant::now())) {
        last = Some(n);
    }
    child.kill()?;
    child.wait()?;
    last = said.iter().last().or(last); // what was said and not heard yet
    Ok(last)
}

fn listen(child: &mut Child) -> Result<Receiver<u64>> {
    let lines = BufReader::new(child.stdout.take().context("its output was piped")?).lines();
    let (say, said) = channel();
    thread::spawn(move || {
        lines.map_while(Result::ok).filter_map(|line| line.parse().ok()).try_for_each(|n| say.send(n))
    });
    Ok(said)
}
