//! What people and programs do to a book.

use super::super::audit;
use super::{MINUTE_MS, Play};
use floorbook_ledger::{Act, Article, Book, LedgerError, SealedContact, StoredContact, Tries};
use floorbook_model::{
    BatchId, ClerkId, Closing, Consent, ContactId, Correction, CorrectionReason, DwellSource, FieldValue, HandOver,
    NoticeRef, Opening, Outcome, PackRef, Patch, RevealReason, SIZE, VisitId,
};
use floorbook_protocol::{QuarantineCode, Receipt, RecordResult, runs_of};
use rand::RngExt;

/// Every visitor has the same number here, so that all contacts are found.
const PHONE_TAG: [u8; 32] = [3; 32];
const PINNED: [&str; 3] = ["c01", "c02", "m01"];

impl Play {
    pub(super) fn acts(&mut self) -> Result<(), LedgerError> {
        let Some(book) = self.book.take() else { return Ok(()) };
        let done = self.does(&book);
        self.book = Some(book);
        done
    }

    /// A party comes in.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn arrive(&mut self) -> Result<(), LedgerError> {
        let Some(book) = self.book.take() else { return Ok(()) };
        let done = self.arrives(&book);
        self.book = Some(book);
        done
    }

    /// Writes so much at once that the log grows long soon, and is moved beside whoever works on.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn writes_much(&mut self) -> Result<(), LedgerError> {
        let filling = self.text(&["a", "b", "c"]).repeat(4_000);
        let keys: Vec<String> = (0..64).map(|n| format!("filling.{n}")).collect();
        let values: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), filling.as_str())).collect();
        self.book.as_ref().map_or(Ok(()), |book| book.ledger().set_meta(&values))
    }

    /// Asks for a new key of the database, as a manager does.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn wants_a_new_key(&mut self) -> Result<(), LedgerError> {
        self.book.as_ref().map_or(Ok(()), |book| book.ledger().set_meta(&[(audit::NEW_KEY, "yes")]))
    }

    fn does(&mut self, book: &Book) -> Result<(), LedgerError> {
        match self.dice.random_range(0..100) {
            0..18 => self.arrives(book),
            18..42 => self.taps(book),
            42..48 => book.seal(i64::MAX).map(drop),
            48..66 => self.acts_on(book),
            66..70 => self.parts(book),
            70..80 => self.contact(book),
            80..88 => self.settles(book),
            88..90 => self.sets_aside(book),
            90..92 => book.put_back(),
            92..94 => self.rosters(book),
            94..95 => self.keeps(book),
            95..96 => book.anchor_running(),
            96..97 => book.close_idle(30 * MINUTE_MS).map(drop),
            97..98 => book.ledger().empty_log().map(drop),
            _ => book.scour().map(drop),
        }
    }

    fn text(&mut self, choices: &[&str]) -> String {
        choices[self.dice.random_range(0..choices.len())].to_owned()
    }

    fn actor(&mut self) -> ClerkId {
        self.text(&["c01", "c02"]).parse().expect("a clerk's code")
    }

    /// Some running visit.
    fn running(&mut self, book: &Book) -> Result<Option<VisitId>, LedgerError> {
        let running = book.running()?;
        Ok((!running.is_empty()).then(|| running[self.dice.random_range(0..running.len())].id()))
    }

    /// Some visit of the day, running or not.
    fn any(&mut self, book: &Book) -> Result<Option<VisitId>, LedgerError> {
        let day = book.origin().calendar.day_of(self.now_ms());
        let briefs = book.day_page(day, floorbook_ledger::Rows::All, None, 40)?.briefs;
        Ok((!briefs.is_empty()).then(|| briefs[self.dice.random_range(0..briefs.len())].id))
    }

    fn now_ms(&self) -> i64 {
        floorbook_model::Clock::wall_ms(&*self.clock)
    }

    fn arrives(&mut self, book: &Book) -> Result<(), LedgerError> {
        let id = VisitId::make(self.now_ms(), &*self.rng);
        let pack = PackRef { id: "apparel".to_owned(), version: 1 };
        let mut opening = Opening::new(self.now_ms(), self.dice.random_range(1..=5), pack);
        opening.later = self.dice.random_bool(0.1);
        opening.serving = if self.dice.random_bool(0.5) { Some(self.actor()) } else { None };
        let actor = self.actor();
        book.open_visit_as(&actor, id, opening).map(drop)
    }

    fn taps(&mut self, book: &Book) -> Result<(), LedgerError> {
        let Some(id) = self.running(book)? else { return self.arrives(book) };
        let patch = match self.dice.random_range(0..5) {
            0 => (SIZE, FieldValue::Text(self.text(&["1", "2", "4"]))),
            1 => ("attention", FieldValue::List(vec![self.text(&["coat", "bag"]), self.text(&["shoes", "knit"])])),
            2 => ("note", FieldValue::Text(self.text(&["想找外套", "liked the darker one"]))),
            3 => ("interest", FieldValue::Text(self.text(&["0", "2", "4"]))),
            _ => ("age", FieldValue::Text(self.text(&["a20", "a35", "unsure"]))),
        };
        let actor = self.actor();
        book.note(&actor, id, &Patch::from([(patch.0.to_owned(), patch.1)])).map(drop)
    }

    fn closing(&mut self) -> Closing {
        let code = self.text(&["buy", "none", "lead"]);
        let amount_minor = (code == "buy").then(|| self.dice.random_range(5_000..200_000));
        let reasons = if code == "none" { vec!["price".to_owned()] } else { Vec::new() };
        let outcome = Outcome { amount_minor, reasons, ..Outcome::of(code) };
        Closing { left_ms: self.now_ms(), dwell_source: DwellSource::Observed, outcome }
    }

    fn acts_on(&mut self, book: &Book) -> Result<(), LedgerError> {
        let visit = if self.dice.random_bool(0.7) { self.running(book)? } else { self.any(book)? };
        let Some(id) = visit else { return self.arrives(book) };
        let act = match self.dice.random_range(0..12) {
            0..6 => Act::Close(self.closing()),
            6 => Act::HandOver(HandOver { from: self.actor(), to: self.actor(), note: None }),
            7 => Act::Retime(self.now_ms() - 10 * MINUTE_MS),
            8 => Act::Link(self.any(book)?.filter(|earlier| *earlier != id)),
            9 => Act::Correct(Correction {
                patch: Patch::from([("age".to_owned(), FieldValue::Text("a50".to_owned()))]),
                entered_ms: None,
                closing: None,
                reason: Some(CorrectionReason::Mistap),
            }),
            10 => Act::Reopen,
            _ => Act::Void,
        };
        let actor = self.actor();
        book.act(&actor, id, act).map(drop)
    }

    fn parts(&mut self, book: &Book) -> Result<(), LedgerError> {
        let (actor, Some(id)) = (self.actor(), self.running(book)?) else { return self.arrives(book) };
        match self.running(book)? {
            Some(other) if other != id => book.merge(&actor, other, id).map(drop),
            _ => book.split(&actor, id, VisitId::make(self.now_ms(), &*self.rng), 1).map(drop),
        }
    }

    /// A visitor leaves a contact, changes it, takes a part of it back, has it looked at or erased.
    fn contact(&mut self, book: &Book) -> Result<(), LedgerError> {
        let (actor, kept) = (self.actor(), book.contacts_by_phone(&PHONE_TAG)?);
        let Some(Some(mut contact)) = self.dice.random_bool(0.6).then(|| kept.into_iter().next()) else {
            let Some(visit) = self.any(book)? else { return self.arrives(book) };
            let contact = self.new_contact(visit);
            return book.give_contact(&actor, &contact, "sealed");
        };
        match self.dice.random_range(0..4) {
            0 => book.erase_contact(&actor, contact.id, contact.visit),
            1 => book.record_reveal(&actor, &contact, RevealReason::FollowUp),
            2 => {
                let withdrawn = contact.consent.purposes.pop().into_iter().collect();
                book.withdraw_consent(&actor, &contact, withdrawn)
            }
            _ => {
                contact.revision += 1;
                book.give_contact(&actor, &contact, "sealed anew")
            }
        }
    }

    fn new_contact(&mut self, visit: VisitId) -> StoredContact {
        let id = ContactId::make(self.now_ms(), &*self.rng);
        StoredContact {
            id,
            visit,
            code: id.to_string(),
            phone_tag: Some(PHONE_TAG),
            revision: 1,
            consent: Consent {
                notice: NoticeRef { version: 1, hash: "00".repeat(32) },
                locale: "zh-CN".to_owned(),
                purposes: vec!["notify".to_owned(), "invite".to_owned()],
                given_ms: self.now_ms(),
            },
            salt: self.dice.random(),
            card: vec![self.dice.random(); self.dice.random_range(100..900)],
        }
    }

    /// Headquarters signs for some of what waits. The document lists what left for good.
    fn settles(&mut self, book: &Book) -> Result<(), LedgerError> {
        let contacts = book.contact_outbox(10)?;
        if !contacts.is_empty() && self.dice.random_bool(0.3) {
            return self.settles_contacts(book, &contacts);
        }
        let sent: Vec<i64> =
            book.outbox(0, self.dice.random_range(1..20), usize::MAX)?.iter().map(|record| record.n).collect();
        let results: Vec<RecordResult> = sent.iter().map(|_| self.result()).collect();
        let taken = sent
            .iter()
            .zip(&results)
            .filter(|(_, result)| matches!(result, RecordResult::Accepted | RecordResult::Duplicate));
        let document = serde_json::to_string(&taken.map(|(n, _)| *n).collect::<Vec<i64>>())?;
        let receipt = self.receipt(book, results);
        book.settle(&sent, &receipt, &document)
    }

    fn settles_contacts(&mut self, book: &Book, sent: &[SealedContact]) -> Result<(), LedgerError> {
        let results = sent.iter().map(|_| self.result()).collect();
        let receipt = self.receipt(book, results);
        book.settle_contacts(sent, &receipt).map(drop)
    }

    fn result(&mut self) -> RecordResult {
        match self.dice.random_range(0..20) {
            0 => RecordResult::Quarantined(QuarantineCode::Conflict),
            1 => RecordResult::Retry,
            2 => RecordResult::Duplicate,
            _ => RecordResult::Accepted,
        }
    }

    fn receipt(&mut self, book: &Book, results: Vec<RecordResult>) -> Receipt {
        Receipt {
            batch: BatchId::make(self.now_ms(), &*self.rng),
            device: book.origin().device,
            digest: String::new(),
            results: runs_of(results),
            acked_through: 0,
            server_time_ms: self.now_ms(),
        }
    }

    fn sets_aside(&mut self, book: &Book) -> Result<(), LedgerError> {
        let waiting = book.outbox(0, 3, usize::MAX)?;
        book.set_aside(&waiting.iter().map(|record| record.n).collect::<Vec<_>>())
    }

    fn rosters(&mut self, book: &Book) -> Result<(), LedgerError> {
        let clerk = self.text(&PINNED);
        let since_ms = self.now_ms();
        match self.dice.random_range(0..3) {
            0 => book.ledger().set_pin(&clerk, "a hash"),
            1 => book.ledger().set_tries(&clerk, Tries { failures: 1, boot: 1, since_ms }),
            _ => book.to_the_end(book.origin().calendar.day_of(since_ms), &self.actor()),
        }
    }

    fn keeps(&mut self, book: &Book) -> Result<(), LedgerError> {
        if self.dice.random_bool(0.5) {
            let at = self.now_ms().to_string();
            return book.ledger().set_meta(&[("sync.asked", &at), ("sync.answered", &at)]);
        }
        let article =
            |n: u32| Article { code: format!("A{n:05}"), name: "驼色大衣".into(), category: String::new() };
        let count = self.dice.random_range(0..300);
        book.ledger().replace_catalogue(&(0..count).map(article).collect::<Vec<_>>(), self.now_ms())
    }
}
