//! A disk that refuses: it is full, a write fails, what was written does not become durable. The trouble begins
//! at each request of a play in turn, and passes. What fails says so and changes nothing, and the same open
//! database goes on once the disk is well.

use super::audit::{self, State};
use super::disk::{Spell, Trouble, Watch};
use super::play::{Done, Play, PlayError, key};
use super::power::killed;
use super::tally::Tally;
use anyhow::{Context, Result, bail, ensure};
use std::ops::Range;

const ACTS: usize = 24;
const FILE: &str = "floorbook.db";
/// A trouble of one request, and one that outlasts some acts.
const TIMES: [u64; 2] = [1, 12];
/// Sweeps of one play.
const SWEEPS: u64 = 10;
/// No play asks for as much of any kind.
const REQUESTS_MAX: u64 = 1_000;

/// Sweeps over every request of the given plays, in each kind of trouble. Counts `refusals` and what of them
/// `failed` to be harmless. A seed is a play; what failed in it says which request of which trouble it was.
pub fn refusals(seeds: Range<u64>) -> Tally {
    let mut all = Tally::default();
    for play in seeds {
        match calm(play) {
            Ok(states) => all.join(Tally::of_seeds(0..SWEEPS, |sweep, tally| swept(&states, play, sweep, tally))),
            Err(error) => all.fail("failed", play, format!("it does not play: {error:#}")),
        }
    }
    all.add("failed", 0);
    all
}

fn swept(calm: &[State], play: u64, sweep: u64, tally: &mut Tally) {
    let index = usize::try_from(sweep).unwrap_or(0);
    let (trouble, times) = (Trouble::ALL[index / TIMES.len()], TIMES[index % TIMES.len()]);
    for at in 1..=REQUESTS_MAX {
        match case(calm, play, Spell { trouble, at, times }) {
            Ok(0) => return, // the play is over before the trouble begins
            Ok(refused) => tally.add("refusals", refused),
            Err(error) => {
                tally.fail("failed", play, format!("{trouble:?} from request {at}, {times} times: {error:#}"))
            }
        }
    }
    tally.fail("failed", play, "it asks for more than a sweep covers");
}

/// What the database holds before the first act of a play and after each, without any trouble.
fn calm(play: u64) -> Result<Vec<State>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    let _spared = Watch::idly(folder.path())?;
    let mut play = Play::open(&path, &key(), play)?;
    let mut states = vec![audit::state(&path, &key())?];
    for _ in 0..ACTS {
        play.act()?;
        states.push(audit::state(&path, &key())?);
    }
    Ok(states)
}

/// Plays one case. Gives how often the disk refused.
fn case(calm: &[State], play: u64, spell: Spell) -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    let disk = Watch::idly(folder.path())?;
    let mut play = Play::open(&path, &key(), play)?;
    disk.has(Some(spell));
    let mut held = None;
    for (n, before) in calm.iter().take(ACTS).enumerate() {
        let refused = disk.refused();
        let done = play.act();
        if disk.refused() == refused && held.is_none() {
            continue;
        }
        let now = disk.while_well(|| audit::state(&path, &key()))?;
        match done {
            Err(error) => {
                told(&error, spell.trouble).with_context(|| format!("act {n}"))?;
                ensure!(now == held.unwrap_or(*before), "act {n} failed and is kept");
                if held.is_none() {
                    disk.while_well(|| killed(folder.path())).with_context(|| format!("killed after act {n}"))?;
                }
            }
            // A program that ends leaves the log to its next start when it cannot move it.
            Ok(Done::Restarted) => {}
            // So does the thread that moves the log, where the trouble keeps it from opening.
            Ok(Done::Acted) if spell.trouble == Trouble::Open => {}
            Ok(Done::Acted) => ensure!(disk.refused() == refused, "act {n} was refused, and nobody was told"),
        }
        held = Some(now);
    }
    let refused = disk.refused();
    disk.has(None);
    for n in 0..4 {
        play.act().with_context(|| format!("act {n} after the trouble"))?;
    }
    let open = audit::check(play.book().context("it is open")?, &path, &key())?;
    play.restart()?;
    let again = audit::check(play.book().context("it is open")?, &path, &key())?;
    ensure!(open == again, "what was acknowledged is not there after a restart");
    Ok(refused)
}

/// The error says what the matter is: the screen has other words for a full disk than for a broken one.
fn told(error: &PlayError, trouble: Trouble) -> Result<()> {
    match (trouble, error.is_disk_full()) {
        (Trouble::Full, false) => bail!("a full disk is told as {error:?}"),
        (Trouble::Write | Trouble::Sync | Trouble::Cut | Trouble::Open, true) => {
            bail!("{trouble:?} is told as a full disk")
        }
        _ => Ok(()),
    }
}
