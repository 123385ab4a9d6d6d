//! Promises of opening: nothing is ever lost by it.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use floorbook_sqlite::{Database, DatabaseKey, Migrations, OpenError};
use std::fs;
use std::path::Path;

const SCHEMA: Migrations = Migrations(&["CREATE TABLE note (text TEXT NOT NULL) STRICT"]);

fn key(seed: u8) -> DatabaseKey {
    DatabaseKey::new([seed; 32], [seed; 16])
}

fn written(path: &Path) {
    let database = Database::open(path, &key(1), SCHEMA).unwrap();
    database.write(|tx| tx.execute("INSERT INTO note (text) VALUES ('a quiet customer')", [])).unwrap();
}

fn count(database: &Database) -> i64 {
    database.read(|tx| tx.query_row("SELECT count(*) FROM note", [], |row| row.get(0))).unwrap()
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    written(&path);
    assert_eq!(count(&Database::open(&path, &key(1), SCHEMA).unwrap()), 1);
}

#[test]
fn a_wrong_key_is_refused_and_the_file_stays_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    written(&path);
    let before = fs::read(&path).unwrap();
    let refused = Database::open(&path, &key(2), SCHEMA).unwrap_err();
    assert!(matches!(refused, OpenError::KeyOrDamage(_)), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), before, "a wrong key must not touch the file");
}

#[test]
fn the_salt_in_the_file_is_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    written(&path);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..16].fill(0);
    fs::write(&path, bytes).unwrap();
    assert_eq!(count(&Database::open(&path, &key(1), SCHEMA).unwrap()), 1, "the kept salt opens it all the same");
}

#[test]
fn a_newer_schema_is_refused_and_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    written(&path);
    let refused = Database::open(&path, &key(1), Migrations(&[])).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 1, known: 0 }), "{refused:?}");
    assert_eq!(count(&Database::open(&path, &key(1), SCHEMA).unwrap()), 1);
}

#[test]
fn a_step_that_fails_leaves_the_version_before_it() {
    const BROKEN: Migrations = Migrations(&[
        "CREATE TABLE note (text TEXT NOT NULL) STRICT",
        "CREATE TABLE other (n INTEGER); SELECT nonsense",
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    written(&path);
    assert!(Database::open(&path, &key(1), BROKEN).is_err());
    assert_eq!(count(&Database::open(&path, &key(1), SCHEMA).unwrap()), 1, "the earlier schema still opens it");
}

#[test]
fn a_refused_write_keeps_nothing_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("t.db"), &key(1), SCHEMA).unwrap();
    let refused: Result<(), rusqlite::Error> = database.write(|tx| {
        tx.execute("INSERT INTO note (text) VALUES ('half')", [])?;
        Err(rusqlite::Error::InvalidQuery)
    });
    assert!(refused.is_err());
    assert_eq!(count(&database), 0);
}

#[test]
fn nothing_written_can_be_read_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    written(&folder.path().join("t.db"));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"quiet"), "plain text on the disk");
        assert!(!bytes.starts_with(b"SQLite format 3"), "a plain database on the disk");
    }
}
