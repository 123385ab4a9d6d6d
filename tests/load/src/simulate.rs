//! `simulate`: schedules on a network that does whatever networks do.

use anyhow::{Result, ensure};
use floorbook_load::network;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many schedules
    #[arg(long, default_value_t = 10_000)]
    schedules: u64,
    /// Of the first one; the others follow it
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tally = network::simulate(arguments.seed..arguments.seed.saturating_add(arguments.schedules));
    println!("{tally}");
    ensure!(tally.is_clean(), "some schedules failed");
    Ok(())
}
