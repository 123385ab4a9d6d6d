//! A shop at work on one database: seeded acts on the real ledger. The same seed on the same content does the
//! same, so that a second play knows what a first one, which was cut, must have written.

mod acts;

use crate::{SeededRng, SimClock};
use anyhow::Result;
use floorbook_ledger::{Book, Ledger, LedgerError, Origin};
use floorbook_model::{Calendar, DeviceId};
use floorbook_sqlite::{DatabaseKey, OpenError};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 23 November 2026, noon in Shanghai: the first day of the fixtures.
const NOON_MS: i64 = 1_795_406_400_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The key of the fixtures, and of every play that begins with one.
pub(crate) fn key() -> DatabaseKey {
    DatabaseKey::new([1; 32], [2; 16])
}

/// Why an act did not happen. A refusal of the trade is none of these: it is an act that changes nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlayError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl PlayError {
    pub(crate) fn is_disk_full(&self) -> bool {
        match self {
            Self::Open(OpenError::Sqlite(error)) => floorbook_sqlite::is_disk_full(error),
            Self::Open(_) => false,
            Self::Ledger(error) => error.is_disk_full(),
        }
    }
}

/// What an act was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Acted,
    Restarted,
}

/// A shop at work.
pub(crate) struct Play {
    path: PathBuf,
    key: DatabaseKey,
    clock: Arc<SimClock>,
    rng: Arc<SeededRng>,
    dice: StdRng,
    origin: Origin,
    /// Absent only where opening it again failed.
    book: Option<Book>,
}

impl Play {
    /// Opens the database at `path`, which need not be there.
    pub(crate) fn open(path: &Path, key: &DatabaseKey, seed: u64) -> Result<Self, PlayError> {
        let origin = Origin {
            store: "north".parse().expect("a store's code"),
            device: DeviceId::from_bytes([9; 16]),
            calendar: Calendar::new("Asia/Shanghai", 4).expect("a zone of the list"),
        };
        let mut play = Self {
            path: path.to_owned(),
            key: key.clone(),
            clock: Arc::new(SimClock::at(NOON_MS)),
            rng: Arc::new(SeededRng::new(seed)),
            dice: StdRng::seed_from_u64(!seed),
            origin,
            book: None,
        };
        play.begin()?;
        Ok(play)
    }

    /// The book, wherever it is open.
    pub(crate) fn book(&self) -> Option<&Book> {
        self.book.as_ref()
    }

    /// The program ends and starts again.
    pub(crate) fn restart(&mut self) -> Result<(), PlayError> {
        self.book = None;
        self.begin()
    }

    fn begin(&mut self) -> Result<(), PlayError> {
        let ledger = Arc::new(Ledger::open(&self.path, &self.key)?);
        self.book = Some(Book::new(ledger, self.origin.clone(), self.clock.clone(), self.rng.clone()));
        Ok(())
    }

    /// One act of whoever is in the shop: one transaction, or one restart. What the trade refuses changes nothing.
    ///
    /// # Errors
    /// When the database fails; then nothing has happened.
    pub(crate) fn act(&mut self) -> Result<Done, PlayError> {
        let is_night = self.dice.random_range(0..40) == 0;
        self.clock.pass(self.dice.random_range(0..if is_night { DAY_MS } else { 3 * MINUTE_MS }));
        if self.book.is_none() || self.dice.random_range(0..30) == 0 {
            return self.restart().map(|()| Done::Restarted);
        }
        match self.acts() {
            Err(LedgerError::Sqlite(error)) => Err(LedgerError::Sqlite(error).into()),
            Err(error) if error.is_damage() => Err(error.into()),
            _done_or_refused => Ok(Done::Acted),
        }
    }
}
