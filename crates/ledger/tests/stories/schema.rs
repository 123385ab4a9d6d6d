//! Databases of the past open today, and the schema of today is on record.
//!
//! `fixtures/v1.db` and `v4.db` are databases as those versions of the schema wrote them (no other was
//! ever in use); `fixtures/schema.sql` is the schema after the last migration. A new migration adds a fixture beside the old ones and never
//! replaces one: the first test below writes a database of today into the build folder as
//! `tmp/today.db`, ready to be copied to `fixtures/vN.db` at a release. Its key is made up.

use crate::shop::{
    DAY_MS, HandClock, MINUTE_MS, NOON_MS, SeededRng, book_at, clerk, key, opening, outcome, path_in, text,
};
use floorbook_ledger::{Act, Book, Rows, SCHEMA, Tries};
use floorbook_model::{Closing, DwellSource, FieldValue, Patch, Step, VisitState};
use floorbook_sqlite::Database;
use std::fs;
use std::path::{Path, PathBuf};

const OF_THE_PAST: [&[u8]; 2] = [include_bytes!("../fixtures/v1.db"), include_bytes!("../fixtures/v4.db")];

/// Two days with something in every table.
fn write_fixture(path: &Path) {
    let clock = HandClock::at(NOON_MS);
    let book = book_at(path, clock.clone(), SeededRng::new(1));
    let actor = clerk("c01");
    let bought = book.open_visit(&actor, opening(NOON_MS)).unwrap().id();
    let path_taken = FieldValue::Path(vec![Step { zone: "window".to_owned(), at_ms: NOON_MS }]);
    let patch = Patch::from([
        ("age".to_owned(), text("a20")),
        ("attention".to_owned(), FieldValue::List(vec!["coat".to_owned(), "bag".to_owned()])),
        ("note".to_owned(), text("想找外套")),
        ("path".to_owned(), path_taken),
    ]);
    book.note(&actor, bought, &patch).unwrap();
    clock.pass(9 * MINUTE_MS);
    let closing =
        Closing { left_ms: NOON_MS + 9 * MINUTE_MS, dwell_source: DwellSource::Observed, outcome: outcome("buy") };
    book.act(&actor, bought, Act::Close(closing)).unwrap();
    let mistake = book.open_visit(&actor, opening(NOON_MS + 9 * MINUTE_MS)).unwrap().id();
    book.act(&actor, mistake, Act::Void).unwrap();
    clock.pass(DAY_MS);
    let running = book.open_visit(&clerk("c02"), opening(NOON_MS + DAY_MS)).unwrap().id();
    book.note(&clerk("c02"), running, &Patch::from([("interest".to_owned(), text("3"))])).unwrap();
    book.set_aside(&[2]).unwrap();
    book.ledger().set_meta(&[("pairing.trial", "no")]).unwrap();
    book.ledger().set_pin("c01", "a hash").unwrap();
    book.ledger().set_tries("c01", Tries { failures: 3, boot: 1, since_ms: 42 }).unwrap();
}

fn assert_reads_as_written(book: &Book) {
    let day = book.origin().calendar.day_of(NOON_MS);
    let briefs = book.day_page(day, Rows::All, None, 50).unwrap().briefs;
    assert_eq!(briefs.len(), 1, "the voided one is left out");
    let visit = book.visit(briefs[0].id).unwrap();
    assert_eq!((visit.text("age"), visit.text("note")), (Some("a20"), Some("想找外套")));
    assert_eq!((visit.codes("attention"), visit.codes("path")), (vec!["coat", "bag"], vec!["window"]));
    assert_eq!((briefs[0].state, briefs[0].dwell_s()), (VisitState::Closed, Some(540)));
    assert_eq!(briefs[0].outcome, Some(outcome("buy")));
    let figures = book.figures(day).unwrap();
    assert_eq!((figures.parties, figures.bought, figures.amount_minor), (1, 1, 12_900));
    let running = book.running().unwrap();
    assert_eq!((running.len(), running[0].text("interest")), (1, Some("3")), "a tap that was never sealed");
    let counts = book.counts().unwrap();
    assert_eq!((counts.waiting, counts.quarantined), (6, 1));
    assert_eq!(book.ledger().meta("pairing.trial").unwrap().as_deref(), Some("no"));
    let pin = book.ledger().pin("c01").unwrap().unwrap();
    assert_eq!((pin.hash.as_str(), pin.tries.failures), ("a hash", 3));
}

fn book_of_day_after(path: &Path, seed: u64) -> Book {
    book_at(path, HandClock::at(NOON_MS + DAY_MS), SeededRng::new(seed))
}

#[test]
fn a_database_of_today_reads_as_written() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("today.db");
    let _absent_at_first = fs::remove_file(&path);
    write_fixture(&path);
    assert_reads_as_written(&book_of_day_after(&path, 2));
}

#[test]
fn a_database_of_the_past_reads_as_written_and_goes_on() {
    for past in OF_THE_PAST {
        let folder = tempfile::tempdir().unwrap();
        let path = path_in(folder.path());
        fs::write(&path, past).unwrap();
        let book = book_of_day_after(&path, 2);
        assert_reads_as_written(&book);
        let running = book.running().unwrap()[0].id();
        book.act(&clerk("c02"), running, Act::Void).unwrap();
        assert_eq!(book.counts().unwrap().waiting, 7, "its tap was sealed, its end numbered after it");
        book.put_back().unwrap();
        assert_eq!(book.counts().unwrap().waiting, 8, "what was set aside then can be sent now");
    }
}

#[test]
fn the_schema_is_the_one_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&path_in(folder.path()), &key(), SCHEMA).unwrap();
    let schema: rusqlite::Result<String> = database.read(|tx| {
        let mut query = tx.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name")?;
        let statements = query.query_map([], |row| Ok(row.get::<_, String>(0)? + ";\n"))?;
        let version: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok(format!("-- user_version {version}\n{}", statements.collect::<rusqlite::Result<String>>()?))
    });
    let schema = schema.unwrap();
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema.sql"), &schema).unwrap();
    let recorded =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schema.sql")).unwrap_or_default();
    assert_eq!(schema, recorded, "a schema changes by a new migration; today's is in the build folder, tmp/schema.sql");
}
