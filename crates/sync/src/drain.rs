//! One run: everything that waits, in batches, some of them on the way at once.

use crate::hands::{Hands, PATIENCE};
use crate::lanes::Lanes;
use crate::{BatchAnswer, BatchRequest, Identity, SyncError, Transport, pairing};
use floorbook_ledger::{Book, LedgerError, OutboxRecord};
use floorbook_model::{BatchId, Clock, Rng};
use floorbook_protocol::{
    ProblemKind, Purpose, Receipt, RecordResult, SignedHead, content_digest, encode_batch, limits, path, sign_head,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::Instant;
use tokio::try_join;

/// Batches on the way at once: while headquarters stores one, the next is read and signed.
const WINDOW: usize = 3;
/// Raw bytes of one batch: far below the limit decoded, and below it encoded even if nothing
/// compresses.
pub(crate) const BATCH_BYTES: usize = limits::BATCH_ENCODED_BYTES_MAX - 64 * 1024;
/// So often it is noted that headquarters answers.
pub(crate) const HEARD_PACE: Duration = Duration::from_secs(60);
/// Contacts in one request.
const CONTACTS: usize = 100;

/// Everything one run needs.
pub(crate) struct Drain<T> {
    pub(crate) book: Arc<Book>,
    pub(crate) transport: Arc<T>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    /// A visit is quiet when nobody touched it for so long, milliseconds.
    pub(crate) seal_after_ms: i64,
    /// Whether headquarters signed for anything since the run began.
    pub(crate) heard: AtomicBool,
    /// Whom a backlog gives way to.
    pub(crate) hands: Hands,
    /// Records of one batch.
    pub(crate) batch_records: usize,
}

/// How a batch went.
struct Delivery {
    challenge: Option<String>,
    back_off: Option<Duration>,
    retry: bool,
}

impl<T: Transport> Drain<T> {
    /// Sends what waits. `moved` is called after every settled batch. Returns the pause that
    /// headquarters asks for, where it does.
    ///
    /// # Errors
    /// The first systemic failure; what was settled before stays settled.
    pub(crate) async fn run(self: Arc<Self>, moved: impl Fn()) -> Result<Option<Duration>, SyncError> {
        self.heard.store(false, Ordering::Relaxed);
        let mut patient_until = Instant::now(); // what waits first goes at once; only more than that can be felt
        let greeting = pairing::greet(&*self.transport);
        let (mut challenge, (mut lanes, first)) = try_join!(greeting, self.begin(&mut patient_until))?;
        let (mut first, mut flights, mut asked, mut stopped) = (Some(first), JoinSet::new(), None, false);
        loop {
            while !stopped && flights.len() < WINDOW && asked.is_none() {
                let records = match first.take() {
                    Some(first) => first,
                    None => self.next(&mut lanes, &mut patient_until).await?,
                };
                if records.is_empty() {
                    break;
                }
                flights.spawn(Arc::clone(&self).deliver(records, challenge.clone()));
            }
            let Some(landed) = flights.join_next().await else {
                if asked.is_none() {
                    asked = self.send_contacts(&mut challenge, &moved).await?;
                }
                return Ok(asked);
            };
            let delivery = landed.map_err(|_| SyncError::Internal)??;
            challenge = delivery.challenge.unwrap_or(challenge);
            asked = delivery.back_off.or(asked);
            stopped |= delivery.retry; // what must wait would only come again
            moved();
        }
    }

    /// What is to be sent, and the first of it.
    async fn begin(&self, patient_until: &mut Instant) -> Result<(Lanes, Vec<OutboxRecord>), SyncError> {
        let mut lanes = Lanes::of(&self.book, self.clock.wall_ms(), self.batch_records).await?;
        let first = self.next(&mut lanes, patient_until).await?;
        Ok((lanes, first))
    }

    /// What is written now, at once; or else what waits, when the clerk's hands rest.
    async fn next(&self, lanes: &mut Lanes, patient_until: &mut Instant) -> Result<Vec<OutboxRecord>, SyncError> {
        loop {
            let written = self.hands.written(); // before looking, so that nothing falls in between
            self.seal_quiet().await?;
            let fresh = lanes.fresh(&self.book).await?;
            if !fresh.is_empty() || lanes.is_backlog_over() {
                return Ok(fresh);
            }
            tokio::select! {
                () = self.hands.rest(*patient_until) => break,
                () = written => {}
            }
        }
        *patient_until = Instant::now() + PATIENCE;
        lanes.waiting(&self.book).await
    }

    /// A backlog may take long: taps do not wait for its end to be sealed.
    async fn seal_quiet(&self) -> Result<(), SyncError> {
        let (book, quiet_ms) = (Arc::clone(&self.book), self.clock.wall_ms() - self.seal_after_ms);
        blocking(move || book.seal(quiet_ms).map(drop)).await
    }

    /// Brings records to headquarters. A batch that is refused as a whole is halved until the bad
    /// record stands alone; that one is set aside, never in the way of the others. When headquarters
    /// signs for nothing at all, the fault is not a record's and none is set aside.
    async fn deliver(self: Arc<Self>, records: Vec<OutboxRecord>, challenge: String) -> Result<Delivery, SyncError> {
        let (mut todo, mut bad) = (vec![records], Vec::new());
        let mut sum = Delivery { challenge: Some(challenge), back_off: None, retry: false };
        while let Some(mut part) = todo.pop() {
            let challenge = sum.challenge.clone().unwrap_or_default();
            match self.send(&part, challenge).await {
                Ok(delivery) => {
                    sum.challenge = delivery.challenge.or(sum.challenge);
                    sum.back_off = delivery.back_off.or(sum.back_off);
                    sum.retry |= delivery.retry;
                }
                Err(error) if is_refused_as_a_whole(&error) => {
                    if part.len() > 1 {
                        let later = part.split_off(part.len() / 2);
                        todo.extend([later, part]);
                    } else if self.heard.load(Ordering::Relaxed) || !todo.is_empty() {
                        bad.extend(part.iter().map(|record| record.n));
                    } else {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.set_aside(bad).await?;
        Ok(sum)
    }

    async fn set_aside(&self, bad: Vec<i64>) -> Result<(), SyncError> {
        if bad.is_empty() {
            return Ok(());
        }
        if !self.heard.load(Ordering::Relaxed) {
            return Err(SyncError::Refused { kind: ProblemKind::Malformed, retry_after: None });
        }
        let book = Arc::clone(&self.book);
        blocking(move || book.set_aside(&bad)).await
    }

    async fn send(&self, records: &[OutboxRecord], challenge: String) -> Result<Delivery, SyncError> {
        let lines: Vec<&str> = records.iter().map(|record| record.line.as_str()).collect();
        let (answer, receipt) = self.exchange(path::BATCHES, &lines, challenge).await?;
        let delivery = Delivery {
            challenge: answer.challenge.clone(),
            back_off: answer.back_off,
            retry: receipt.results.iter().any(|run| run.result == RecordResult::Retry),
        };
        let document = serde_json::to_string(&answer.document).map_err(|_| SyncError::Internal)?;
        let (book, sent) = (Arc::clone(&self.book), records.iter().map(|record| record.n).collect::<Vec<_>>());
        blocking(move || book.settle(&sent, &receipt, &document)).await?;
        self.heard.store(true, Ordering::Relaxed);
        Ok(delivery)
    }

    /// Sends the contacts that wait, after the events that tell of them; there are few. What headquarters
    /// refuses as a whole waits for the next run and holds no event up.
    async fn send_contacts(&self, challenge: &mut String, moved: impl Fn()) -> Result<Option<Duration>, SyncError> {
        loop {
            let book = Arc::clone(&self.book);
            let sealed = blocking(move || book.contact_outbox(CONTACTS)).await?;
            if sealed.is_empty() {
                return Ok(None);
            }
            let lines: Vec<&str> = sealed.iter().map(|sealed| sealed.line.as_str()).collect();
            let (answer, receipt) = match self.exchange(path::CONTACTS, &lines, challenge.clone()).await {
                Err(SyncError::Refused { kind, retry_after }) => {
                    tracing::warn!(problem = ?kind, "headquarters refuses contacts");
                    return Ok(retry_after);
                }
                exchanged => exchanged?,
            };
            *challenge = answer.challenge.unwrap_or_else(|| challenge.clone());
            let refused = receipt.record_results().filter(|it| matches!(it, RecordResult::Quarantined(_))).count();
            if refused > 0 {
                tracing::error!(refused, "headquarters will never take these contacts");
            }
            let book = Arc::clone(&self.book);
            let gone = blocking(move || book.settle_contacts(&sealed, &receipt)).await?;
            moved();
            if gone == 0 || answer.back_off.is_some() {
                return Ok(answer.back_off); // headquarters wants them later, or they were changed on the way
            }
        }
    }

    /// One signed request and its verified receipt.
    pub(crate) async fn exchange(
        &self,
        path: &'static str,
        lines: &[&str],
        challenge: String,
    ) -> Result<(BatchAnswer, Receipt), SyncError> {
        let batch = BatchId::make(self.clock.wall_ms(), &*self.rng);
        let request = self.identity.request(path, batch, lines, challenge)?;
        let digest = request.digest.clone();
        let answer = self.transport.send(request).await?;
        let receipt = self.verified(&answer, batch, &digest)?;
        self.note_heard(HEARD_PACE).await;
        Ok((answer, receipt))
    }

    /// A receipt counts when headquarters signed it for this batch, these bytes and this device.
    fn verified(&self, answer: &BatchAnswer, batch: BatchId, digest: &str) -> Result<Receipt, SyncError> {
        let receipt: Receipt =
            answer.document.open(Purpose::Receipt, &self.identity.hq_key).map_err(|_| SyncError::Nonsense)?;
        let fits = receipt.batch == batch && receipt.device == self.identity.device && receipt.digest == digest;
        if fits { Ok(receipt) } else { Err(SyncError::Nonsense) }
    }

    /// Headquarters was heard; that is noted where it was not within `pace`. What it said counts even if it
    /// cannot be noted.
    pub(crate) async fn note_heard(&self, pace: Duration) {
        let (book, pace_ms) = (Arc::clone(&self.book), i64::try_from(pace.as_millis()).unwrap_or(i64::MAX));
        if let Err(error) = blocking(move || book.hear(pace_ms)).await {
            tracing::error!(error = %error, "that headquarters was heard could not be noted");
        }
    }
}

impl Identity {
    /// One signed request.
    pub(crate) fn request(
        &self,
        path: &'static str,
        batch: BatchId,
        lines: &[&str],
        challenge: String,
    ) -> Result<BatchRequest, SyncError> {
        let too_large = |_| SyncError::Refused { kind: ProblemKind::TooLarge, retry_after: None };
        let body = encode_batch(lines).map_err(too_large)?;
        let (digest, batch, device) = (content_digest(&body), batch.to_string(), self.device.to_string());
        let head = SignedHead { path, digest: &digest, device: &device, batch: &batch, challenge: &challenge };
        let signature = sign_head(&head, &self.key);
        Ok(BatchRequest { path, body, digest, device, batch, challenge, signature })
    }
}

pub(crate) fn is_refused_as_a_whole(error: &SyncError) -> bool {
    matches!(error, SyncError::Refused { kind: ProblemKind::Malformed | ProblemKind::TooLarge, .. })
}

/// Database work off the network's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, SyncError> {
    Ok(spawn_blocking(work).await.map_err(|_| SyncError::Internal)??)
}
