//! What the product is built of: licences, bans and sources of every dependency, known weaknesses where their
//! databases can be reached, and a bill of materials (CycloneDX) in `target/sbom`.

use crate::steps::{cargo, must, npm, root};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tools of cargo that do not come with it, by version: another one would judge otherwise.
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");
/// Name of the bills that the tool writes.
const BILL: &str = "floorbook.bom";
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
    let mut cyclonedx = tool(CYCLONEDX)?;
    cyclonedx.args(["cyclonedx", "--format", "json", "--all-features", "--override-filename", BILL]);
    must(cyclonedx)?;
    // It writes one beside every manifest; two of those are programs.
    for (member, bill) in bills(&root()) {
        match member.as_str() {
            "src-tauri" => fs::rename(bill, folder.join("floorbook.cdx.json"))?,
            "crates/hq" => fs::rename(bill, folder.join("floorbook-hq.cdx.json"))?,
            _ => fs::remove_file(bill)?,
        }
    }
    let interface = npm("sbom --sbom-format cyclonedx --omit dev").output()?;
    ensure!(interface.status.success(), "`npm sbom` failed: {}", String::from_utf8_lossy(&interface.stderr));
    Ok(fs::write(folder.join("interface.cdx.json"), interface.stdout)?)
}

/// The bills beside the manifests, with the folder of each, two levels down.
fn bills(root: &Path) -> Vec<(String, PathBuf)> {
    let folders = |of: &Path| fs::read_dir(of).into_iter().flatten().flatten().map(|entry| entry.path());
    let near = folders(root).filter(|folder| !folder.ends_with("target") && !folder.ends_with("ui"));
    let near: Vec<PathBuf> = near.filter(|path| path.is_dir()).collect();
    let far: Vec<PathBuf> = near.iter().flat_map(|folder| folders(folder)).filter(|path| path.is_dir()).collect();
    let bill = |folder: &PathBuf| {
        let bill = folder.join(format!("{BILL}.json"));
        let name = folder.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        bill.exists().then_some((name, bill))
    };
    near.iter().chain(&far).filter_map(bill).collect()
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
