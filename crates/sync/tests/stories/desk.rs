//! A device with its ledger and its sender, without a network.

use crate::hq_stub::HqStub;
use floorbook_ledger::{Book, Ledger, Origin, SCHEMA};
use floorbook_model::{
    Body, Calendar, ClerkId, Clock, DeviceId, Event, EventId, FieldValue, Hlc, Opening, PackRef, Patch, Recorded, Rng,
    VisitId,
};
use floorbook_protocol::{SigningKey, content_digest};
use floorbook_sqlite::{Database, DatabaseKey};
use floorbook_sync::{Identity, Question, Status, Syncer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

const NOON_MS: i64 = 1_795_406_400_000;
pub(crate) const SEAL_AFTER_MS: u32 = 5_000;

/// Wall time that goes with the paused clock of the test.
struct PausedClock(Instant);

impl Clock for PausedClock {
    fn now(&self) -> Recorded {
        let steady_ms = u64::try_from((Instant::now() - self.0).as_millis()).unwrap();
        let wall_ms = NOON_MS + i64::try_from(steady_ms).unwrap();
        Recorded { wall_ms, offset_min: 480, steady_ms, boot: 1, server_offset_ms: None }
    }
}

/// The same bytes for the same seed, never twice the same.
pub(crate) struct SeededRng {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
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
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let digest = content_digest(&[self.seed.to_le_bytes(), drawn.to_le_bytes()].concat());
            part.iter_mut().zip(digest.bytes().skip(9)).for_each(|(to, from)| *to = from.wrapping_mul(167));
        }
    }
}

/// The longest jitter, so that a wait has a known length.
struct LongestWait;

impl Rng for LongestWait {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0xff);
    }
}

pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) book: Arc<Book>,
    pub(crate) hq: HqStub,
    pub(crate) syncer: Arc<Syncer<HqStub>>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::seeded(7)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self::with(seed, Arc::new(SeededRng::new(seed + 1_000)))
    }

    /// Waits of this one are as long as they may be.
    pub(crate) fn patient() -> Self {
        Self::with(7, Arc::new(LongestWait))
    }

    fn with(seed: u64, sync_rng: Arc<dyn Rng>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(PausedClock(Instant::now()));
        let calendar = Calendar::new("Asia/Shanghai", 4).unwrap();
        let origin = Origin { store: "north".parse().unwrap(), device: DeviceId::from_bytes([9; 16]), calendar };
        let ledger = Arc::new(Ledger::open(&path_in(&folder), &key()).unwrap());
        let book = Arc::new(Book::new(ledger, origin, clock.clone(), Arc::new(SeededRng::new(seed))));
        let device_key = SigningKey::from_seed(&[1; 32]);
        let hq = HqStub::new(device_key.public());
        let identity = Identity { device: book.origin().device, key: device_key, hq_key: hq.public() };
        let question = Question { epoch: 7, version: "0.1.0".to_owned(), escrow: None };
        let syncer = Syncer::new(Arc::clone(&book), hq.clone(), identity, question, SEAL_AFTER_MS, clock, sync_rng);
        let syncer = Arc::new(syncer.with_spools(folder.path().to_owned()));
        Self { folder, book, hq, syncer }
    }

    /// The folder of the device.
    pub(crate) fn dir(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn arrives(&self) -> VisitId {
        self.book.open_visit(&clerk(), opening()).unwrap().id()
    }

    pub(crate) fn arrive(&self, parties: usize) {
        for _ in 0..parties {
            self.arrives();
        }
    }

    pub(crate) fn notes(&self, visit: VisitId, text: &str) {
        let patch = Patch::from([("note".to_owned(), FieldValue::Text(text.to_owned()))]);
        self.book.note(&clerk(), visit, &patch).unwrap();
    }

    /// Lays `count` sealed events into ledger and outbox at once, as a long time offline leaves them.
    pub(crate) fn backlog(&self, count: u64) {
        self.backlog_after(0, count);
    }

    /// The same behind the first `last` events.
    pub(crate) fn backlog_after(&self, last: u64, count: u64) {
        let database = Database::open(&path_in(&self.folder), &key(), SCHEMA).unwrap();
        let written: rusqlite::Result<()> = database.write(|tx| {
            for seq in last + 1..=last + count {
                let event = self.event(seq);
                tx.prepare_cached(
                    "INSERT INTO events (id, device, seq, hlc, visit, chain, line) VALUES (?1, ?2, ?3, ?3, ?1, zeroblob(32), ?4)",
                )?
                .execute((
                    event.id.as_bytes(),
                    event.device.as_bytes(),
                    seq.cast_signed(),
                    serde_json::to_string(&event).unwrap(),
                ))?;
                tx.prepare_cached("INSERT INTO outbox (n) VALUES (last_insert_rowid())")?.execute([])?;
            }
            Ok(())
        });
        written.unwrap();
    }

    pub(crate) fn event(&self, seq: u64) -> Event {
        let id = (u128::from(seq) << 64).to_be_bytes();
        Event {
            schema: 1,
            id: EventId::from_bytes(id),
            store: self.book.origin().store.clone(),
            device: self.book.origin().device,
            seq,
            hlc: Hlc(seq.cast_signed(), 0),
            recorded: Recorded {
                wall_ms: seq.cast_signed(),
                offset_min: 480,
                steady_ms: 0,
                boot: 1,
                server_offset_ms: None,
            },
            actor: clerk(),
            visit: Some(VisitId::from_bytes(id)),
            body: Body::VisitOpened(opening()),
        }
    }

    /// Every event that was ever sealed here, by its id.
    pub(crate) fn sealed(&self) -> BTreeMap<EventId, String> {
        let database = Database::open(&path_in(&self.folder), &key(), SCHEMA).unwrap();
        let lines: rusqlite::Result<Vec<String>> =
            database.read(|tx| tx.prepare("SELECT line FROM events")?.query_map([], |row| row.get(0))?.collect());
        let id = |line: &String| serde_json::from_str::<Event>(line).unwrap().id;
        lines.unwrap().into_iter().map(|line| (id(&line), line)).collect()
    }

    pub(crate) fn status(&self) -> Status {
        self.syncer.status().unwrap()
    }

    /// Puts the sender to work and waits until `is_so`, on the paused clock. Returns how long it took.
    pub(crate) async fn until(&self, is_so: impl Fn(&Self) -> bool) -> Duration {
        let (start, mut changes) = (Instant::now(), self.syncer.changes());
        let wait = async {
            while !is_so(self) {
                changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(7_200), wait).await.unwrap();
        start.elapsed()
    }

    pub(crate) fn start(&self) -> tokio::task::AbortHandle {
        tokio::spawn(Arc::clone(&self.syncer).run()).abort_handle()
    }
}

fn path_in(folder: &TempDir) -> PathBuf {
    folder.path().join("floorbook.db")
}

fn key() -> DatabaseKey {
    DatabaseKey::new([1; 32], [2; 16])
}

fn clerk() -> ClerkId {
    "c01".parse().unwrap()
}

fn opening() -> Opening {
    Opening::new(NOON_MS, 2, PackRef { id: "apparel".to_owned(), version: 1 })
}
