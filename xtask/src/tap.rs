//! `cargo xtask tap`: the clerk who taps at random in the real window, for as long as is wished.

use crate::artifacts;
use crate::prerequisites::{self, Purpose};
use crate::run::STORE;
use crate::steps::step;
use anyhow::Result;
use clap::Args;
use floorbook_tests::desktop::{Desktop, Plan, Played, tap};
use floorbook_tests::hq::HqProcess;

/// A line of progress comes after so many acts.
const PACE: usize = 2_500;
/// On average; each end of the program takes some seconds to recover from.
const BURSTS_A_LIFE: u64 = 15;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Acts to play, at least
    #[arg(long, default_value_t = 100_000)]
    acts: usize,
    /// What everything is chosen from; the same seed plays the same acts as far as timing lets it
    #[arg(long, default_value_t = 20_261_124)]
    seed: u64,
}

/// Plays, and fails at the first tap that was lost or doubled and at the first wrong minute.
pub(crate) fn tap_at_random(arguments: &Arguments) -> Result<()> {
    step("what the machine needs", || prerequisites::ensure_for(Purpose::Drive))?;
    step("the interface", artifacts::build_ui)?;
    step("the programs", artifacts::build_programs)?;
    let played = step("a restless clerk", || played(arguments))?;
    println!("seed {}: {}", arguments.seed, told(&played));
    Ok(())
}

fn played(arguments: &Arguments) -> Result<Played> {
    let passing = tempfile::Builder::new().prefix("floorbook-tap-").tempdir()?;
    let desktop = Desktop::start(&passing.path().join("keyring"))?;
    let mut hq = HqProcess::at(&passing.path().join("hq"))?;
    hq.add_store(STORE, "人民路店", "apparel")?;
    let url = hq.serve()?;
    let code = hq.code(STORE)?;
    let folder = passing.path().join("shop");
    let Arguments { acts, seed } = *arguments;
    let plan = Plan { hq: (&hq, &url, &code), folder: &folder, seed, acts, bursts_a_life: BURSTS_A_LIFE };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut next = PACE;
    let tapping = tap(&desktop, &plan, |played| {
        if played.acts >= next {
            println!("{}", told(played));
            next = played.acts + PACE;
        }
    });
    // Without the window's own words nobody could tell why.
    runtime.block_on(tapping).inspect_err(|_| println!("{}", desktop.logs()))
}

fn told(played: &Played) -> String {
    let Played { acts, visits, undos, refused, kills, gone, locks, jumps, languages, seconds } = played;
    format!(
        "{acts} acts, {visits} visits, {undos} undos, {refused} refused, {kills} kills ({gone} acts gone), \
         {locks} locks, {jumps} clock jumps, {languages} languages, {seconds} s"
    )
}
