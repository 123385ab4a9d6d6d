//! Following the other devices of the store: a question that waits at headquarters until there is something.

use crate::drain::{Drain, HEARD_PACE, blocking};
use crate::{SyncError, Syncer, Transport, backoff, pairing};
use floorbook_ledger::Page;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{FeedHead, FeedRequest, ProblemKind, Purpose, content_digest, limits, path};
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A device that comes to a store late takes in what the others logged in so many days.
const DAYS: u16 = 14;
/// Longest wait after failures: boards should agree soon after the network is back.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Pages that may have come before the last one is taken in; they are then taken in together.
const PAGES: usize = 3;

/// Up to which number it has the events of each other device.
#[derive(Clone)]
struct Place {
    have: BTreeMap<DeviceId, u64>,
    /// What came before its turn. After a start it is given once more.
    ahead: BTreeMap<DeviceId, u64>,
}

impl Place {
    fn pass(&mut self, page: &Page) {
        self.have.extend(page.through());
        self.ahead.extend(page.ahead_through());
    }
}

/// What the next question needs of the answers before it.
#[derive(Default)]
struct Talk {
    challenge: Option<String>,
    /// Of the newest kit that it has or was told of.
    epoch: u64,
}

/// An answer that fits.
struct Answer {
    /// What the others logged, where there is anything.
    page: Option<Page>,
    /// Whether headquarters wants something.
    config: bool,
    /// Whether there is more at once.
    more: bool,
}

impl<T: Transport> Syncer<T> {
    /// Takes in what the other devices of the store log, as soon as headquarters has it. Calls `moved` when
    /// visits changed by that. Works until it is dropped.
    pub async fn follow(self: Arc<Self>, epoch: u64, moved: impl Fn() + Send + Sync) {
        let (mut failures, mut ahead, mut talk) = (0, BTreeMap::new(), Talk { challenge: None, epoch });
        loop {
            let taken = |visits: usize| {
                failures = 0;
                if visits > 0 {
                    moved();
                }
            };
            match self.read_feed(&mut ahead, &mut talk, taken).await {
                Ok(()) => {
                    failures = 0;
                    self.caught_up.send_replace(true);
                }
                Err(error) => {
                    failures += 1;
                    talk.challenge = None;
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

    /// Takes in what there is, until there is no more at once. While a page is taken in the next one is on its way;
    /// the place that it follows is only noted by the book, with what came up to there.
    async fn read_feed(
        &self,
        ahead: &mut BTreeMap<DeviceId, u64>,
        talk: &mut Talk,
        taken: impl FnMut(usize) + Send,
    ) -> Result<(), SyncError> {
        let book = Arc::clone(&self.drain().book);
        let place = Place { have: blocking(move || book.peers()).await?, ahead: ahead.clone() };
        let (came, pages) = mpsc::channel(PAGES);
        // What came before a question failed is taken in all the same.
        let asking = async { Ok(self.read_on(place, talk, came).await) };
        let (asked, ()) = tokio::try_join!(asking, self.drain().take_in(pages, ahead, taken))?;
        asked
    }

    async fn read_on(&self, mut place: Place, talk: &mut Talk, came: mpsc::Sender<Page>) -> Result<(), SyncError> {
        loop {
            let Answer { page, config, more } = self.drain().read_page(&place, talk).await?;
            if config {
                self.ask_soon();
            }
            if let Some(page) = page {
                place.pass(&page);
                came.send(page).await.map_err(|_| SyncError::Internal)?;
            }
            if !more {
                return Ok(());
            }
        }
    }
}

impl<T: Transport> Drain<T> {
    async fn read_page(&self, place: &Place, talk: &mut Talk) -> Result<Answer, SyncError> {
        let fresh = match talk.challenge.take() {
            Some(challenge) => challenge,
            None => {
                let hello = self.transport.hello().await?;
                pairing::check_version(&hello)?;
                hello.challenge
            }
        };
        let Place { have, ahead } = place.clone();
        let (epoch, ahead) = (talk.epoch, Some(ahead));
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
        talk.challenge = answer.challenge;
        // A kit that is not taken would be told of at once again, and again.
        talk.epoch = talk.epoch.max(head.epoch);
        let page = if answer.body.is_empty() { None } else { Some(read(answer.body, head.ahead).await?) };
        Ok(Answer { page, config: head.config, more: head.more })
    }

    /// Takes pages in as they come, those together that came while others were taken in.
    async fn take_in(
        &self,
        mut pages: mpsc::Receiver<Page>,
        ahead: &mut BTreeMap<DeviceId, u64>,
        mut taken: impl FnMut(usize),
    ) -> Result<(), SyncError> {
        let mut came = Vec::with_capacity(PAGES);
        while pages.recv_many(&mut came, PAGES).await > 0 {
            let (book, came) = (Arc::clone(&self.book), mem::take(&mut came));
            let early: Vec<_> = came.iter().flat_map(Page::ahead_through).collect();
            let visits = blocking(move || book.absorb(came)).await?;
            ahead.extend(early);
            taken(visits.len());
        }
        Ok(())
    }
}

/// Reads a page; the first `ahead` of its lines came before their turn.
async fn read(body: Vec<u8>, ahead: u32) -> Result<Page, SyncError> {
    blocking(move || Page::read(body, usize::try_from(ahead).unwrap_or(usize::MAX))).await
}
