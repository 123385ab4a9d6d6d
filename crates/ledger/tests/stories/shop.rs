//! A paired device in a shop, its clock and its dice.

use floorbook_ledger::{Act, Book, Ledger, LedgerError, Origin, SCHEMA};
use floorbook_model::{
    BusinessDay, Calendar, ClerkId, Clock, Closing, DeviceId, DwellSource, Event, FieldValue, Opening, Outcome,
    PackRef, Patch, Recorded, Rng, VisitId,
};
use floorbook_sqlite::{Database, DatabaseKey};
use rusqlite::Row;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use tempfile::TempDir;

/// Noon of 23 November 2026 in Shanghai.
pub(crate) const NOON_MS: i64 = 1_795_406_400_000;
pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Clocks that go when they are told to.
pub(crate) struct HandClock {
    wall_ms: AtomicI64,
    steady_ms: AtomicU64,
    boot: AtomicU32,
}

impl HandClock {
    pub(crate) fn at(wall_ms: i64) -> Arc<Self> {
        Arc::new(Self { wall_ms: AtomicI64::new(wall_ms), steady_ms: AtomicU64::new(1), boot: AtomicU32::new(1) })
    }

    /// Time passes, whether the device is awake or asleep.
    pub(crate) fn pass(&self, ms: i64) {
        self.jump(ms);
        self.steady_ms.fetch_add(ms.try_into().unwrap(), Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn jump(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// The device was off for a while: its steady clock begins anew.
    pub(crate) fn reboot(&self, off_ms: i64) {
        self.jump(off_ms);
        self.steady_ms.store(1, Ordering::SeqCst);
        self.boot.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn steady_ms(&self) -> i64 {
        self.steady_ms.load(Ordering::SeqCst).try_into().unwrap()
    }
}

impl Clock for HandClock {
    fn now(&self) -> Recorded {
        Recorded {
            wall_ms: self.wall_ms.load(Ordering::SeqCst),
            offset_min: 480,
            steady_ms: self.steady_ms.load(Ordering::SeqCst),
            boot: self.boot.load(Ordering::SeqCst),
            server_offset_ms: None,
        }
    }
}

/// The same bytes for the same seed, never twice the same.
pub(crate) struct SeededRng {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededRng {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self { seed, drawn: AtomicU64::new(0) })
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst).to_le_bytes();
            let digest = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(drawn).finalize();
            part.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        }
    }
}

pub(crate) fn key() -> DatabaseKey {
    DatabaseKey::new([1; 32], [2; 16])
}

pub(crate) fn clerk(id: &str) -> ClerkId {
    id.parse().unwrap()
}

pub(crate) fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

pub(crate) fn outcome(code: &str) -> Outcome {
    let amount_minor = (code == "buy").then_some(12_900);
    let reasons = if code == "none" { vec!["price".to_owned()] } else { vec![] };
    Outcome { reasons, amount_minor, ..Outcome::of(code) }
}

/// A stored event and its link of the chain.
pub(crate) struct Sealed {
    pub(crate) chain: [u8; 32],
    pub(crate) line: String,
    pub(crate) event: Event,
}

pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) rng: Arc<SeededRng>,
    pub(crate) book: Book,
}

impl Shop {
    pub(crate) fn open() -> Self {
        Self::seeded(7)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, rng) = (HandClock::at(NOON_MS), SeededRng::new(seed));
        let book = book_at(&path_in(folder.path()), clock.clone(), rng.clone());
        Self { folder, clock, rng, book }
    }

    /// The program ends without a word and starts again.
    pub(crate) fn reopened(self) -> Self {
        let Self { folder, clock, rng, book } = self;
        drop(book);
        let book = book_at(&path_in(folder.path()), clock.clone(), rng.clone());
        Self { folder, clock, rng, book }
    }

    pub(crate) fn arrives(&self) -> VisitId {
        self.book.open_visit(&clerk("c01"), opening(self.clock.wall_ms())).unwrap().id()
    }

    pub(crate) fn taps(&self, actor: &str, visit: VisitId, field: &str, value: &str) {
        self.book.note(&clerk(actor), visit, &Patch::from([(field.to_owned(), text(value))])).unwrap();
    }

    /// A party of two comes in and has these codes of each field.
    pub(crate) fn arrives_as(&self, said: &[(&str, &[&str])]) -> VisitId {
        let visit = self.arrives();
        let list = |codes: &[&str]| FieldValue::List(codes.iter().map(|&code| code.to_owned()).collect());
        let value = |codes: &[&str]| if let [code] = codes { text(code) } else { list(codes) };
        let patch = said.iter().map(|(field, codes)| ((*field).to_owned(), value(codes))).collect();
        self.book.note(&clerk("c01"), visit, &patch).unwrap();
        visit
    }

    /// How long a party has been here, minutes.
    pub(crate) fn minutes(&self, visit: VisitId) -> i64 {
        let visit = self.book.visit(visit).unwrap();
        let since_ms = self.book.glance(self.today(), &[&visit]).unwrap().since_ms[0];
        (self.clock.steady_ms() - since_ms) / MINUTE_MS
    }

    pub(crate) fn act(&self, actor: &str, visit: VisitId, act: Act) -> Result<(), LedgerError> {
        self.book.act(&clerk(actor), visit, act).map(drop)
    }

    pub(crate) fn close_as(&self, code: &str) -> Act {
        let left_ms = self.clock.wall_ms();
        Act::Close(Closing { left_ms, dwell_source: DwellSource::Observed, outcome: outcome(code) })
    }

    pub(crate) fn closes(&self, actor: &str, visit: VisitId, code: &str) {
        self.act(actor, visit, self.close_as(code)).unwrap();
    }

    pub(crate) fn today(&self) -> BusinessDay {
        self.book.origin().calendar.day_of(self.clock.wall_ms())
    }

    /// Rows as any SQLCipher client under the same key reads them.
    pub(crate) fn rows<T>(&self, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let database = Database::open(&path_in(self.folder.path()), &key(), SCHEMA).unwrap();
        let rows = database.read(|tx| tx.prepare(sql)?.query_map([], read)?.collect::<Result<Vec<T>, _>>());
        rows.unwrap()
    }

    /// Every stored event in the order of its number.
    pub(crate) fn sealed(&self) -> Vec<Sealed> {
        self.rows("SELECT chain, line FROM events ORDER BY seq", |row| {
            let line: String = row.get(1)?;
            Ok(Sealed { chain: row.get(0)?, event: serde_json::from_str(&line).unwrap(), line })
        })
    }
}

pub(crate) fn opening(entered_ms: i64) -> Opening {
    Opening::new(entered_ms, 2, PackRef { id: "apparel".to_owned(), version: 1 })
}

pub(crate) fn path_in(folder: &Path) -> PathBuf {
    folder.join("floorbook.db")
}

pub(crate) fn book_at(path: &Path, clock: Arc<HandClock>, rng: Arc<SeededRng>) -> Book {
    let origin = Origin {
        store: "north".parse().unwrap(),
        device: DeviceId::from_bytes([9; 16]),
        calendar: Calendar::new("Asia/Shanghai", 4).unwrap(),
    };
    Book::new(Arc::new(Ledger::open(path, &key()).unwrap()), origin, clock, rng)
}
