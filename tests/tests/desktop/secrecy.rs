//! What a thief of the device can read.

use crate::shop::{Shop, journey};
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_tests::desktop::{Clerk, database, scan};
use rusqlite::Connection;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const NOTE: &str = "珊瑚绒睡衣要粉色，妈妈生日";

#[test]
fn no_file_holds_the_notes_and_only_the_keyring_opens_the_database() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let visit = clerk.welcomes(1).await?;
        clerk.notes(NOTE).await?;
        clerk.closes_unsold(&visit, "colour").await?;
        clerk.settles().await?;
        no_trace_of_it(shop, "while the app runs")?;
        let programs = app.processes()?;
        ensure!(programs.len() > 1, "the web view has processes of its own: {programs:?}");
        for program in programs.into_iter().chain(shop.hq.process_id()) {
            leaves_no_core(program)?;
        }
        app.wait_until_sent().await?;
        app.quit().await?;
        no_trace_of_it(shop, "after it ended")?;

        let copy = copied(&shop.device(), &shop.folder.path().join("stolen"))?;
        let tables = "SELECT count(*) FROM sqlite_master";
        let closed = Connection::open(&copy)?.query_row(tables, [], |row| row.get::<_, i64>(0));
        assert!(closed.is_err(), "without the key it is not a database");
        let open = Connection::open(&copy)?;
        open.execute_batch(&key_of(shop)?)?;
        let count: i64 = open.query_row(tables, [], |row| row.get(0))?;
        assert!(count > 0, "with the key of the keyring, plain SQLCipher opens it");
        Ok(())
    });
}

/// Neither below the device's folder nor in the home folder, where a web view might keep things.
fn no_trace_of_it(shop: &Shop, when: &str) -> Result<()> {
    let texts = [NOTE.to_owned(), NOTE.chars().take(5).collect()];
    for folder in [shop.device(), shop.desktop.home(), shop.hq.data().to_path_buf()] {
        let hits = scan(&folder, &texts)?;
        ensure!(hits.is_empty(), "{when}: {hits:?}");
    }
    Ok(())
}

/// What was in its memory goes to no file when it fails.
fn leaves_no_core(program: u32) -> Result<()> {
    let limits = fs::read_to_string(format!("/proc/{program}/limits"))?;
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).context("a limit of cores")?;
    ensure!(limit.split_whitespace().take(2).eq(["0", "0"]), "process {program}: {limit}");
    Ok(())
}

fn copied(device: &Path, to: &Path) -> Result<PathBuf> {
    fs::create_dir_all(to)?;
    let mut copies = Vec::new();
    for file in database(device)? {
        let copy = to.join(file.file_name().context("a file has a name")?);
        fs::copy(&file, &copy)?;
        copies.push(copy);
    }
    copies.into_iter().next().context("the database comes first")
}

/// The statement that opens the database, from the keyring's entry.
fn key_of(shop: &Shop) -> Result<String> {
    let secret = shop.desktop.keyring().secret()?.context("the keyring has an entry")?;
    let entry: Value = match serde_json::from_str(&secret) {
        Ok(entry) => entry,
        Err(_) => serde_json::from_slice(&STANDARD.decode(secret.trim())?)?,
    };
    let mut digits = String::new();
    for part in ["db_key", "db_salt"] {
        let text = entry.get(part).and_then(Value::as_str).with_context(|| format!("no {part} in the entry"))?;
        for byte in STANDARD.decode(text)? {
            write!(digits, "{byte:02x}")?;
        }
    }
    ensure!(digits.len() == 96, "64 digits of key and 32 of salt");
    Ok(format!("PRAGMA key = \"x'{digits}'\";"))
}
