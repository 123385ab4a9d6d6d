//! Builds the interface and the programs, and leaves alone what is up to date.

use crate::steps::{cargo, must, npm, root};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Installs the interface's tools, when the lock file has changed since.
pub(crate) fn install_tools() -> Result<()> {
    let ui = root().join("ui");
    let locked = changed(&ui.join("package-lock.json")).context("ui/package-lock.json is missing")?;
    if changed(&ui.join("node_modules/.package-lock.json")).is_some_and(|installed| installed >= locked) {
        return Ok(());
    }
    must(npm("ci --no-audit --no-fund"))
}

/// Builds `ui/dist`, when a source is newer. The window carries these files, so this comes before any cargo.
pub(crate) fn build_ui() -> Result<()> {
    let ui = root().join("ui");
    let sources = ["src", "public", "index.html", "package-lock.json", "vite.config.ts", "svelte.config.js"];
    let newest = sources.iter().filter_map(|source| newest_below(&ui.join(source))).max();
    if changed(&ui.join("dist/index.html")) > newest {
        return Ok(());
    }
    install_tools()?;
    must(npm("run build"))
}

/// Builds every program. The whole workspace at once, as the tests do: features are chosen for all members
/// together, so building one of them alone would compile its dependencies a second time.
pub(crate) fn build_programs() -> Result<()> {
    must(cargo("build --workspace --bins --locked"))
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let below = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest_below(&entry.path()));
    below.chain(changed(path)).max()
}
