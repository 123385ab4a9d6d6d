//! A full disk is told apart, keeps no half of anything, and is over when it is over.

use crate::shop::{Shop, key, path_in};
use floorbook_ledger::{Ledger, LedgerError, SCHEMA};
use floorbook_model::VisitId;
use floorbook_sqlite::{Database, is_disk_full};
use rusqlite::{Transaction, ffi};

/// What a statement says of the connection that writes.
fn ask(database: &Database, sql: &str) -> i64 {
    let answer: rusqlite::Result<i64> = database.write(|tx| tx.query_row(sql, [], |row| row.get(0)));
    answer.unwrap()
}

/// What a use case writes, and then more than fits.
fn write_too_much(tx: &Transaction<'_>) -> Result<(), LedgerError> {
    tx.execute("INSERT INTO meta (key, value) VALUES ('half', 'a')", [])?;
    for n in 0..64 {
        tx.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", (format!("big{n}"), "x".repeat(4_000)))?;
    }
    Ok(())
}

#[test]
fn the_code_of_a_full_disk_is_known_and_no_other() {
    let error = |code| LedgerError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
    assert!(error(ffi::SQLITE_FULL).is_disk_full());
    for code in [ffi::SQLITE_BUSY, ffi::SQLITE_IOERR, ffi::SQLITE_CORRUPT, ffi::SQLITE_CONSTRAINT, ffi::SQLITE_READONLY]
    {
        assert!(!error(code).is_disk_full(), "{code} is another trouble");
    }
    assert!(!LedgerError::VisitUnknown(VisitId::from_bytes([0; 16])).is_disk_full());
}

#[test]
fn a_full_disk_keeps_nothing_of_the_write_and_everything_else() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "age", "a20");
    let database = Database::open(&path_in(shop.folder.path()), &key(), SCHEMA).unwrap();
    let pages = ask(&database, "PRAGMA page_count");
    ask(&database, &format!("PRAGMA max_page_count = {}", pages + 2));

    let refused = database.write(write_too_much).unwrap_err();
    assert!(refused.is_disk_full(), "{refused:?}");
    assert!(matches!(&refused, LedgerError::Sqlite(error) if is_disk_full(error)));
    assert_eq!(ask(&database, "SELECT count(*) FROM meta"), 0, "nothing is half-written");

    ask(&database, "PRAGMA max_page_count = 1000000");
    database.write(write_too_much).unwrap();
    drop(database);
    let shop = shop.reopened();
    assert_eq!(shop.book.visit(visit).unwrap().text("age"), Some("a20"), "what was there is there");
    assert_eq!(shop.book.ledger().meta("half").unwrap().as_deref(), Some("a"), "and it works again, unaided");
}

#[test]
fn values_are_kept_together_or_not_at_all() {
    let shop = Shop::open();
    let ledger: &Ledger = shop.book.ledger();
    ledger.set_meta(&[("a", "1"), ("b", "2")]).unwrap();
    ledger.set_meta(&[("b", "3"), ("c", "4")]).unwrap();
    let read = |key| ledger.meta(key).unwrap();
    assert_eq!([read("a"), read("b"), read("c"), read("d")].map(|v| v.unwrap_or_default()), ["1", "3", "4", ""]);
}
