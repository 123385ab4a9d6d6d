//! What the product is built of: licences, bans and sources of every dependency, known weaknesses where their
//! databases can be reached, and a bill of materials (CycloneDX) in `target/sbom`.

use crate::steps::{cargo, must, npm, root};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Tools of cargo that do not come with it, by version: another one would judge otherwise.
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");
const CYCLONEDX: (&str, &str) = ("cargo-cyclonedx", "0.5.9");

/// Everything that holds on this machine alone.
pub(crate) fn check() -> Result<()> {
    let mut deny = tool(DENY)?;
    deny.args(["check", "licenses", "bans", "sources"]);
    must(deny)
}

/// Known weaknesses. Their databases are elsewhere: not reaching them is said, and is no failure.
pub(crate) fn advisories() -> Result<()> {
    let mut deny = tool(DENY)?;
    let crates = deny.args(["check", "advisories"]).output()?;
    let said = String::from_utf8_lossy(&crates.stderr);
    if said.contains("failed to fetch advisory database") {
        println!("NOT CHECKED: known weaknesses of crates; their database cannot be reached from here");
    } else {
        ensure!(crates.status.success(), "a crate has a known weakness:\n{said}");
    }
    let packages = npm("audit --omit dev --json").output().context("cannot start `npm audit`")?;
    let report = String::from_utf8_lossy(&packages.stdout);
    if !report.contains("auditReportVersion") {
        println!("NOT CHECKED: known weaknesses of npm packages; their database cannot be reached from here");
        return Ok(());
    }
    ensure!(packages.status.success(), "an npm package has a known weakness:\n{report}");
    Ok(())
}

/// Writes what the programs and the interface are made of.
pub(crate) fn bill_of_materials() -> Result<()> {
    let folder = root().join("target/sbom");
    fs::create_dir_all(&folder)?;
    for (name, manifest) in [("floorbook", "src-tauri"), ("floorbook-hq", "crates/hq")] {
        let mut cyclonedx = tool(CYCLONEDX)?;
        let manifest = root().join(manifest);
        cyclonedx.args(["cyclonedx", "--format", "json", "--all-features", "--override-filename", "bom"]);
        cyclonedx.arg("--manifest-path").arg(manifest.join("Cargo.toml"));
        must(cyclonedx)?;
        let written = manifest.join("bom.json");
        fs::rename(&written, folder.join(format!("{name}.cdx.json")))
            .with_context(|| format!("{} was not written", written.display()))?;
    }
    let interface = npm("sbom --sbom-format cyclonedx --omit dev").output()?;
    ensure!(interface.status.success(), "`npm sbom` failed: {}", String::from_utf8_lossy(&interface.stderr));
    Ok(fs::write(folder.join("interface.cdx.json"), interface.stdout)?)
}

/// A tool of cargo in the workspace's own folder, installed when it is missing or of another version.
fn tool((name, version): (&str, &str)) -> Result<Command> {
    let folder: PathBuf = root().join("target/tools").join(format!("{name}-{version}"));
    let program = folder.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        let mut install = cargo(&format!("install {name} --version {version} --locked --quiet --root"));
        install.arg(&folder);
        must(install)?;
    }
    let mut command = Command::new(program);
    command.current_dir(root());
    Ok(command)
}
