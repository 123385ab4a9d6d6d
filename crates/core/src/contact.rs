//! The screen is turned to the visitor, who reads, ticks and types. Until somebody of the store
//! signs in again nothing else of the device can be reached.

use crate::card::{ContactCard, Locker};
use crate::device::{Paired, hold};
use crate::phone::{self, PageHold};
use crate::session::Who;
use crate::{CoreError, Device, Environment};
use floorbook_ledger::{Act, LedgerError, StoredContact};
use floorbook_model::{
    ClerkId, Consent, ContactForm, ContactId, Correction, CorrectionReason, NoticeRef, Pack, Patch, Rng, Status,
    TOO_YOUNG, Visit, VisitId, check_patch_of,
};
use floorbook_protocol::{ContactName, ContactRecord, SealingKey, receipt_code};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The notice is in these.
const LOCALES: [&str; 2] = ["zh-CN", "en"];

/// Whom the screen is turned to.
pub(crate) struct Turned {
    pub(crate) clerk: ClerkId,
    pub(crate) visit: VisitId,
    /// The page for their phone goes with it.
    pub(crate) page: Option<PageHold>,
}

/// What a visitor hands in.
#[derive(Clone, Debug)]
pub struct Given {
    /// What they typed.
    pub card: ContactCard,
    /// Purposes that they ticked, codes of the pack.
    pub purposes: Vec<String>,
    /// Whether they said that they are 14 or older.
    pub is_of_age: bool,
    /// Language in which they read the notice, `zh-CN` or `en`.
    pub locale: String,
    /// Their answers to the pack's questions.
    pub answers: Patch,
}

impl Device {
    /// Turns the screen to the visitor of `id` and signs the clerk out.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::ContactUnavailable`] when the pack has no such screen or
    /// headquarters no key, [`CoreError::TooYoung`], [`CoreError::VisitNotOpen`] when there is no
    /// such visit, or when the database fails.
    pub fn turn_to_visitor(&self, id: VisitId) -> Result<(), CoreError> {
        let (paired, clerk) = self.signed_in()?;
        paired.contact_form()?;
        let visit = paired.book.visit(id)?;
        if matches!(visit.status(), Status::Merged(_) | Status::Voided) {
            return Err(CoreError::VisitNotOpen);
        }
        if visit.text("age").is_some_and(|age| TOO_YOUNG.contains(&age)) {
            return Err(CoreError::TooYoung);
        }
        let mut holder = hold(&paired.holder);
        holder.turns += 1;
        let page = phone::offer(&self.environment, &paired, holder.turns);
        holder.who = Who::Visitor(Turned { clerk, visit: id, page });
        Ok(())
    }

    /// The visitor leaves a contact. The device is locked then; the code is what they take along.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] when the screen is not turned, [`CoreError::ConsentMissing`] without
    /// a purpose or a word on age, the errors of what was typed, or when the database fails. The
    /// screen stays turned then, and no contact is kept.
    pub fn give_contact(&self, given: &Given) -> Result<String, CoreError> {
        self.paired()?.give_contact(&self.environment, given, None)
    }

    /// The visitor leaves nothing, and nothing is kept. The device is locked then.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn turn_back(&self) -> Result<(), CoreError> {
        let paired = self.paired()?;
        let mut holder = hold(&paired.holder);
        if matches!(holder.who, Who::Visitor(_)) {
            holder.who = Who::Nobody;
        }
        Ok(())
    }
}

impl Paired {
    /// What [`Device::give_contact`] does, on the device itself or, with the number of its `turn`, by a phone.
    pub(crate) fn give_contact(
        &self,
        environment: &Environment,
        given: &Given,
        turn: Option<u64>,
    ) -> Result<String, CoreError> {
        // Held to the end: what is handed in twice at once is handed in once.
        let mut holder = hold(&self.holder);
        if turn.is_some_and(|turn| turn != holder.turns) {
            return Err(CoreError::WrongState);
        }
        let Who::Visitor(Turned { clerk, visit, .. }) = &holder.who else { return Err(CoreError::WrongState) };
        let (form, key) = self.contact_form()?;
        let consent = read_consent(form, given, environment.clock.wall_ms())?;
        let card = given.card.read(&form.region)?;
        check_answers(&self.profile.pack, &given.answers)?;
        let visit = self.book.visit(*visit)?;
        let (contact, line) = self.stored(&*environment.rng, &visit, consent, &card, key)?;
        answer(self, clerk, &visit, &given.answers)?;
        self.book.give_contact(clerk, &contact, &line)?;
        match turn {
            Some(_) => phone::end(&mut holder),
            None => holder.who = Who::Nobody,
        }
        self.outlet.written()?;
        Ok(contact.code)
    }

    /// The last contact that was left in a visit on this device.
    fn taken_here(&self, visit: &Visit) -> Result<Option<(ContactId, u32)>, CoreError> {
        for (id, revision) in visit.contacts() {
            if self.book.took_contact(id, visit.id())? {
                return Ok(Some((id, revision)));
            }
        }
        Ok(None)
    }

    /// What the visitor is shown, and the key that what they type is sealed to.
    pub(crate) fn contact_form(&self) -> Result<(&ContactForm, &SealingKey), CoreError> {
        let form = self.profile.pack.contact.as_ref();
        form.zip(self.profile.contact_key.as_ref()).ok_or(CoreError::ContactUnavailable)
    }

    /// The contact as it is kept here and as it travels. Another contact of the same visit is its
    /// next revision, unless it was left on another device: headquarters lets only that one change it.
    fn stored(
        &self,
        rng: &dyn Rng,
        visit: &Visit,
        consent: Consent,
        card: &ContactCard,
        key: &SealingKey,
    ) -> Result<(StoredContact, String), CoreError> {
        let (id, revision) = match self.taken_here(visit)? {
            Some((id, revision)) => (id, revision.saturating_add(1)),
            None => (ContactId::make(consent.given_ms, rng), 1),
        };
        let mut salt = [0; 32];
        rng.fill(&mut salt);
        let origin = self.book.origin();
        let name = ContactName {
            contact: id,
            visit: visit.id(),
            store: origin.store.clone(),
            device: origin.device,
            revision,
        };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(card).map_err(CoreError::storage)?);
        let record = ContactRecord::seal(name, &plain, key, rng).map_err(CoreError::storage)?;
        let stored = StoredContact {
            id,
            visit: visit.id(),
            code: receipt_code(id),
            phone_tag: card.phone.as_ref().map(|phone| self.root.phone_tag(phone)),
            revision,
            consent,
            salt,
            card: Locker { root: &self.root, contact: id, salt: &salt }.lock(card, rng)?,
        };
        Ok((stored, serde_json::to_string(&record).map_err(CoreError::storage)?))
    }
}

fn read_consent(form: &ContactForm, given: &Given, given_ms: i64) -> Result<Consent, CoreError> {
    let Given { purposes, is_of_age, locale, .. } = given;
    let known = |code: &String| form.purposes.iter().any(|purpose| purpose.code == *code);
    if !LOCALES.contains(&locale.as_str()) || !purposes.iter().all(known) {
        return Err(CoreError::BadInput);
    }
    if purposes.is_empty() || !is_of_age {
        return Err(CoreError::ConsentMissing);
    }
    let ticked = form.purposes.iter().map(|purpose| &purpose.code).filter(|code| purposes.contains(code));
    let text = if locale == "en" { &form.notice.text.en } else { &form.notice.text.zh };
    Ok(Consent {
        notice: NoticeRef { version: form.notice.version, hash: hash_of(text) },
        locale: locale.clone(),
        purposes: ticked.cloned().collect(),
        given_ms,
    })
}

/// Only the pack's questions are answered here.
fn check_answers(pack: &Pack, answers: &Patch) -> Result<(), CoreError> {
    let asked = |field: &String| pack.questions.iter().any(|question| question.group.key == *field);
    if !answers.keys().all(asked) {
        return Err(CoreError::BadInput);
    }
    Ok(check_patch_of(pack, answers)?)
}

/// Answers are fields of the visit like any other. A visit that is closed, perhaps by rule just now, is put
/// right by them.
fn answer(paired: &Paired, clerk: &ClerkId, visit: &Visit, answers: &Patch) -> Result<(), CoreError> {
    if answers.is_empty() {
        return Ok(());
    }
    match paired.book.note(clerk, visit.id(), answers) {
        Err(LedgerError::VisitNotOpen(_)) => {
            let reason = Some(CorrectionReason::LateNews);
            let correction = Correction { patch: answers.clone(), entered_ms: None, closing: None, reason };
            paired.book.act(clerk, visit.id(), Act::Correct(correction))?;
            Ok(())
        }
        noted => Ok(noted.map(drop)?),
    }
}

fn hash_of(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("writing to a string cannot fail");
        hash
    })
}
