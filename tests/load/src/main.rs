//! `day` plays a day against a headquarters; `bench` prints the figures, `soak` looks for what breaks a
//! database. `cargo xtask` starts them.
#![expect(clippy::print_stdout, reason = "figures and progress for the person at the terminal")]
#![expect(clippy::indexing_slicing, reason = "a bench that breaks its own invariant must stop")]

mod bench;
mod day;
mod simulate;
mod soak;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use tracing_subscriber::filter::LevelFilter;

#[derive(Debug, Parser)]
#[command(about = "A seeded store")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Play a day of visits through core, ledger and sync
    Day(day::Arguments),
    /// Play schedules on a network that does whatever networks do
    Simulate(simulate::Arguments),
    /// Print one JSON line a figure
    Bench(bench::Arguments),
    /// Drain a device that a bench has filled
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    Drain(bench::costs::Drain),
    /// Look for what breaks a database or a device: power cuts, disk errors, flipped bits, kills, networks
    Soak(soak::Arguments),
    /// Work on a folder until somebody kills it; the suite of kills starts it
    #[command(hide = true)]
    Live { folder: PathBuf, seed: u64 },
}

fn main() -> Result<()> {
    let chore = Cli::parse().chore;
    // Simulated troubles are logged as real ones would be, by the thousand.
    let level =
        if matches!(chore, Chore::Simulate(_) | Chore::Soak(_)) { LevelFilter::OFF } else { LevelFilter::ERROR };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
    // The window's driver is spoken to without TLS, but its client wants to know whose TLS it would be.
    let _already = rustls::crypto::ring::default_provider().install_default();
    match chore {
        Chore::Day(arguments) => day::run(&arguments),
        Chore::Simulate(arguments) => simulate::run(&arguments),
        Chore::Bench(arguments) => bench::run(&arguments),
        #[cfg(target_os = "linux")]
        Chore::Drain(arguments) => bench::costs::drain(&arguments),
        Chore::Soak(arguments) => soak::run(&arguments),
        Chore::Live { folder, seed } => floorbook_load::faults::live(&folder, seed),
    }
}
