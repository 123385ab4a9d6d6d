//! Where the built programs are.

use anyhow::{Context, Result, ensure};
use std::env;
use std::path::{Path, PathBuf};

/// Names the `floorbook` binary to test, instead of the one in the target folder.
pub const FLOORBOOK: &str = "FLOORBOOK_BIN";
/// Names the `floorbook-hq` binary to test, instead of the one in the target folder.
pub const FLOORBOOK_HQ: &str = "FLOORBOOK_HQ_BIN";

/// The window.
///
/// # Errors
/// When it has not been built.
pub fn floorbook() -> Result<PathBuf> {
    located(FLOORBOOK, "floorbook")
}

/// The receiver.
///
/// # Errors
/// When it has not been built.
pub fn floorbook_hq() -> Result<PathBuf> {
    located(FLOORBOOK_HQ, "floorbook-hq")
}

fn located(variable: &str, name: &str) -> Result<PathBuf> {
    let path = match env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => built_beside_us()?.join(format!("{name}{}", env::consts::EXE_SUFFIX)),
    };
    ensure!(path.is_file(), "there is no {}: `cargo xtask test` and `cargo xtask run` build it", path.display());
    Ok(path)
}

/// `target/<profile>`, wherever the target folder is.
fn built_beside_us() -> Result<PathBuf> {
    let program = env::current_exe().context("no path to this program")?;
    let folder = program.parent().unwrap_or(Path::new(""));
    // Test programs live one folder further down.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_path_buf())
}
