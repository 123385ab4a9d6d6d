//! `cargo xtask pictures`: every screen, and everything that opens over the floor, in every size, language and theme.

use crate::artifacts;
use crate::prerequisites::{self, Purpose};
use crate::run::STORE;
use crate::steps::{root, step};
use anyhow::{Result, ensure};
use clap::Args;
use floorbook_tests::desktop::{Album, Desktop, tour};
use floorbook_tests::hq::HqProcess;
use std::fs;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Put the pictures into this folder, instead of target/pictures
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The form pack of the store: apparel, jewellery or electronics
    #[arg(long, default_value = "apparel")]
    pack: String,
}

/// Takes them, and fails when anything on them is cut, overlaps, wraps badly or scrolls where it must not.
pub(crate) fn pictures(arguments: &Arguments) -> Result<()> {
    step("what the machine needs", || prerequisites::ensure_for(Purpose::Drive))?;
    step("the interface", artifacts::build_ui)?;
    step("the programs", artifacts::build_programs)?;
    let folder = arguments.keep.clone().unwrap_or_else(|| root().join("target/pictures"));
    if arguments.keep.is_none() && folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let album = Album::in_folder(&folder)?;
    let flaws = step("the pictures", || taken(&album, &arguments.pack))?;
    println!("{} pictures in {}", album.len(), album.folder().display());
    for flaw in &flaws {
        println!("{flaw}");
    }
    ensure!(flaws.is_empty(), "{} flaws in them", flaws.len());
    Ok(())
}

fn taken(album: &Album, pack: &str) -> Result<Vec<String>> {
    let passing = tempfile::Builder::new().prefix("floorbook-pictures-").tempdir()?;
    let desktop = Desktop::start(&passing.path().join("keyring"))?;
    let mut hq = HqProcess::at(&passing.path().join("hq"))?;
    hq.add_store(STORE, "人民路店", pack)?;
    let url = hq.serve()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut flaws = Vec::new();
    let device = passing.path().join("device");
    runtime.block_on(tour(&desktop, &hq, (&url, STORE), &device, &mut async |app, name, look| {
        flaws.extend(album.keep_all_sizes(app, name, look).await?);
        Ok(())
    }))?;
    Ok(flaws)
}
