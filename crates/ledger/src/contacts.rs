//! Contacts that visitors left. What they typed comes here encrypted and is never read here.

use crate::{Book, LedgerError, append, project};
use floorbook_model::{Body, ClerkId, Consent, ContactId, Event, RevealReason, VisitId};
use floorbook_protocol::{Receipt, RecordResult};
use rusqlite::{Connection, Row, params};

/// One contact as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredContact {
    /// Its name.
    pub id: ContactId,
    /// The visit in which it was left.
    pub visit: VisitId,
    /// The receipt code that the visitor holds.
    pub code: String,
    /// Keyed digest of the phone number.
    pub phone_tag: Option<[u8; 32]>,
    /// 1, rising by one with each change.
    pub revision: u32,
    /// What was agreed to and still holds.
    pub consent: Consent,
    /// Random bytes from which, with the keyring's secret, the key of `card` is derived.
    pub salt: [u8; 32],
    /// What the visitor typed, encrypted.
    pub card: Vec<u8>,
}

/// One sealed contact that waits for headquarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedContact {
    /// The contact.
    pub contact: ContactId,
    /// Its revision.
    pub revision: u32,
    /// The record as it travels.
    pub line: String,
}

/// Kept while what was erased may still stand in the log of the database.
const SCOUR: &str = "contacts.scour";
const SCOUR_DUE: &str = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, 'due')";
const COLUMNS: &str = "id, visit, code, phone_tag, revision, consent, salt, card";

impl Book {
    /// Keeps a contact, or its next revision, and `line`, which is the same sealed for headquarters.
    ///
    /// # Errors
    /// [`LedgerError::VisitUnknown`], or when the database fails; then nothing is kept.
    pub fn give_contact(&self, actor: &ClerkId, contact: &StoredContact, line: &str) -> Result<(), LedgerError> {
        let StoredContact { id, visit, code, phone_tag, revision, consent, salt, card } = contact;
        self.ledger.database.write(|tx| {
            let body = Body::ContactGiven { contact: *id, revision: *revision, consent: consent.clone() };
            self.append_to(tx, actor, *visit, body)?;
            tx.prepare_cached(
                "INSERT INTO contacts (id, visit, code, phone_tag, revision, given_ms, consent, salt, card)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (id) DO UPDATE SET phone_tag = excluded.phone_tag, revision = excluded.revision,
                     given_ms = excluded.given_ms, consent = excluded.consent, salt = excluded.salt,
                     card = excluded.card",
            )?
            .execute(params![
                id.as_bytes(),
                visit.as_bytes(),
                code,
                phone_tag,
                revision,
                consent.given_ms,
                serde_json::to_string(consent)?,
                salt,
                card
            ])?;
            tx.prepare_cached("INSERT OR REPLACE INTO contact_outbox (contact, revision, line) VALUES (?1, ?2, ?3)")?
                .execute(params![id.as_bytes(), revision, line])?;
            Ok(())
        })
    }

    /// The contact of this name, where it is still kept here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact(&self, id: ContactId) -> Result<Option<StoredContact>, LedgerError> {
        Ok(self.contacts_where("id = ?1", params![id.as_bytes()])?.pop())
    }

    /// Whether a contact was left on this device, also where it is not kept any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn took_contact(&self, id: ContactId, visit: VisitId) -> Result<bool, LedgerError> {
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT line FROM events WHERE visit = ?1 AND device = ?2")?;
            let mut rows = statement.query(params![visit.as_bytes(), self.origin.device.as_bytes()])?;
            while let Some(row) = rows.next()? {
                let event: Event = serde_json::from_str(&row.get::<_, String>(0)?)?;
                if matches!(event.body, Body::ContactGiven { contact, .. } if contact == id) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The contact with this receipt code.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact_by_code(&self, code: &str) -> Result<Option<StoredContact>, LedgerError> {
        Ok(self.contacts_where("code = ?1", params![code])?.pop())
    }

    /// The contacts with this phone number, the last one first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contacts_by_phone(&self, tag: &[u8; 32]) -> Result<Vec<StoredContact>, LedgerError> {
        self.contacts_where("phone_tag = ?1 ORDER BY given_ms DESC", params![tag])
    }

    fn contacts_where(&self, clause: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<StoredContact>, LedgerError> {
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM contacts WHERE {clause}"))?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(read(row)?);
            }
            Ok(found)
        })
    }

    /// The visitor took back `purposes`; `contact` says which still hold. With the last of them the contact
    /// is erased.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub fn withdraw_consent(
        &self,
        actor: &ClerkId,
        contact: &StoredContact,
        purposes: Vec<String>,
    ) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            let body = Body::ConsentWithdrawn { contact: contact.id, purposes };
            self.append_to(tx, actor, contact.visit, body)?;
            if contact.consent.purposes.is_empty() {
                return self.erase_in(tx, actor, contact.id, contact.visit);
            }
            tx.execute(
                "UPDATE contacts SET consent = ?2 WHERE id = ?1",
                params![contact.id.as_bytes(), serde_json::to_string(&contact.consent)?],
            )?;
            Ok(())
        })
    }

    /// Puts on record that somebody looked at a contact. It comes before the look.
    ///
    /// # Errors
    /// When the database fails; then nothing may be shown.
    pub fn record_reveal(
        &self,
        actor: &ClerkId,
        contact: &StoredContact,
        reason: RevealReason,
    ) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            let body = Body::ContactRevealed { contact: contact.id, reason };
            self.append_to(tx, actor, contact.visit, body)
        })
    }

    /// Erases a contact here, and tells headquarters to. The proof of consent stays: it is an event.
    ///
    /// # Errors
    /// When the database fails; then nothing is erased.
    pub fn erase_contact(&self, actor: &ClerkId, id: ContactId, visit: VisitId) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| self.erase_in(tx, actor, id, visit))
    }

    /// The same for headquarters, which has erased its own copy already: nobody of the store did it, so it
    /// is the clerk who served the visit that the event names, as with what a rule does.
    ///
    /// # Errors
    /// When the database fails; then nothing is erased.
    pub fn erase_contact_for_hq(&self, id: ContactId, visit: VisitId) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            let folded = append::sealed(tx, visit)?;
            let actor = folded.serving().ok_or(LedgerError::VisitUnknown(visit))?;
            self.erase_in(tx, actor, id, visit)
        })
    }

    fn erase_in(&self, tx: &Connection, actor: &ClerkId, id: ContactId, visit: VisitId) -> Result<(), LedgerError> {
        self.append_to(tx, actor, visit, Body::ContactErased { contact: id })?;
        tx.execute("DELETE FROM contact_outbox WHERE contact = ?1", [id.as_bytes()])?;
        tx.execute("DELETE FROM contacts WHERE id = ?1", [id.as_bytes()])?;
        Ok(tx.execute(SCOUR_DUE, [SCOUR]).map(drop)?)
    }

    /// Whether a contact was left before `before_ms` and headquarters has signed for it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_contacts_before(&self, before_ms: i64) -> Result<bool, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM contacts WHERE given_ms < ?1
                       AND id NOT IN (SELECT contact FROM contact_outbox))";
        self.ledger.database.read(|tx| Ok(tx.prepare_cached(sql)?.query_row([before_ms], |row| row.get(0))?))
    }

    /// Forgets the contacts that were left before `before_ms` and that headquarters has signed for.
    /// Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_contacts(&self, before_ms: i64) -> Result<usize, LedgerError> {
        self.ledger.database.write(|tx| {
            tx.execute(SCOUR_DUE, [SCOUR])?;
            Ok(tx.execute(
                "DELETE FROM contacts WHERE given_ms < ?1 AND id NOT IN (SELECT contact FROM contact_outbox)",
                [before_ms],
            )?)
        })
    }

    /// Takes what was erased out of the log too, which keeps the pages of before until it begins anew.
    /// `false` when somebody is at it just now: then it stays due.
    ///
    /// # Errors
    /// When the database fails.
    pub fn scour(&self) -> Result<bool, LedgerError> {
        let is_empty = self.ledger.empty_log()?;
        if is_empty {
            self.ledger.forget_meta(SCOUR)?;
        } else {
            self.ledger.set_meta(&[(SCOUR, "due")])?;
        }
        Ok(is_empty)
    }

    /// Whether what was erased may still stand in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_scour_due(&self) -> Result<bool, LedgerError> {
        Ok(self.ledger.meta(SCOUR)?.is_some())
    }

    /// Sealed contacts that wait for headquarters, at most `max` of them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact_outbox(&self, max: usize) -> Result<Vec<SealedContact>, LedgerError> {
        self.ledger.database.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT contact, revision, line FROM contact_outbox ORDER BY contact LIMIT ?1")?;
            let sealed = statement.query_map([i64::try_from(max).unwrap_or(i64::MAX)], |row| {
                let contact = ContactId::from_bytes(row.get(0)?);
                Ok(SealedContact { contact, revision: row.get(1)?, line: row.get(2)? })
            })?;
            Ok(sealed.collect::<Result<_, _>>()?)
        })
    }

    /// Does what a verified receipt says of `sent`: what headquarters holds or will never take leaves the
    /// outbox, unless it was changed since. Returns how many left.
    ///
    /// # Errors
    /// [`LedgerError::ReceiptMismatch`], or when the database fails; then all of it still waits.
    pub fn settle_contacts(&self, sent: &[SealedContact], receipt: &Receipt) -> Result<usize, LedgerError> {
        if usize::try_from(receipt.record_count()).ok() != Some(sent.len()) {
            return Err(LedgerError::ReceiptMismatch);
        }
        self.ledger.database.write(|tx| {
            let mut delete = tx.prepare_cached("DELETE FROM contact_outbox WHERE contact = ?1 AND revision = ?2")?;
            let mut gone = 0;
            for (sealed, result) in sent.iter().zip(receipt.record_results()) {
                if *result != RecordResult::Retry {
                    gone += delete.execute(params![sealed.contact.as_bytes(), sealed.revision])?;
                }
            }
            Ok(gone)
        })
    }

    /// A fact about a visit that changes neither its card nor its figures.
    fn append_to(&self, tx: &Connection, actor: &ClerkId, visit: VisitId, body: Body) -> Result<(), LedgerError> {
        if !project::is_known(tx, visit)? {
            return Err(LedgerError::VisitUnknown(visit));
        }
        append::event(tx, self, actor, visit, body)
    }
}

fn read(row: &Row<'_>) -> Result<StoredContact, LedgerError> {
    Ok(StoredContact {
        id: ContactId::from_bytes(row.get(0)?),
        visit: VisitId::from_bytes(row.get(1)?),
        code: row.get(2)?,
        phone_tag: row.get(3)?,
        revision: row.get(4)?,
        consent: serde_json::from_str(&row.get::<_, String>(5)?)?,
        salt: row.get(6)?,
        card: row.get(7)?,
    })
}
