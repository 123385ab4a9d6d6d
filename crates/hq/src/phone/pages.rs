//! The pages that are open. Nothing of them is ever written: whatever ends the program ends them.

use floorbook_model::DeviceId;
use floorbook_protocol::{NotKept, PhoneForm, PhoneGiven, PhoneSaid, Verdict, limits};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

/// Pages that are open at once, one a device; with the size of a form it bounds their memory.
pub(super) const PAGES_MAX: usize = 1_024;
/// So often a phone may hand something in before the page closes.
pub(super) const TRIES_MAX: u32 = 20;

/// Every open page, and where phones find them.
#[derive(Default)]
pub(crate) struct Pages(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    /// Begins the address of every page; `None` while they are not served.
    url: Option<String>,
    pages: HashMap<Key, Page>,
    /// Counts everything that needs a number of its own.
    last: u64,
}

/// The hash of a page's token: the token itself is not kept, and looking one up tells nothing by its time.
type Key = [u8; 32];

struct Page {
    number: u64,
    device: DeviceId,
    form: Arc<PhoneForm>,
    ends_ms: u64,
    tries: u32,
    sight: Sight,
    stage: Stage,
    /// The request of the device that waits now; an earlier one is let go.
    listener: u64,
    news: Arc<Notify>,
}

/// Whether a phone has opened it.
#[derive(PartialEq, Eq)]
enum Sight {
    Unseen,
    Seen,
    /// The device knows.
    Told,
}

enum Stage {
    Open,
    /// A phone handed something in.
    Asked {
        number: u64,
        given: Option<Box<PhoneGiven>>,
        reply: oneshot::Sender<Word>,
    },
    Refused,
}

/// What became of what a phone handed in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The device keeps it under this code.
    Kept(String),
    /// The device keeps nothing of it.
    NotKept(NotKept),
    /// The device did not fetch it, and nobody has it.
    Away,
    /// The page was closed, and nobody has it.
    Closed,
    /// The device fetched it and said no more.
    Unknown,
}

/// Why nothing can be handed in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// There is no such page.
    Closed,
    /// Another phone has just done so.
    Busy,
}

impl Pages {
    /// Says where phones find pages from now on; `None` closes all of them.
    pub(super) fn offer(&self, url: Option<String>) {
        let mut shelf = self.hold();
        if url.is_none() {
            shelf.pages.drain().for_each(|(_, page)| page.end());
        }
        shelf.url = url;
    }

    /// Opens a page under `token`.
    pub(super) fn open(&self, token: &str, device: DeviceId, form: PhoneForm, now_ms: u64) -> PhoneSaid {
        let mut shelf = self.hold();
        let Some(url) = shelf.url.clone() else { return PhoneSaid::NotOffered };
        shelf.end_where(|page| page.device == device || page.ends_ms <= now_ms);
        if shelf.pages.len() >= PAGES_MAX {
            let oldest = shelf.pages.values().map(|page| page.number).min();
            shelf.end_where(|page| Some(page.number) == oldest);
        }
        let page = Page {
            number: shelf.count(),
            device,
            form: Arc::new(form),
            ends_ms: now_ms + limits::PHONE_PAGE_LIFE_MS,
            tries: 0,
            sight: Sight::Unseen,
            stage: Stage::Open,
            listener: 0,
            news: Arc::default(),
        };
        shelf.pages.insert(key(token), page);
        PhoneSaid::Opened { page: token.to_owned(), url: format!("{url}/v/{token}") }
    }

    /// What stands on the page, for a phone.
    pub(super) fn look(&self, token: &str, now_ms: u64) -> Option<Arc<PhoneForm>> {
        let mut shelf = self.hold();
        let page = shelf.open_page(token, now_ms)?;
        if page.sight == Sight::Unseen {
            page.sight = Sight::Seen;
            page.news.notify_waiters();
        }
        Some(Arc::clone(&page.form))
    }

    /// Counts that a phone hands something in. Whoever does so too often closes the page.
    pub(super) fn spend(&self, token: &str, now_ms: u64) -> Option<Arc<PhoneForm>> {
        let mut shelf = self.hold();
        let page = shelf.open_page(token, now_ms)?;
        page.tries += 1;
        if page.tries <= TRIES_MAX {
            return Some(Arc::clone(&page.form));
        }
        let number = page.number;
        shelf.end_where(|page| page.number == number);
        None
    }

    /// A phone hands something in.
    pub(super) fn post(&self, token: &str, given: PhoneGiven, now_ms: u64) -> Result<Pending<'_>, Turned> {
        let mut shelf = self.hold();
        let number = shelf.count();
        let page = shelf.open_page(token, now_ms).ok_or(Turned::Closed)?;
        if !matches!(page.stage, Stage::Open) {
            return Err(Turned::Busy);
        }
        let (reply, word) = oneshot::channel();
        page.stage = Stage::Asked { number, given: Some(Box::new(given)), reply };
        page.news.notify_waiters();
        Ok(Pending { pages: self, key: key(token), number, word })
    }

    /// A visitor leaves nothing, which closes the page.
    pub(super) fn refuse(&self, token: &str, now_ms: u64) -> Result<(), Turned> {
        let mut shelf = self.hold();
        let page = shelf.open_page(token, now_ms).ok_or(Turned::Closed)?;
        if !matches!(page.stage, Stage::Open) {
            return Err(Turned::Busy);
        }
        page.stage = Stage::Refused;
        page.news.notify_waiters();
        Ok(())
    }

    /// The device says what became of what it was given, and waits for news.
    pub(super) async fn wait(&self, token: &str, device: DeviceId, verdict: Option<Verdict>, now_ms: u64) -> PhoneSaid {
        let key = key(token);
        if let Some(verdict) = verdict {
            self.settle(&key, device, verdict);
        }
        let Some((listener, news)) = self.listen(&key, device, now_ms) else { return PhoneSaid::Closed };
        let until = Instant::now() + Duration::from_secs(limits::PHONE_WAIT_S);
        loop {
            let mut told = pin!(news.notified());
            told.as_mut().enable(); // before looking, so that no news falls in between
            if let Some(said) = self.news_for(&key, listener) {
                return said;
            }
            if timeout_at(until, told).await.is_err() {
                return PhoneSaid::Quiet;
            }
        }
    }

    /// The screen is not turned any more. A device says so only when it keeps nothing of what it was given.
    pub(super) fn close(&self, token: &str, device: DeviceId) {
        let mut shelf = self.hold();
        let key = key(token);
        if shelf.pages.get(&key).is_some_and(|page| page.device == device)
            && let Some(page) = shelf.pages.remove(&key)
        {
            page.end_with(Word::Closed);
        }
    }

    fn settle(&self, key: &Key, device: DeviceId, verdict: Verdict) {
        let mut shelf = self.hold();
        let Some(page) = shelf.pages.get_mut(key).filter(|page| page.device == device) else { return };
        match verdict {
            Verdict::Kept { code } => {
                if let Some(page) = shelf.pages.remove(key) {
                    let is_fetched = matches!(page.stage, Stage::Asked { given: None, .. });
                    page.end_with(if is_fetched { Word::Kept(code) } else { Word::Closed });
                }
            }
            Verdict::NotKept { why } => {
                if matches!(page.stage, Stage::Asked { given: None, .. }) {
                    page.answer(Word::NotKept(why));
                }
            }
        }
    }

    fn listen(&self, key: &Key, device: DeviceId, now_ms: u64) -> Option<(u64, Arc<Notify>)> {
        let mut shelf = self.hold();
        shelf.end_where(|page| page.ends_ms <= now_ms);
        let listener = shelf.count();
        let page = shelf.pages.get_mut(key).filter(|page| page.device == device)?;
        page.listener = listener;
        page.news.notify_waiters();
        Some((listener, Arc::clone(&page.news)))
    }

    fn news_for(&self, key: &Key, listener: u64) -> Option<PhoneSaid> {
        let mut shelf = self.hold();
        let Some(page) = shelf.pages.get_mut(key) else { return Some(PhoneSaid::Closed) };
        if page.listener != listener {
            return Some(PhoneSaid::Quiet);
        }
        match &mut page.stage {
            Stage::Asked { given, .. } if given.is_some() => given.take().map(|given| PhoneSaid::Given(*given)),
            Stage::Refused => {
                shelf.pages.remove(key);
                Some(PhoneSaid::Refused)
            }
            _ if page.sight == Sight::Seen => {
                page.sight = Sight::Told;
                Some(PhoneSaid::Seen)
            }
            _ => None,
        }
    }

    /// Takes back what a phone handed in; whether the device had not fetched it.
    fn take_back(&self, key: &Key, asked: u64) -> bool {
        let mut shelf = self.hold();
        let Some(page) = shelf.pages.get_mut(key) else { return false };
        match &page.stage {
            Stage::Asked { number, given, .. } if *number == asked => {
                let was_there = given.is_some();
                page.stage = Stage::Open;
                was_there
            }
            _ => false,
        }
    }

    fn hold(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn count(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn open_page(&mut self, token: &str, now_ms: u64) -> Option<&mut Page> {
        self.end_where(|page| page.ends_ms <= now_ms);
        self.pages.get_mut(&key(token)).filter(|page| !matches!(page.stage, Stage::Refused))
    }

    fn end_where(&mut self, is_over: impl Fn(&Page) -> bool) {
        self.pages.extract_if(|_, page| is_over(page)).for_each(|(_, page)| page.end());
    }
}

impl Page {
    /// It goes without a word of the device.
    fn end(self) {
        let is_fetched = matches!(self.stage, Stage::Asked { given: None, .. });
        self.end_with(if is_fetched { Word::Unknown } else { Word::Closed });
    }

    fn end_with(mut self, word: Word) {
        self.answer(word);
        self.news.notify_waiters();
    }

    fn answer(&mut self, word: Word) {
        if let Stage::Asked { reply, .. } = std::mem::replace(&mut self.stage, Stage::Open) {
            // A phone that went away is not told.
            drop(reply.send(word));
        }
    }
}

/// What a phone handed in, until it is known what became of it. Dropped, it is taken back.
pub(super) struct Pending<'a> {
    pages: &'a Pages,
    key: Key,
    number: u64,
    word: oneshot::Receiver<Word>,
}

impl Pending<'_> {
    /// What becomes of it; the device has `patience` to say so.
    pub(super) async fn word(mut self, patience: Duration) -> Word {
        if let Ok(word) = timeout(patience, &mut self.word).await {
            return word.unwrap_or(Word::Unknown);
        }
        if self.pages.take_back(&self.key, self.number) {
            return Word::Away;
        }
        self.word.try_recv().unwrap_or(Word::Unknown) // said at the last moment
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.pages.take_back(&self.key, self.number);
    }
}

fn key(token: &str) -> Key {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorbook_model::{Label, Notice};

    fn form() -> PhoneForm {
        let text = Label { zh: String::new(), en: String::new() };
        PhoneForm { store: String::new(), notice: Notice { version: 1, text }, purposes: vec![], questions: vec![] }
    }

    fn device(number: usize) -> DeviceId {
        DeviceId::from_bytes(u128::try_from(number).unwrap().to_be_bytes())
    }

    #[test]
    fn so_many_pages_are_open_and_the_oldest_gives_way() {
        let pages = Pages::default();
        pages.offer(Some("https://visit.example.com".to_owned()));
        for number in 0..3 * PAGES_MAX {
            pages.open(&number.to_string(), device(number), form(), 1);
        }
        assert_eq!(pages.hold().pages.len(), PAGES_MAX);
        assert!(pages.look("0", 1).is_none() && pages.look(&(3 * PAGES_MAX - 1).to_string(), 1).is_some());
        for number in 0..PAGES_MAX {
            pages.open(&format!("again {number}"), device(7), form(), 1);
        }
        assert!(pages.hold().pages.len() <= PAGES_MAX, "a device has one");
        pages.open("last", device(1), form(), 1 + limits::PHONE_PAGE_LIFE_MS);
        assert_eq!(pages.hold().pages.len(), 1, "those whose time is over go");
    }
}
