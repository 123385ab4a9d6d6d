//! Which crate may know which. An arrow that is not in this list is a decision, not an accident:
//! it is made here first.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A package's folder, and the packages of ours that it may depend on.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("crates/model", &[]),
    ("crates/protocol", &["model"]),
    ("crates/sqlite", &[]),
    ("crates/ledger", &["sqlite", "model", "protocol"]),
    ("crates/sync", &["ledger", "model", "protocol"]),
    ("crates/core", &["sync", "ledger", "sqlite", "model", "protocol"]),
    ("crates/hq", &["protocol", "model", "sqlite"]),
    ("src-tauri", &["core", "model"]),
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Packages of ours under a `[dependencies]` of any target; those of tests and builds are free, but
/// for one: a device is never built on headquarters, not even to be tested.
fn arrows(manifest: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut shipped, mut any, mut section) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for line in manifest.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_end_matches(']').to_owned();
        }
        let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).chain(section.split('.'));
        let ours: Vec<String> = words.filter_map(|word| word.strip_prefix("floorbook-")).map(str::to_owned).collect();
        let table = section.split('.').find(|part| part.ends_with("dependencies"));
        if table.is_some() && !line.starts_with('#') {
            any.extend(ours.iter().cloned());
        }
        if table == Some("dependencies") && !line.starts_with('#') {
            shipped.extend(ours);
        }
    }
    (shipped, any)
}

fn manifest(folder: &str) -> String {
    fs::read_to_string(workspace().join(folder).join("Cargo.toml")).unwrap()
}

#[test]
fn no_crate_knows_more_than_it_may() {
    for (folder, allowed) in ALLOWED {
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let (shipped, _) = arrows(&manifest(folder));
        let extra: Vec<&String> = shipped.difference(&allowed).collect();
        assert!(extra.is_empty(), "{folder} must not depend on {extra:?}");
    }
}

#[test]
fn no_part_of_a_device_is_built_on_headquarters() {
    for (folder, _) in ALLOWED.iter().filter(|(folder, _)| *folder != "crates/hq") {
        let (_, any) = arrows(&manifest(folder));
        assert!(!any.contains("hq"), "{folder} must not depend on headquarters, not even in its tests");
    }
}

#[test]
fn every_crate_has_a_line_in_the_list() {
    let folders = fs::read_dir(workspace().join("crates")).unwrap().map(|entry| entry.unwrap());
    let crates: BTreeSet<String> = folders
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| format!("crates/{}", entry.file_name().to_string_lossy()))
        .collect();
    let listed: BTreeSet<String> = ALLOWED.iter().map(|(folder, _)| (*folder).to_owned()).collect();
    assert!(crates.is_subset(&listed), "{:?} has no line", crates.difference(&listed));
}

#[test]
fn an_arrow_is_found_however_it_is_written() {
    let forms = [
        "[dependencies]\nfloorbook-hq.workspace = true",
        "[dependencies]\nfloorbook-hq = { path = \"../hq\" }",
        "[dependencies]\nhq = { package = \"floorbook-hq\", path = \"../hq\" }",
        "[dependencies.floorbook-hq]\npath = \"../hq\"",
        "[target.'cfg(unix)'.dependencies]\nfloorbook-hq.workspace = true",
    ];
    for form in forms {
        assert!(arrows(form).0.contains("hq"), "{form}");
    }
    let free = "[package]\nname = \"floorbook-core\"\n[dependencies]\n# floorbook-hq\n[dev-dependencies]\nfloorbook-hq.workspace = true";
    assert!(arrows(free).0.is_empty());
    assert!(arrows(free).1.contains("hq"));
}
