//! One device of a schedule: its book, its sender and its follower, on a database of its own.

use super::clock::VirtualClock;
use super::house::{DEVICES, FRESH, House, device_key, fill, opened, settled};
use super::line::Line;
use crate::SeededRng;
use anyhow::Result;
use floorbook_ledger::{Book, Ledger, Origin};
use floorbook_model::{Calendar, Clock, Rng};
use floorbook_protocol::PairGrant;
use floorbook_sqlite::DatabaseKey;
use floorbook_sync::{Identity, Question, Syncer};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tokio::task::AbortHandle;

/// Few records make a batch, so that several are on the way at once.
const BATCH_RECORDS: usize = 3;
/// What its program writes first, whatever it does.
const TABLES: [&str; 4] = ["INSERT ON events", "INSERT ON pending", "DELETE ON outbox", "DELETE ON contact_outbox"];

/// A ledger in which there is nothing, made once and copied.
static LEDGER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("till.db");
    drop(Ledger::open(&path, &key()).expect("a ledger can be made"));
    fs::read(path).expect("it is there")
});

fn key() -> DatabaseKey {
    DatabaseKey::new([1; 32], [2; 16])
}

fn digits() -> String {
    ["01".repeat(32), "02".repeat(16)].concat()
}

/// What runs, until the program ends.
struct Running {
    book: Arc<Book>,
    syncer: Arc<Syncer<Line>>,
    tasks: [AbortHandle; 2],
}

pub(crate) struct Till {
    pub(crate) n: u8,
    path: PathBuf,
    pub(crate) clock: Arc<VirtualClock>,
    rng: Arc<SeededRng>,
    pub(crate) line: Line,
    running: Option<Running>,
    pub(crate) peek: Connection,
}

impl Till {
    pub(crate) fn open(dir: &Path, n: u8, house: &Arc<House>) -> Result<Self> {
        let path = dir.join(format!("till-{n}.db"));
        fs::write(&path, &*LEDGER)?;
        let mut till = Self {
            n,
            clock: Arc::new(VirtualClock::at(super::house::NOON_MS)),
            rng: Arc::new(SeededRng::new(u64::from(DEVICES + n))),
            line: Line::new(house, n),
            running: None,
            peek: opened(&path, &digits())?,
            path,
        };
        till.start()?;
        Ok(till)
    }

    pub(crate) fn grant(&self) -> &'static PairGrant {
        &FRESH.grants[usize::from(self.n)]
    }

    pub(crate) fn calendar() -> Calendar {
        let store = &FRESH.grants[0].store;
        Calendar::new(&store.time_zone, store.cut_hour).expect("a zone of the list")
    }

    fn start(&mut self) -> Result<()> {
        let grant = self.grant();
        let origin = Origin { store: grant.store.id.clone(), device: grant.device, calendar: Self::calendar() };
        let (clock, rng) = (Arc::clone(&self.clock) as Arc<dyn Clock>, Arc::clone(&self.rng) as Arc<dyn Rng>);
        let ledger = Arc::new(Ledger::open(&self.path, &key())?);
        let book = Arc::new(Book::new(ledger, origin, Arc::clone(&clock), Arc::clone(&rng)));
        book.anchor_running()?;
        let identity = Identity { device: grant.device, key: device_key(self.n), hq_key: grant.hq_key };
        let question = Question { epoch: grant.epoch, version: "0.1.0".to_owned(), escrow: None };
        let seal_after_ms = grant.policy.seal_after_ms;
        let syncer = Syncer::new(Arc::clone(&book), self.line.clone(), identity, question, seal_after_ms, clock, rng);
        let syncer = Arc::new(syncer.in_batches_of(BATCH_RECORDS));
        let sending = tokio::spawn(Arc::clone(&syncer).run());
        let following = tokio::spawn(Arc::clone(&syncer).follow(grant.epoch, || ()));
        self.running = Some(Running { book, syncer, tasks: [sending.abort_handle(), following.abort_handle()] });
        Ok(())
    }

    /// The program ends wherever it is, and starts again.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        if let Some(Running { tasks, .. }) = self.running.take() {
            tasks.iter().for_each(AbortHandle::abort);
            settled().await;
        }
        self.start()
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs from its start on")
    }

    pub(crate) fn book(&self) -> &Arc<Book> {
        &self.running().book
    }

    pub(crate) fn syncer(&self) -> &Arc<Syncer<Line>> {
        &self.running().syncer
    }

    pub(crate) fn rng(&self) -> &dyn Rng {
        &*self.rng
    }

    /// Whether its disk takes anything.
    pub(crate) fn fill(&self, is_full: bool) -> Result<()> {
        fill(&self.peek, &TABLES, is_full)
    }
}
