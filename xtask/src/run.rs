//! `cargo xtask run`: from a clean checkout to Floorbook, paired with a headquarters on this machine.

use crate::keep::Keep;
use crate::prerequisites::{self, Purpose, has_display};
use crate::steps::{must, step};
use crate::{artifacts, steps};
use anyhow::Result;
use clap::Args;
use floorbook_tests::{hq::HqProcess, programs};
use std::path::PathBuf;
use std::process::Command;

/// The store that a run plays in.
pub(crate) const STORE: &str = "s01";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Keep the data of the device and of HQ in this folder, and go on with what is there
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Visits to log, where there is no display
    #[arg(long, default_value_t = 24)]
    visits: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let purpose = if has_display() { Purpose::Show } else { Purpose::Drive };
    step("what the machine needs", || prerequisites::ensure_for(purpose))?;
    step("the interface", artifacts::build_ui)?;
    step("the programs", artifacts::build_programs)?;
    let keep = Keep::new(arguments.keep.as_deref())?;
    let mut hq = HqProcess::at(&keep.hq())?;
    let stores = hq.stores()?;
    if !stores.iter().any(|store| store == STORE) {
        hq.add_store(STORE, "人民路店", "apparel")?;
    }
    match purpose {
        Purpose::Show => for_a_person(&keep, &mut hq),
        #[cfg(target_os = "linux")]
        Purpose::Drive => crate::run_headless::play_a_day(&keep, &mut hq, arguments.visits),
        #[cfg(not(target_os = "linux"))]
        Purpose::Drive => anyhow::bail!("there is no display"),
    }
}

/// Opens the window and stays until it is closed.
fn for_a_person(keep: &Keep, hq: &mut HqProcess) -> Result<()> {
    let url = hq.serve()?;
    println!("Headquarters answers at   {url}");
    println!("A code for a second one   {}  (15 minutes)", hq.code(STORE)?);
    println!("Close the window to end.");
    let mut window = Command::new(programs::floorbook()?);
    window.arg("--data").arg(keep.device()).current_dir(steps::root());
    window.args(["--hq", &url, "--code", &hq.code(STORE)?]); // not looked at once it is paired
    must(window)
}
