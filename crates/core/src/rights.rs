//! What a visitor may ask of the store: to see, put right, take back or erase what they left. A
//! manager does it, for the one visitor who is there: by their number or their receipt code, never by
//! browsing.

use crate::card::{ContactCard, Locker, Masked, read_phone};
use crate::{Access, CoreError, Device};
use floorbook_ledger::{Book, StoredContact};
use floorbook_model::{ClerkId, Clock, Consent, ContactId, RevealReason, VisitId};
use floorbook_protocol::read_receipt_code;
use serde::Serialize;

/// A contact stays on the device for so long once headquarters has it: time for what was promised.
const KEEP_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// A contact as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedContact {
    /// Its name.
    pub id: ContactId,
    /// The visit in which it was left.
    pub visit: VisitId,
    /// The receipt code that the visitor holds.
    pub code: String,
    /// The end of the number, or the start of another name.
    pub masked: Masked,
    /// What was agreed to and still holds.
    pub consent: Consent,
}

/// Everything that the store keeps of a visitor: what they get when they ask for it.
#[derive(Clone, Debug, Serialize)]
pub struct ContactCopy {
    /// The receipt code.
    pub code: String,
    /// What they typed.
    pub card: ContactCard,
    /// What was agreed to and still holds.
    pub consent: Consent,
    /// What is known of the visit: fields and their codes.
    pub visit: serde_json::Value,
}

impl ContactCopy {
    /// All of it as one JSON document, to be read by people and by programs.
    ///
    /// # Errors
    /// [`CoreError::Storage`] never happens: everything here has a JSON form.
    pub fn to_json(&self) -> Result<String, CoreError> {
        serde_json::to_string_pretty(self).map_err(CoreError::storage)
    }
}

impl Device {
    /// The last contact that was left in a visit on this device, masked; `None` when none is kept here.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn contact_of(&self, visit: VisitId) -> Result<Option<MaskedContact>, CoreError> {
        let (paired, _) = self.signed_in()?;
        for (id, _) in paired.book.visit(visit)?.contacts() {
            if let Some(contact) = paired.book.contact(id)? {
                return Ok(Some(self.masked(contact)?));
            }
        }
        Ok(None)
    }

    /// The contacts with this number, or the one with this receipt code; empty when none is kept here.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, [`CoreError::PhoneInvalid`] for what is neither, or
    /// when the database fails.
    pub fn find_contacts(&self, query: &str) -> Result<Vec<MaskedContact>, CoreError> {
        self.allows(Access::Manager)?;
        let paired = self.paired()?;
        let by_code = read_receipt_code(query).map(|code| paired.book.contact_by_code(&code)).transpose()?.flatten();
        let found = match by_code {
            Some(contact) => vec![contact],
            None => {
                let region = paired.profile.pack.contact.as_ref().map_or("CN", |form| form.region.as_str());
                match read_phone(query, region) {
                    Ok(phone) => paired.book.contacts_by_phone(&paired.root.phone_tag(&phone))?,
                    // It may be the code of a contact that is not kept here.
                    Err(_) if read_receipt_code(query).is_some() => Vec::new(),
                    Err(error) => return Err(error),
                }
            }
        };
        found.into_iter().map(|contact| self.masked(contact)).collect()
    }

    /// What a visitor typed. That somebody looks goes on record first.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, [`CoreError::ContactUnknown`], or when the database
    /// fails.
    pub fn reveal_contact(&self, id: ContactId, reason: RevealReason) -> Result<ContactCard, CoreError> {
        self.copy_of(id, reason).map(|copy| copy.card)
    }

    /// Everything that is kept of a visitor, to be handed to them. It goes on record first.
    ///
    /// # Errors
    /// As [`Device::reveal_contact`].
    pub fn copy_contact(&self, id: ContactId) -> Result<ContactCopy, CoreError> {
        self.copy_of(id, RevealReason::VisitorAsked)
    }

    fn copy_of(&self, id: ContactId, reason: RevealReason) -> Result<ContactCopy, CoreError> {
        let (book, manager, contact) = self.as_manager(id)?;
        book.record_reveal(&manager, &contact, reason)?;
        let visit = book.visit(contact.visit)?;
        let fields: serde_json::Map<String, serde_json::Value> =
            visit.fields().map(|(key, _)| (key.to_owned(), visit.codes(key).into())).collect();
        self.paired()?.outlet.written()?;
        Ok(ContactCopy {
            card: self.card_of(&contact)?,
            code: contact.code,
            consent: contact.consent,
            visit: serde_json::json!({ "entered_ms": visit.entered_ms(), "fields": fields }),
        })
    }

    /// The visitor takes purposes back. Without any left the contact is erased.
    ///
    /// # Errors
    /// As [`Device::reveal_contact`].
    pub fn withdraw_consent(&self, id: ContactId, purposes: &[String]) -> Result<Option<MaskedContact>, CoreError> {
        let (book, manager, mut contact) = self.as_manager(id)?;
        let (gone, kept): (Vec<String>, Vec<String>) =
            contact.consent.purposes.drain(..).partition(|purpose| purposes.contains(purpose));
        contact.consent.purposes = kept;
        if gone.is_empty() {
            return self.masked(contact).map(Some);
        }
        book.withdraw_consent(&manager, &contact, gone)?;
        self.paired()?.outlet.written()?;
        if contact.consent.purposes.is_empty() {
            scour_now(&book)?;
            return Ok(None);
        }
        self.masked(contact).map(Some)
    }

    /// Erases what a visitor left: here at once, at headquarters with the next batch. That there was
    /// consent stays on record.
    ///
    /// # Errors
    /// As [`Device::reveal_contact`].
    pub fn erase_contact(&self, id: ContactId) -> Result<(), CoreError> {
        let (book, manager, contact) = self.as_manager(id)?;
        book.erase_contact(&manager, id, contact.visit)?;
        scour_now(&book)?;
        self.paired()?.outlet.written()?;
        Ok(())
    }

    /// Does what time asks for, as happens by itself some times a minute: contacts that were kept long
    /// enough go, and what is erased leaves the log of the database too.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn tidy(&self) -> Result<(), CoreError> {
        tidy(&self.paired()?.book, &*self.environment.clock)
    }

    fn as_manager(&self, id: ContactId) -> Result<(std::sync::Arc<Book>, ClerkId, StoredContact), CoreError> {
        self.allows(Access::Manager)?;
        let (paired, manager) = self.signed_in()?;
        let contact = paired.book.contact(id)?.ok_or(CoreError::ContactUnknown)?;
        Ok((std::sync::Arc::clone(&paired.book), manager, contact))
    }

    fn masked(&self, contact: StoredContact) -> Result<MaskedContact, CoreError> {
        let masked = self.card_of(&contact)?.masked();
        let StoredContact { id, visit, code, consent, .. } = contact;
        Ok(MaskedContact { id, visit, code, masked, consent })
    }

    fn card_of(&self, contact: &StoredContact) -> Result<ContactCard, CoreError> {
        let paired = self.paired()?;
        Locker { root: &paired.root, contact: contact.id, salt: &contact.salt }.unlock(&contact.card)
    }
}

/// See [`Device::tidy`].
pub(crate) fn tidy(book: &Book, clock: &dyn Clock) -> Result<(), CoreError> {
    if book.has_contacts_before(clock.wall_ms() - KEEP_MS)? {
        book.forget_contacts(clock.wall_ms() - KEEP_MS)?;
    }
    if book.is_scour_due()? { scour_now(book) } else { Ok(()) }
}

/// Takes what was erased out of the log too. While somebody reads that stays due.
pub(crate) fn scour_now(book: &Book) -> Result<(), CoreError> {
    if !book.scour()? {
        tracing::info!("the log of the database is in use and is cut later");
    }
    Ok(())
}
