//! `cargo xtask day`, `cargo xtask bench` and `cargo xtask soak`: build, then hand over to the seeded store.

use crate::artifacts;
use crate::prerequisites::{self, Purpose};
use crate::steps::{cargo, must, root};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Handed on as they are; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Plays a day without a window.
pub(crate) fn day(arguments: &Arguments) -> Result<()> {
    prerequisites::ensure_for(Purpose::Drive)?;
    artifacts::build_ui()?;
    artifacts::build_programs()?;
    must(hand_over("debug", "day", arguments))
}

/// Measures, with the programs as they are released.
pub(crate) fn bench(arguments: &Arguments) -> Result<()> {
    prerequisites::ensure_for(Purpose::Drive)?;
    artifacts::build_ui()?;
    must(cargo("build --workspace --bins --examples --locked --release"))?;
    must(hand_over("release", "bench", arguments))
}

/// Looks for what breaks a database. No window takes part, so nothing of the interface is built.
pub(crate) fn soak(arguments: &Arguments) -> Result<()> {
    prerequisites::ensure_for(Purpose::Drive)?;
    must(cargo("build --package floorbook-load --bins --locked --release"))?;
    must(hand_over("release", "soak", arguments))
}

/// Writes what is made of the code anew: `docs/openapi.json`, and the interface's bindings.
pub(crate) fn bindings() -> Result<()> {
    write("test --package floorbook-hq --test contract --locked openapi")?;
    artifacts::build_ui()?;
    write("test --package floorbook-shell --lib --locked bindings")
}

fn write(test: &str) -> Result<()> {
    let mut test = cargo(test);
    test.env("FLOORBOOK_WRITE_BINDINGS", "1");
    must(test)
}

/// The target folder, wherever it is: this program lies in it.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf)
}

fn hand_over(profile: &str, chore: &str, arguments: &Arguments) -> Command {
    let program = format!("floorbook-load{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(target().join(profile).join(program));
    command.arg(chore).args(&arguments.rest);
    command
}
