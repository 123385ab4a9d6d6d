//! The sender in the background: seals quiet taps, sends what waits, asks what headquarters wants, waits
//! for a reason to go on.
//!
//! Reasons: a write, a timer, somebody who asks. A failure makes it wait with back-off; a write
//! does not cut that wait short, asking does.

use crate::config::{Asking, Heard, Question};
use crate::drain::{Drain, blocking};
use crate::hands::Hands;
use crate::spools::{self, Delivered, SpoolFile};
use crate::{Phase, PhoneLine, Status, SyncError, Transport, backoff};
use floorbook_ledger::{Book, LedgerError};
use floorbook_model::{Clock, DeviceId, Rng};
use floorbook_protocol::{ProblemKind, PublicKey, SigningKey, limits};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

/// With nothing to do it looks again this often.
const IDLE: Duration = Duration::from_secs(60);
const LAST_OK: &str = "sync.last_ok_ms";

/// Who the device is to headquarters.
#[derive(Debug)]
pub struct Identity {
    /// Its name.
    pub device: DeviceId,
    /// Its key.
    pub key: SigningKey,
    /// The key that signs receipts.
    pub hq_key: PublicKey,
}

/// The sender of one device.
pub struct Syncer<T> {
    drain: Arc<Drain<T>>,
    phase: Mutex<Phase>,
    asking: Mutex<Asking>,
    heard: watch::Sender<Option<Arc<Heard>>>,
    changed: watch::Sender<()>,
    /// Whether what the other devices had sent is here.
    pub(crate) caught_up: watch::Sender<bool>,
    written: Notify,
    /// Headquarters may be there again.
    resumed: Notify,
    asked: Notify,
    seal_all: AtomicBool,
    /// Whether the sender will look at unsealed taps by itself.
    timed: AtomicBool,
    /// Where spool files may lie.
    spools: Option<PathBuf>,
    /// Records that wait in them.
    spooled: AtomicU64,
}

impl<T: Transport> Syncer<T> {
    /// A sender over an open book. Nothing happens until [`Syncer::run`] or [`Syncer::send_all`].
    pub fn new(
        book: Arc<Book>,
        transport: T,
        identity: Identity,
        question: Question,
        seal_after_ms: u32,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Self {
        let drain = Drain {
            book,
            transport: Arc::new(transport),
            identity: Arc::new(identity),
            clock,
            rng,
            seal_after_ms: i64::from(seal_after_ms),
            heard: AtomicBool::new(false),
            hands: Hands::default(),
            batch_records: limits::BATCH_RECORDS_MAX,
        };
        Self {
            drain: Arc::new(drain),
            phase: Mutex::new(Phase::Idle),
            asking: Mutex::new(Asking::at_once(question)),
            heard: watch::Sender::new(None),
            changed: watch::Sender::new(()),
            caught_up: watch::Sender::new(false),
            written: Notify::new(),
            resumed: Notify::new(),
            asked: Notify::new(),
            seal_all: AtomicBool::new(false),
            timed: AtomicBool::new(false),
            spools: None,
            spooled: AtomicU64::new(0),
        }
    }

    /// The same, which also sends the spool files in `dir`. Nobody writes to one any more.
    #[must_use]
    pub fn with_spools(self, dir: PathBuf) -> Self {
        let waiting = spools::waiting_in(&dir, self.drain.identity.device);
        Self { spools: Some(dir), spooled: AtomicU64::new(waiting), ..self }
    }

    /// Sends batches of at most so many records. Few show what several batches do to each other.
    #[must_use]
    pub fn in_batches_of(mut self, records: usize) -> Self {
        if let Some(drain) = Arc::get_mut(&mut self.drain) {
            drain.batch_records = records.clamp(1, limits::BATCH_RECORDS_MAX);
        }
        self
    }

    /// Says that a tap waits to be sealed. The first one sets the timer, the others ride on it: a
    /// clerk's taps do not keep the sender awake.
    pub fn tapped(&self) {
        self.drain.hands.moved();
        if !self.timed.swap(true, Ordering::Relaxed) {
            self.written();
        }
    }

    /// Says that an event waits to be sent.
    pub fn written(&self) {
        self.drain.hands.wrote();
        self.written.notify_one();
        self.tell();
    }

    /// Asks to send everything now, unsealed taps too, and what headquarters wants.
    pub fn ask(&self) {
        self.seal_all.store(true, Ordering::Relaxed);
        self.asking().hurry();
        self.resumed.notify_one();
        self.asked.notify_one();
    }

    /// Asks what headquarters wants, and leaves the rest to its time.
    pub(crate) fn ask_soon(&self) {
        self.asking().hurry();
        self.written.notify_one();
    }

    /// Until headquarters may be there again.
    pub(crate) async fn resumed(&self) {
        self.resumed.notified().await;
    }

    pub(crate) fn drain(&self) -> &Drain<T> {
        &self.drain
    }

    /// A line to headquarters for the page of a visitor's phone. It knows nothing of the book.
    pub fn phone_line(&self) -> PhoneLine<T> {
        let Drain { transport, identity, clock, rng, .. } = &*self.drain;
        PhoneLine::new(Arc::clone(transport), Arc::clone(identity), Arc::clone(clock), Arc::clone(rng))
    }

    /// Wakes whenever [`Syncer::status`] may say something new.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Wakes whenever headquarters has said what it wants.
    pub fn heard(&self) -> watch::Receiver<Option<Arc<Heard>>> {
        self.heard.subscribe()
    }

    /// What the sender is doing, without a look into the database.
    pub fn phase(&self) -> Phase {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How sending stands, counted in the database and, when the sender last looked, in the spool files.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status(&self) -> Result<Status, LedgerError> {
        let book = &self.drain.book;
        let counts = book.counts()?;
        let last_ok_ms = book.ledger().meta(LAST_OK)?.and_then(|ms| ms.parse().ok());
        Ok(Status {
            phase: self.phase(),
            waiting: counts.waiting + self.spooled.load(Ordering::Relaxed),
            quarantined: counts.quarantined,
            last_ok_ms,
            heard_ms: book.heard_ms()?,
        })
    }

    /// Works until it is dropped.
    pub async fn run(self: Arc<Self>) {
        let mut failures = 0;
        loop {
            let result = self.turn().await;
            failures = if result.is_ok() { 0 } else { failures + 1 };
            match result {
                Ok(pause) => self.rest(pause).await,
                Err(error) => self.back_off(error, failures).await,
            }
        }
    }

    /// Seals and sends everything once; for programs that have no background.
    ///
    /// # Errors
    /// The first systemic failure.
    pub async fn send_all(&self) -> Result<(), SyncError> {
        self.seal_all.store(true, Ordering::Relaxed);
        self.turn().await.map(drop)
    }

    async fn turn(&self) -> Result<Option<Duration>, SyncError> {
        let sent = self.send_everything().await;
        if matches!(sent, Err(SyncError::Refused { kind: ProblemKind::DeviceRevoked, .. })) {
            self.asking().hurry(); // there may be more to it
        }
        match &sent {
            Err(SyncError::Away(_) | SyncError::Untrusted) => self.asking().went(false),
            Err(error) if error.retry_after().is_some() => self.asking().went(false), // it wants to be left alone
            _ => self.ask_what_is_wanted().await, // whatever keeps the records here keeps no order away
        }
        sent
    }

    /// Asks when it is time. That nobody answers is no failure of sending.
    async fn ask_what_is_wanted(&self) {
        let Some(question) = self.asking().take_due() else { return };
        let answer = self.hear(question).await;
        self.asking().went(answer.is_ok());
        match answer {
            Ok(()) => self.tell(),
            Err(error) => tracing::debug!(error = %error, "headquarters did not say what it wants"),
        }
    }

    async fn hear(&self, question: Question) -> Result<(), SyncError> {
        let heard = self.drain.ask(question).await?;
        let through = heard.config.acked_through;
        self.drain.note_heard(Duration::ZERO).await;
        self.heard.send_replace(Some(Arc::new(heard))); // first: an order is obeyed whatever fails here
        self.bring_what_was_lost(through).await
    }

    /// What waits in the database, then what waits in spool files.
    async fn send_everything(&self) -> Result<Option<Duration>, SyncError> {
        let mut files = match &self.spools {
            Some(dir) => spools::files_of(dir.clone(), self.drain.identity.device).await?,
            None => Vec::new(),
        };
        let mut waiting: u64 = files.iter().map(SpoolFile::records).sum();
        self.spooled.store(waiting, Ordering::Relaxed);
        let mut pause = self.send_what_waits().await?;
        files.reverse();
        while pause.is_none()
            && let Some(file) = files.pop()
        {
            self.enter(Phase::Sending { total: waiting });
            let records = file.records();
            match self.drain.send_spool(file).await? {
                Delivered::Whole => waiting -= records,
                Delivered::Later(until) => {
                    pause = until;
                    break;
                }
            }
            self.spooled.store(waiting, Ordering::Relaxed);
            self.note_all_sent().await?;
        }
        self.enter(Phase::Idle);
        Ok(pause)
    }

    async fn note_all_sent(&self) -> Result<(), SyncError> {
        if self.spooled.load(Ordering::Relaxed) > 0 {
            return Ok(());
        }
        let (book, now_ms) = (Arc::clone(&self.drain.book), self.drain.clock.wall_ms().to_string());
        blocking(move || match book.is_all_sent()? {
            true => book.ledger().set_meta(&[(LAST_OK, &now_ms)]),
            false => Ok(()),
        })
        .await
    }

    /// Headquarters that was put back from a copy gets what it signed for since.
    async fn bring_what_was_lost(&self, through: Option<u64>) -> Result<(), SyncError> {
        let Some(through) = through else { return Ok(()) };
        let book = Arc::clone(&self.drain.book);
        let again = blocking(move || book.send_again_after(through)).await?;
        if again > 0 {
            tracing::warn!(again, through, "headquarters lost what it had signed for: it is sent again");
            self.written();
        }
        Ok(())
    }

    async fn send_what_waits(&self) -> Result<Option<Duration>, SyncError> {
        let (book, now_ms) = (Arc::clone(&self.drain.book), self.drain.clock.wall_ms());
        let (asked, quiet_ms) = (self.seal_all.swap(false, Ordering::Relaxed), now_ms - self.drain.seal_after_ms);
        let total = blocking(move || {
            if asked {
                book.put_back()?;
            }
            // A tap from the future was made before the clock was set back: it is quiet.
            let is_ahead = book.oldest_tap_ms()?.is_some_and(|touched_ms| touched_ms > now_ms);
            book.seal(if asked || is_ahead { i64::MAX } else { quiet_ms })?;
            Ok(if book.is_all_sent()? { 0 } else { book.counts()?.waiting })
        })
        .await?;
        if total == 0 {
            self.enter(Phase::Idle);
            return Ok(None);
        }
        self.enter(Phase::Sending { total });
        let moved = || {
            self.resumed.notify_one();
            self.tell();
        };
        let pause = Arc::clone(&self.drain).run(moved).await?;
        self.note_all_sent().await?;
        self.enter(Phase::Idle);
        Ok(pause)
    }

    /// Waits for a write, a visit to become quiet, or the idle timer. A pause that headquarters
    /// asked for is kept first.
    async fn rest(&self, pause: Option<Duration>) {
        let start = Instant::now();
        if let Some(pause) = pause {
            tokio::select! {
                () = sleep_until(start + pause) => {}
                () = self.asked.notified() => {}
            }
            return;
        }
        self.timed.store(false, Ordering::Relaxed); // before looking, so that no tap falls in between
        let book = Arc::clone(&self.drain.book);
        let oldest_ms = blocking(move || book.oldest_tap_ms()).await.ok().flatten();
        self.timed.fetch_or(oldest_ms.is_some(), Ordering::Relaxed);
        let quiet_in = oldest_ms.map(|ms| ms + self.drain.seal_after_ms - self.drain.clock.wall_ms());
        let delay = quiet_in.map_or(IDLE, |ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0) + 1)).min(IDLE);
        tokio::select! {
            () = sleep_until(start + delay) => {}
            () = self.written.notified() => {}
            () = self.asked.notified() => {}
        }
    }

    async fn back_off(&self, error: SyncError, failures: u32) {
        let delay = backoff::delay(failures, error.retry_after(), &*self.drain.rng);
        tracing::warn!(sync.failures = failures, sync.delay_ms = delay.as_millis() as u64, error = %error, "sending failed");
        let retry_at_ms = self.drain.clock.wall_ms() + i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self.enter(Phase::Waiting { reason: Arc::new(error), retry_at_ms });
        tokio::select! {
            () = sleep_until(Instant::now() + delay) => {}
            () = self.asked.notified() => {}
        }
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.tell();
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }
}
