//! `cargo xtask test`: every check and every test, in the order in which a mistake is found soonest.

use crate::prerequisites::{self, Purpose};
use crate::steps::{cargo, must, must_watched, npm, step};
use crate::{artifacts, supply, tally::Tally};
use anyhow::Result;
use std::process::{Command, ExitCode};
use std::time::Instant;

const CLIPPY: &str = "clippy --workspace --locked --quiet";

/// The last line that it prints is the count.
pub(crate) fn test() -> ExitCode {
    let start = Instant::now();
    let mut tally = Tally::default();
    let done = steps(&mut tally);
    let seconds = start.elapsed().as_secs();
    // Whoever reads only the last line has to learn of a step that failed without any test.
    if done.is_err() && tally.failed() == 0 {
        tally.add_failure();
    }
    if let Err(error) = &done {
        println!("{error:?}\n");
    }
    println!("took {seconds} s");
    println!("{} passed, {} failed", tally.passed(), tally.failed());
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn steps(tally: &mut Tally) -> Result<()> {
    step("what the machine needs", || prerequisites::ensure_for(Purpose::Drive))?;
    step("the form of the Rust code", || must(cargo("fmt --all --check")))?;
    step("the interface's tools", artifacts::install_tools)?;
    step("the form of the interface", || must(npm("run --silent format:check")))?;
    step("the types of the interface", || must(npm("run --silent check")))?;
    step("the tests of the interface", || watched(npm("run --silent test"), tally))?;
    // The window carries the interface: nothing of the shell compiles without it.
    step("the interface", artifacts::build_ui)?;
    step("the lints", || {
        must(cargo(&format!("{CLIPPY} --all-targets -- -D warnings")))?;
        must(cargo(&format!("{CLIPPY} --test desktop -- -D warnings")))
    })?;
    step("what it is built of", supply::check)?;
    step("its known weaknesses", supply::advisories)?;
    step("its bill of materials", supply::bill_of_materials)?;
    step("the tests", || watched(cargo("test --workspace --locked --no-fail-fast"), tally))?;
    step("the programs", artifacts::build_programs)?;
    step("the journeys in the real window", || {
        watched(cargo("test --package floorbook-tests --locked --test desktop -- --test-threads=1"), tally)
    })
}

fn watched(mut command: Command, tally: &mut Tally) -> Result<()> {
    // Colours would stand between the words that are counted.
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
    must_watched(command, |line| tally.read(line))
}
