//! Promises of the log: it is moved beside the writer, never grows without end, and is not read by half.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use floorbook_sqlite::{Database, DatabaseKey, Migrations, OpenError};
use std::fs;
use std::path::Path;

const SCHEMA: Migrations = Migrations(&["CREATE TABLE page (n INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT"]);
const PAGE_BYTES: u64 = 4_096;
/// The length from which a commit moves the log itself, and what one commit of these tests writes.
const PAGES_MAX: u64 = 16_000 + 200;

fn open(path: &Path) -> Database {
    Database::open(path, &DatabaseKey::new([1; 32], [1; 16]), SCHEMA).unwrap()
}

/// Each commit writes the same hundred pages anew.
fn overwrite(database: &Database, commits: u32) {
    for commit in 0..commits {
        let filling = vec![u8::try_from(commit % 251).unwrap(); 4_000];
        database
            .write(|tx| {
                (0..100).try_for_each(|n| {
                    tx.prepare_cached("INSERT OR REPLACE INTO page (n, filling) VALUES (?1, ?2)")?
                        .execute((n, &filling))
                        .map(drop)
                })
            })
            .unwrap();
    }
}

#[test]
fn a_writer_that_never_rests_does_not_fill_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let database = open(&path);
    overwrite(&database, 400);
    let log_bytes = fs::metadata(folder.path().join("t.db-wal")).unwrap().len();
    assert!(log_bytes < PAGES_MAX * (PAGE_BYTES + 24) + 32, "{log_bytes}");
}

#[test]
fn a_database_that_is_closed_at_once_leaves_no_log_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    for _ in 0..200 {
        drop(open(&path));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_closed_database_is_one_file_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let database = open(&path);
    overwrite(&database, 30);
    drop(database);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["t.db"]);
    let last: Vec<u8> =
        open(&path).read(|tx| tx.query_row("SELECT filling FROM page WHERE n = 99", [], |row| row.get(0))).unwrap();
    assert_eq!(last, vec![29; 4_000]);
}

/// A copy of an open database of `commits` transactions, with one bit of its log changed.
fn with_a_changed_bit(commits: u32, is_noted: bool, at: impl Fn(usize) -> usize) -> Result<String, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let database = open(&path);
    overwrite(&database, commits);
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    let mut log = fs::read(folder.path().join("t.db-wal")).unwrap();
    let at = at(log.len());
    *log.get_mut(at).unwrap() ^= 1;
    fs::write(folder.path().join("copy.db-wal"), log).unwrap();
    if is_noted {
        fs::copy(folder.path().join("t.db-mark"), folder.path().join("copy.db-mark")).unwrap();
    }
    let database = Database::open(&copy, &DatabaseKey::new([1; 32], [1; 16]), SCHEMA)?;
    let first = database.read(|tx| tx.query_row("SELECT hex(substr(filling, 1, 1)) FROM page", [], |row| row.get(0)));
    Ok(rusqlite::Result::<String>::unwrap(first))
}

#[test]
fn a_log_that_changed_on_the_disk_is_not_read_up_to_there_as_if_that_were_all() {
    for is_noted in [true, false] {
        for at in [40, 60, 5_000, 100_000] {
            let refused = with_a_changed_bit(4, is_noted, |_| at).unwrap_err();
            assert!(matches!(refused, OpenError::LogDamaged), "byte {at}: {refused:?}");
        }
    }
}

#[test]
fn what_was_acknowledged_last_is_known_by_the_note_beside_the_database() {
    for at in [0, 9, 17, 30, 99] {
        let refused = with_a_changed_bit(4, true, |bytes| if at == 99 { bytes - 1 } else { at }).unwrap_err();
        assert!(matches!(refused, OpenError::LogDamaged), "byte {at}: {refused:?}");
    }
    assert_eq!(with_a_changed_bit(4, false, |bytes| bytes - 1).unwrap(), "02", "without it, it may be a power cut");
}
