//! Following the other devices of the store: a question that waits at headquarters until there is something.

use crate::drain::{Drain, HEARD_PACE, blocking};
use crate::{SyncError, Syncer, Transport, backoff, pairing};
use floorbook_ledger::Early;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{FeedHead, FeedRequest, ProblemKind, Purpose, content_digest, decode_batch, limits, path};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A device that comes to a store late takes in what the others logged in so many days.
const DAYS: u16 = 14;
/// Longest wait after failures: boards should agree soon after the network is back.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Where following stands, beside what the book knows.
#[derive(Default)]
struct Place {
    challenge: Option<String>,
    /// Of the newest kit that it has or was told of.
    epoch: u64,
    /// Up to which number it has what came before its turn. After a start it is given once more.
    ahead: BTreeMap<DeviceId, u64>,
}

/// A page that was taken in.
struct Page {
    /// Visits that changed.
    visits: usize,
    /// Whether headquarters wants something.
    config: bool,
    /// Whether there is more at once.
    more: bool,
}

impl<T: Transport> Syncer<T> {
    /// Takes in what the other devices of the store log, as soon as headquarters has it. Calls `moved` when
    /// visits changed by that. Works until it is dropped.
    pub async fn follow(self: Arc<Self>, epoch: u64, moved: impl Fn() + Send + Sync) {
        let (mut failures, mut place) = (0, Place { epoch, ..Place::default() });
        loop {
            match self.drain().read_feed(&mut place).await {
                Ok(page) => {
                    failures = 0;
                    if page.visits > 0 {
                        moved();
                    }
                    if !page.more {
                        self.caught_up.send_replace(true);
                    }
                    if page.config {
                        self.ask_soon();
                    }
                }
                Err(error) => {
                    failures += 1;
                    place.challenge = None;
                    if matches!(error, SyncError::Refused { kind: ProblemKind::DeviceRevoked, .. }) {
                        self.ask_soon();
                    }
                    tracing::debug!(error = %error, failures, "the feed does not answer");
                    let wait = backoff::delay(failures, error.retry_after(), &*self.drain().rng).min(WAIT_MAX);
                    drop(tokio::time::timeout(wait, self.resumed()).await);
                }
            }
        }
    }

    /// Until everything is here that the other devices had sent when this one began to follow them.
    pub async fn caught_up(&self) {
        drop(self.caught_up.subscribe().wait_for(|caught_up| *caught_up).await);
    }
}

impl<T: Transport> Drain<T> {
    async fn read_feed(&self, place: &mut Place) -> Result<Page, SyncError> {
        let fresh = match place.challenge.take() {
            Some(challenge) => challenge,
            None => {
                let hello = self.transport.hello().await?;
                pairing::check_version(&hello)?;
                hello.challenge
            }
        };
        let book = Arc::clone(&self.book);
        let have = blocking(move || book.peers()).await?;
        let (epoch, ahead) = (place.epoch, Some(place.ahead.clone()));
        let question = FeedRequest { have, days: DAYS, wait_ms: limits::FEED_WAIT_MS_MAX, epoch, ahead };
        let line = serde_json::to_string(&question).map_err(|_| SyncError::Internal)?;
        let batch = BatchId::make(self.clock.wall_ms(), &*self.rng);
        let request = self.identity.request(path::FEED, batch, &[&line], fresh)?;
        let answer = self.transport.feed(request).await?;
        let head: FeedHead =
            answer.document.open(Purpose::Feed, &self.identity.hq_key).map_err(|_| SyncError::Nonsense)?;
        let fits =
            head.device == self.identity.device && head.request == batch && head.digest == content_digest(&answer.body);
        if !fits {
            return Err(SyncError::Nonsense);
        }
        self.note_heard(HEARD_PACE).await;
        place.challenge = answer.challenge;
        // A kit that is not taken would be told of at once again, and again.
        place.epoch = place.epoch.max(head.epoch);
        let visits = if answer.body.is_empty() { 0 } else { self.absorb(answer.body, head.ahead, place).await? };
        Ok(Page { visits, config: head.config, more: head.more })
    }

    /// Takes a page in; the first `ahead` of its lines came before their turn.
    async fn absorb(&self, body: Vec<u8>, ahead: u32, place: &mut Place) -> Result<usize, SyncError> {
        let book = Arc::clone(&self.book);
        let page = decode_batch(&body).map_err(|_| SyncError::Nonsense)?;
        let (visits, came) = blocking(move || {
            let lines: Vec<&str> = page.records().collect();
            let (ahead, in_turn) = lines.split_at(usize::try_from(ahead).unwrap_or(usize::MAX).min(lines.len()));
            let Early { visits, last } = book.absorb_ahead(ahead)?;
            Ok((book.absorb(in_turn)?.union(&visits).count(), last))
        })
        .await?;
        place.ahead.extend(came);
        Ok(visits)
    }
}
