//! Following the other devices of the store: a question that waits at headquarters until there is something.

use crate::drain::{Drain, HEARD_PACE, blocking};
use crate::{SyncError, Syncer, Transport, backoff, pairing};
use floorbook_ledger::Page;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{FeedHead, FeedRequest, ProblemKind, Purpose, content_digest, limits, path};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A device that comes to a store late takes in what the others logged in so many days.
const DAYS: u16 = 14;
/// Longest wait after failures: boards should agree soon after the network is back.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Lines of a first page, half of a whole one: it is taken in while the next one comes.
const FIRST_LINES: u16 = 500;
/// Pages that may have come before the last one is taken in; they are then taken in together.
const PAGES: usize = 3;

/// Up to which number it has the events of each other device.
#[derive(Clone)]
struct Place {
    have: BTreeMap<DeviceId, u64>,
    /// What came before its turn. After a start it is given once more.
    ahead: BTreeMap<DeviceId, u64>,
}

/// What the next question needs of the answers before it.
#[derive(Default)]
struct Talk {
    challenge: Option<String>,
    /// Of the newest kit that it has or was told of.
    epoch: u64,
}

/// What the others logged, where there is anything; it is being read.
type Coming = Option<JoinHandle<Result<Page, SyncError>>>;

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
                Ok(everything) => {
                    failures = 0;
                    self.caught_up.send_modify(|caught_up| *caught_up |= everything);
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

    /// Takes in what there is, until there is no more at once; `false` when there may be. While a page is taken in the
    /// next one is on its way; the place that it follows is only noted by the book, with what came up to there.
    async fn read_feed(
        &self,
        ahead: &mut BTreeMap<DeviceId, u64>,
        talk: &mut Talk,
        taken: impl FnMut(usize) + Send,
    ) -> Result<bool, SyncError> {
        let book = Arc::clone(&self.drain().book);
        let place = Place { have: blocking(move || book.peers()).await?, ahead: ahead.clone() };
        let (came, answers) = mpsc::channel(PAGES);
        // What came before a question failed is taken in all the same.
        let asking = async { Ok(self.read_on(place, talk, came).await) };
        let (asked, ()) = tokio::try_join!(asking, self.drain().take_in(answers, ahead, taken))?;
        asked
    }

    /// Asks as long as there is more at once; `false` where headquarters does not say where that begins.
    async fn read_on(&self, mut place: Place, talk: &mut Talk, came: mpsc::Sender<Coming>) -> Result<bool, SyncError> {
        let mut lines = Some(FIRST_LINES);
        loop {
            let (head, body) = self.drain().read_page(&place, lines, talk).await?;
            if head.config {
                self.ask_soon();
            }
            place.have.extend(&head.through);
            place.ahead.extend(&head.ahead_through);
            let (more, goes_on) = (head.more, head.says_where());
            let page = (!body.is_empty()).then(|| read(body, head));
            came.send(page).await.map_err(|_| SyncError::Internal)?;
            if !(more && goes_on) {
                return Ok(!more);
            }
            lines = None;
        }
    }
}

impl<T: Transport> Drain<T> {
    async fn read_page(
        &self,
        place: &Place,
        lines: Option<u16>,
        talk: &mut Talk,
    ) -> Result<(FeedHead, Vec<u8>), SyncError> {
        let fresh = match talk.challenge.take() {
            Some(challenge) => challenge,
            None => pairing::greet(&*self.transport).await?,
        };
        let Place { have, ahead } = place.clone();
        let (epoch, ahead) = (talk.epoch, Some(ahead));
        let question = FeedRequest { have, days: DAYS, wait_ms: limits::FEED_WAIT_MS_MAX, epoch, ahead, lines };
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
        talk.challenge = answer.challenge;
        // A kit that is not taken would be told of at once again, and again.
        talk.epoch = talk.epoch.max(head.epoch);
        Ok((head, answer.body))
    }

    /// Takes pages in as they come, those together that came while others were taken in. Each answer, also one
    /// without a page, is a word of headquarters.
    async fn take_in(
        &self,
        mut answers: mpsc::Receiver<Coming>,
        ahead: &mut BTreeMap<DeviceId, u64>,
        mut taken: impl FnMut(usize),
    ) -> Result<(), SyncError> {
        let mut came = Vec::with_capacity(PAGES);
        while answers.recv_many(&mut came, PAGES).await > 0 {
            let (book, mut pages, mut failed) = (Arc::clone(&self.book), Vec::new(), Ok(()));
            for page in came.drain(..).flatten() {
                match page.await.map_err(|_| SyncError::Internal).flatten() {
                    Ok(page) => pages.push(page),
                    Err(error) => {
                        failed = Err(error);
                        break; // what came before it is taken in
                    }
                }
            }
            let early: Vec<_> = pages.iter().flat_map(Page::ahead_through).collect();
            if !pages.is_empty() {
                taken(blocking(move || book.absorb(pages)).await?.len());
            }
            ahead.extend(early);
            self.note_heard(HEARD_PACE).await;
            failed?;
        }
        Ok(())
    }
}

/// Reads a page, which is what its head says.
fn read(body: Vec<u8>, head: FeedHead) -> JoinHandle<Result<Page, SyncError>> {
    tokio::task::spawn_blocking(move || {
        let page = Page::read(body, usize::try_from(head.ahead).unwrap_or(usize::MAX))?;
        let fits = page.through() == head.through && page.ahead_through() == head.ahead_through;
        if fits || !head.says_where() { Ok(page) } else { Err(SyncError::Nonsense) }
    })
}
