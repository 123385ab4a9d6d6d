//! `cargo xtask soak`: the suites of faults and of the network in their deep forms, one after the other and round again with fresh
//! seeds, until the time is up.

use anyhow::{Context, Result, ensure};
use floorbook_load::faults::{Tally, bit_flips, kills, power_cuts, refusals};
use floorbook_load::network::soak_network;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How long
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// One suite: power, refusals, flips, kills, network. All of them without.
    name: Option<String>,
    /// The first seed; with the one of a failure, that failure is played again first. Fresh without.
    #[arg(long)]
    seed: Option<u64>,
}

/// A suite: its name, how many seeds a round takes, and what plays them.
struct Suite<'a> {
    name: &'static str,
    seeds: u64,
    play: Box<dyn Fn(Range<u64>) -> Tally + 'a>,
}

fn suites(program: &Path) -> Vec<Suite<'_>> {
    vec![
        Suite { name: "power", seeds: 4_000, play: Box::new(power_cuts) },
        Suite { name: "refusals", seeds: 1, play: Box::new(refusals) },
        Suite { name: "flips", seeds: 2_000, play: Box::new(bit_flips) },
        Suite { name: "kills", seeds: 500, play: Box::new(|seeds| kills(seeds, program)) },
        Suite { name: "network", seeds: 200, play: Box::new(soak_network) },
    ]
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let program = std::env::current_exe()?;
    let mut suites = suites(&program);
    suites.retain(|suite| arguments.name.as_deref().is_none_or(|asked| asked == suite.name));
    ensure!(!suites.is_empty(), "no suite is called that");
    let end = Instant::now() + Duration::from_secs(arguments.minutes * 60);
    let fresh = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("before 1970")?.as_secs();
    let first = arguments.seed.unwrap_or(fresh * 10_000);
    let (mut tallies, mut round) = (BTreeMap::<_, Tally>::new(), 0);
    while round == 0 || Instant::now() < end {
        for suite in &suites {
            let begins = first + round * suite.seeds;
            let tally = (suite.play)(begins..begins + suite.seeds);
            println!("{} from {begins}: {tally}", suite.name);
            tallies.entry(suite.name).or_default().join(tally);
        }
        round += 1;
    }
    println!("\nafter {round} rounds");
    tallies.iter().for_each(|(name, tally)| println!("{name}: {tally}"));
    ensure!(tallies.values().all(Tally::is_clean), "something failed");
    Ok(())
}
