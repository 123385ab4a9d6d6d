//! `cargo xtask …`: the front door of every chore.
//!
//! This program is compiled before anything is installed, so it depends on nothing that needs more than Rust
//! and a linker.
#![expect(clippy::print_stdout, reason = "talking to the person at the terminal is what it is for")]

mod artifacts;
mod keep;
mod load;
#[cfg(target_os = "linux")]
mod pictures;
mod prerequisites;
mod run;
#[cfg(target_os = "linux")]
mod run_headless;
mod steps;
mod supply;
mod tally;
#[cfg(target_os = "linux")]
mod tap;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(about = "The chores of Floorbook")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Install what is missing, build, and open Floorbook paired with a headquarters on this machine
    Run(run::Arguments),
    /// Run every check and every test, the ones in the real window included
    Test,
    /// Play a day of visits through core, ledger and sync, without a window: --hq URL --code CODE
    #[command(disable_help_flag = true)]
    Day(load::Arguments),
    /// Measure every figure, or the one named, beside its limit; one JSON line each
    #[command(disable_help_flag = true)]
    Bench(load::Arguments),
    /// Look for what breaks a database or a device: power cuts, disk errors, flipped bits, kills, networks: --minutes N
    #[command(disable_help_flag = true)]
    Soak(load::Arguments),
    /// Take pictures of every screen in every size, language and theme, and look for what is cut or overlaps
    #[cfg(target_os = "linux")]
    Pictures(pictures::Arguments),
    /// Tap at random in the real window, with kills, locks and a clock that jumps, and hold all of it against a notebook
    #[cfg(target_os = "linux")]
    Tap(tap::Arguments),
    /// Write the interface's bindings and docs/openapi.json anew after a command or the protocol changed
    Bindings,
}

fn main() -> Result<ExitCode> {
    match Cli::parse().chore {
        Chore::Run(arguments) => run::run(&arguments).map(|()| ExitCode::SUCCESS),
        Chore::Test => Ok(test::test()),
        Chore::Day(arguments) => load::day(&arguments).map(|()| ExitCode::SUCCESS),
        Chore::Bench(arguments) => load::bench(&arguments).map(|()| ExitCode::SUCCESS),
        Chore::Soak(arguments) => load::soak(&arguments).map(|()| ExitCode::SUCCESS),
        #[cfg(target_os = "linux")]
        Chore::Pictures(arguments) => pictures::pictures(&arguments).map(|()| ExitCode::SUCCESS),
        #[cfg(target_os = "linux")]
        Chore::Tap(arguments) => tap::tap_at_random(&arguments).map(|()| ExitCode::SUCCESS),
        Chore::Bindings => load::bindings().map(|()| ExitCode::SUCCESS),
    }
}
