//! The visitor's own phone: while the screen is turned, headquarters keeps a page open on which they may fill
//! the same form. What they hand in there is taken as if it had been typed here, or refused alike.

use crate::contact::{Given, Turned};
use crate::device::{Paired, hold};
use crate::session::{Holder, Who};
use crate::{ContactCard, CoreError, Device, Environment};
use floorbook_model::{Pack, due};
use floorbook_protocol::{NotKept, PhoneForm, PhoneGiven, PhoneRequest, PhoneSaid, ProblemKind, TypedCard, Verdict};
use floorbook_sync::{HttpTransport, PhoneLine, SyncError};
use std::future::pending;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

/// So soon a page is opened again when headquarters did not answer.
const OPEN_AGAIN: Duration = Duration::from_secs(20);
/// So soon it is asked again for news of a page.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// So often it is told that a contact is kept; the device shows the code in any case.
const TELLS: u32 = 5;

/// How it stands with the page for the visitor's phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phone {
    /// There is none: the screen is not turned, or headquarters does not answer, or offers none.
    #[default]
    Absent,
    /// A phone may open it.
    Offered {
        /// Where.
        url: String,
        /// Whether one did.
        is_seen: bool,
    },
    /// A visitor left a contact by it, under this receipt code; the device is locked.
    Given(String),
    /// A visitor left nothing, and said so on their phone; the device is locked.
    Refused,
}

/// Keeps a page open until it is dropped. A word through it says that the page has done its work.
pub(crate) type PageHold = oneshot::Sender<()>;

/// The visitor is done, by their phone: the device is locked, and what is left to say is said.
pub(crate) fn end(holder: &mut Holder) {
    if let Who::Visitor(Turned { page: Some(page), .. }) = std::mem::take(&mut holder.who) {
        let _ = page.send(()); // nobody listens when the program ends
    }
}

impl Device {
    /// Wakes whenever it stands otherwise with the page for a phone; `None` while not paired.
    pub fn phone_changes(&self) -> Option<watch::Receiver<Phone>> {
        self.paired().ok().map(|paired| paired.phone.subscribe())
    }
}

/// Opens a page for the screen that is turned as the `turn`th, as soon as headquarters is there.
pub(crate) fn offer(environment: &Environment, paired: &Arc<Paired>, turn: u64) -> Option<PageHold> {
    let form = form_of(paired)?;
    paired.phone.send_replace(Phone::Absent);
    let attendant = Attendant {
        line: paired.outlet.phone_line()?,
        phone: paired.phone.clone(),
        desk: Arc::new(Desk { environment: environment.clone(), paired: Arc::downgrade(paired), turn }),
    };
    let (hold, held) = oneshot::channel();
    environment.runtime.spawn(attendant.work(form, held));
    Some(hold)
}

fn form_of(paired: &Paired) -> Option<PhoneForm> {
    let (pack, store) = (&paired.profile.pack, paired.profile.store.name.clone());
    let contact = pack.contact.as_ref()?;
    let (notice, purposes) = (contact.notice.clone(), contact.purposes.clone());
    Some(PhoneForm { store, notice, purposes, questions: pack.questions.clone() })
}

/// Takes care of the pages of one turned screen.
struct Attendant {
    line: PhoneLine<HttpTransport>,
    phone: watch::Sender<Phone>,
    desk: Arc<Desk>,
}

/// How a page came to its end.
enum End {
    /// The visitor is done.
    Done,
    /// Its time was over, or headquarters started anew: there may be another one.
    Closed,
}

impl Attendant {
    async fn work(mut self, form: PhoneForm, held: oneshot::Receiver<()>) {
        let mut open = None;
        let let_go = async {
            if held.await.is_ok() {
                pending::<()>().await; // the page has done its work, and the attendant has the last word
            }
        };
        let is_done = tokio::select! {
            () = self.attend(form, &mut open) => true,
            () = let_go => false,
        };
        self.phone.send_if_modified(|phone| {
            let was_offered = matches!(phone, Phone::Offered { .. });
            if was_offered {
                *phone = Phone::Absent;
            }
            was_offered
        });
        // No phone is to type in vain. When headquarters is away, it closes the page by its time.
        if let Some(page) = open.filter(|_| !is_done) {
            drop(self.line.say(&PhoneRequest::Close { page }).await);
        }
    }

    /// Until the visitor is done, or there are no pages to be had. `open` is the page that is open.
    async fn attend(&mut self, form: PhoneForm, open: &mut Option<String>) {
        loop {
            match self.line.say(&PhoneRequest::Open(form.clone())).await {
                Ok(PhoneSaid::Opened { page, url }) => {
                    *open = Some(page.clone());
                    if let End::Done = self.follow(page, url).await {
                        return;
                    }
                    *open = None;
                    self.phone.send_replace(Phone::Absent);
                    sleep(ASK_AGAIN).await;
                }
                Ok(_) | Err(SyncError::Refused { kind: ProblemKind::NotFound, .. }) => return,
                Err(error) => {
                    tracing::debug!(error = %error, "no page for a phone");
                    sleep(OPEN_AGAIN).await;
                }
            }
        }
    }

    async fn follow(&mut self, page: String, url: String) -> End {
        let (mut is_seen, mut verdict) = (false, None);
        self.phone.send_replace(Phone::Offered { url: url.clone(), is_seen });
        loop {
            let wait = PhoneRequest::Wait { page: page.clone(), verdict: verdict.clone() };
            let Ok(said) = self.line.say(&wait).await else {
                self.phone.send_replace(Phone::Absent);
                sleep(ASK_AGAIN).await;
                continue;
            };
            verdict = None;
            match said {
                PhoneSaid::Given(given) => match self.desk.take(given).await {
                    Ok(code) => {
                        self.phone.send_replace(Phone::Given(code.clone()));
                        self.tell_kept(page, code).await;
                        return End::Done;
                    }
                    Err(why) => verdict = Some(Verdict::NotKept { why }),
                },
                PhoneSaid::Refused => {
                    if self.desk.turn_back() {
                        self.phone.send_replace(Phone::Refused);
                    }
                    return End::Done;
                }
                PhoneSaid::Seen => is_seen = true,
                PhoneSaid::Quiet => {}
                PhoneSaid::Closed | PhoneSaid::Opened { .. } | PhoneSaid::NotOffered => return End::Closed,
            }
            let offered = Phone::Offered { url: url.clone(), is_seen };
            self.phone.send_if_modified(|phone| std::mem::replace(phone, offered.clone()) != offered);
        }
    }

    async fn tell_kept(&mut self, page: String, code: String) {
        let wait = PhoneRequest::Wait { page, verdict: Some(Verdict::Kept { code }) };
        for _ in 0..TELLS {
            if self.line.say(&wait).await.is_ok() {
                return;
            }
            sleep(ASK_AGAIN).await;
        }
    }
}

/// What the attendant may do on the device: for this turn of the screen, and for no other.
struct Desk {
    environment: Environment,
    paired: Weak<Paired>,
    turn: u64,
}

impl Desk {
    async fn take(self: &Arc<Self>, given: PhoneGiven) -> Result<String, NotKept> {
        let desk = Arc::clone(self);
        let taken = tokio::task::spawn_blocking(move || {
            let paired = desk.paired.upgrade().ok_or(CoreError::WrongState)?;
            let given = read(given, &paired.profile.pack);
            paired.give_contact(&desk.environment, &given, Some(desk.turn))
        });
        match taken.await {
            Ok(taken) => taken.map_err(|error| why(&error)),
            Err(_) => Err(NotKept::Failed),
        }
    }

    /// Whether the visitor had the screen still.
    fn turn_back(&self) -> bool {
        let Some(paired) = self.paired.upgrade() else { return false };
        let mut holder = hold(&paired.holder);
        let is_turned = holder.turns == self.turn && matches!(holder.who, Who::Visitor(_));
        if is_turned {
            end(&mut holder);
        }
        is_turned
    }
}

fn why(error: &CoreError) -> NotKept {
    match error {
        CoreError::ConsentMissing => NotKept::ConsentMissing,
        CoreError::ContactMissing => NotKept::ContactMissing,
        CoreError::PhoneInvalid => NotKept::PhoneInvalid,
        CoreError::EmailInvalid => NotKept::EmailInvalid,
        CoreError::BadInput => NotKept::BadInput,
        _ => NotKept::Failed,
    }
}

/// As the window hands it in: without empty lines, and without answers to what is not asked.
fn read(given: PhoneGiven, pack: &Pack) -> Given {
    let PhoneGiven { card, purposes, is_of_age, locale, answers } = given;
    Given { card: read_card(&card), purposes, is_of_age, locale, answers: due(answers, &pack.questions) }
}

fn read_card(TypedCard { name, phone, wechat, email, address }: &TypedCard) -> ContactCard {
    let [name, phone, wechat, email, address] =
        [name, phone, wechat, email, address].map(|text| (!text.trim().is_empty()).then(|| text.clone()));
    ContactCard { name, phone, wechat, email, address }
}
