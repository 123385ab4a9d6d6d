//! Contacts that visitors left: taken in sealed, opened only with the offline key and on record.

use crate::archive::{Row, Transaction, When, values};
use crate::audit::{self, Act, Because};
use crate::devices::{self, KnownDevice};
use crate::intake::{BatchRequest, Opened};
use crate::problem::Refused;
use crate::{Hq, HqError, stores};
use floorbook_model::{Body, ContactId, Event, StoreId, VisitId};
use floorbook_protocol::{ContactRecord, OpeningKey, QuarantineCode, RecordResult, Signed, path, receipt_code};
use serde::Serialize;
use serde_json::Value;
use std::ops::ControlFlow;

/// A contact, in a line; nothing of what the visitor typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactLine {
    /// Its name.
    pub contact: ContactId,
    /// The visit in which it was left.
    pub visit: VisitId,
    /// The receipt code that the visitor holds.
    pub code: String,
    /// Where it was left.
    pub store: StoreId,
    /// When the last revision came, milliseconds UTC.
    pub received_ms: i64,
    /// When it was erased, milliseconds UTC.
    pub erased_ms: Option<i64>,
    /// Short name of the device that took it.
    #[serde(skip)]
    pub(crate) device: i64,
}

/// All that is known of a contact: what an answer to its visitor needs.
#[derive(Clone, Debug, Serialize)]
pub struct OpenedContact {
    /// As it is listed.
    #[serde(flatten)]
    pub line: ContactLine,
    /// What the visitor typed; `None` once it is erased.
    pub card: Option<Value>,
    /// What was agreed to, taken back and looked at, in the order of arrival: events.
    pub history: Vec<Value>,
}

impl Hq {
    /// Takes sealed contacts in and answers like [`Hq::take_batch`].
    pub(crate) fn take_contacts(&self, request: &BatchRequest) -> Result<Signed, Refused> {
        let opened = self.opened_batch(path::CONTACTS, request)?;
        let Opened { device, batch, decoded, now_ms } = &opened;
        let lines: Vec<&str> = decoded.records().collect();
        let (results, progress) = self.archive.write_for(device.number, |tx| {
            let taken = lines.iter().map(|line| take(tx, line, device, *now_ms));
            Ok::<_, HqError>((taken.collect::<Result<Vec<_>, _>>()?, devices::read_progress(tx, device.number)?))
        })?;
        tracing::debug!(device.id = %device.id, batch.id = %batch, records = lines.len(), "contacts were stored");
        self.receipt(request, &opened, results, &progress)
    }

    /// Every contact, the last that came first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contacts(&self) -> Result<Vec<ContactLine>, HqError> {
        self.archive.read(|tx| {
            let sql = format!("SELECT {COLUMNS} FROM contacts ORDER BY received_ms DESC, id");
            tx.all(&sql, &[], line_of)
        })
    }

    /// Opens the contact with this receipt code. That somebody looks is on record before, also when nothing
    /// opens.
    ///
    /// # Errors
    /// [`HqError::ContactUnknown`], [`HqError::ContactSealed`] when `key` does not open it.
    pub fn open_contact(&self, code: &str, key: &OpeningKey, because: Because<'_>) -> Result<OpenedContact, HqError> {
        let now_ms = self.clock.wall_ms();
        let (line, record, history) = self.archive.write(|tx| {
            let (line, record) = find(tx, code)?;
            audit::record(tx, now_ms, Act::ContactOpened, line.contact.as_bytes(), because)?;
            let history = history(tx, &line)?;
            Ok::<_, HqError>((line, record, history))
        })?;
        let open = |record: String| {
            let record: ContactRecord = serde_json::from_str(&record)?;
            let plain = record.open(key).map_err(|_| HqError::ContactSealed)?;
            Ok::<Value, HqError>(serde_json::from_slice(&plain)?)
        };
        Ok(OpenedContact { card: record.map(open).transpose()?, history, line })
    }

    /// The contacts with this phone number, for a visitor who has lost the receipt code. Every contact is
    /// opened for it; those that are found are on record.
    ///
    /// # Errors
    /// [`HqError::BadInput`] for less than the last eight digits; [`HqError::ContactUnknown`] when there is
    /// none.
    pub fn find_contacts(
        &self,
        number: &str,
        key: &OpeningKey,
        because: Because<'_>,
    ) -> Result<Vec<ContactLine>, HqError> {
        let wanted: String = number.chars().filter(char::is_ascii_digit).collect();
        if wanted.len() < NUMBER_DIGITS_MIN {
            return Err(HqError::BadInput("give at least the last eight digits of the number"));
        }
        let now_ms = self.clock.wall_ms();
        let found: Vec<ContactLine> = self.archive.write(|tx| {
            let sql = format!("SELECT {COLUMNS}, record FROM contacts WHERE record IS NOT NULL");
            let mut found = Vec::new();
            tx.each(&sql, &[], &mut |row| {
                if has_number(row.text(7)?, key, &wanted) {
                    found.push(line_of(row)?);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            for line in &found {
                audit::record(tx, now_ms, Act::ContactOpened, line.contact.as_bytes(), because)?;
            }
            Ok::<_, HqError>(found)
        })?;
        if found.is_empty() { Err(HqError::ContactUnknown) } else { Ok(found) }
    }

    /// Erases the contact with this receipt code; the proof of consent stays.
    ///
    /// # Errors
    /// [`HqError::ContactUnknown`].
    pub fn erase_contact(&self, code: &str, because: Because<'_>) -> Result<ContactLine, HqError> {
        let now_ms = self.clock.wall_ms();
        let line = self.archive.write(|tx| {
            let (line, _) = find(tx, code)?;
            forget(tx, line.contact, now_ms)?;
            audit::record(tx, now_ms, Act::ContactErased, line.contact.as_bytes(), because)?;
            find(tx, code).map(|(line, _)| line)
        })?;
        self.scour(When::AtRest);
        Ok(line)
    }

    /// Takes what was erased out of the files too, now or at a later look.
    pub(crate) fn scour(&self, when: When) {
        if let Err(error) = self.archive.scour(when) {
            tracing::warn!(error = ?error, "what was erased still stands in the files");
        }
    }
}

/// A device keeps what it took for 30 days; one that is away may take as long again to ask.
const ERASED_TOLD_MS: i64 = 60 * 24 * 3_600_000;
/// No answer grows beyond what a device reads.
const ERASED_TOLD_MAX: u32 = 1_000;
/// Fewer digits would find strangers.
const NUMBER_DIGITS_MIN: usize = 8;
const COLUMNS: &str = "id, visit, code, store, received_ms, erased_ms, device";

fn line_of(row: &dyn Row) -> Result<ContactLine, HqError> {
    Ok(ContactLine {
        contact: ContactId::from_bytes(row.get(0)?),
        visit: VisitId::from_bytes(row.get(1)?),
        code: row.get(2)?,
        store: stores::code(row, 3)?,
        received_ms: row.get(4)?,
        erased_ms: row.get(5)?,
        device: row.get(6)?,
    })
}

fn find(tx: &dyn Transaction, code: &str) -> Result<(ContactLine, Option<String>), HqError> {
    let sql = format!("SELECT {COLUMNS}, record FROM contacts WHERE code = ?1 ORDER BY received_ms DESC LIMIT 1");
    let found = tx.first(&sql, values![code], |row| Ok((line_of(row)?, row.get(7)?)))?;
    found.ok_or(HqError::ContactUnknown)
}

/// Whether a record opens and has a number that ends so. One that was sealed to an earlier key does not.
fn has_number(record: &str, key: &OpeningKey, wanted: &str) -> bool {
    let opened = serde_json::from_str::<ContactRecord>(record).ok().and_then(|record| record.open(key).ok());
    let card = opened.and_then(|plain| serde_json::from_slice::<Value>(&plain).ok());
    let phone = card.as_ref().and_then(|card| card.get("phone")).and_then(Value::as_str);
    phone.is_some_and(|phone| phone.ends_with(wanted))
}

/// The events about a contact, as they came from the device that took it: no other one adds to its proof.
fn history(tx: &dyn Transaction, contact: &ContactLine) -> Result<Vec<Value>, HqError> {
    let sql = "SELECT line FROM events WHERE visit = ?1 AND device = ?2 ORDER BY n";
    let mut history = Vec::new();
    tx.each(sql, values![contact.visit.as_bytes(), contact.device], &mut |row| {
        let line = row.text(0)?;
        if Event::parse(line).is_ok_and(|event| contact_of(&event.body) == Some(contact.contact)) {
            history.push(serde_json::from_str(line)?);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(history)
}

fn contact_of(body: &Body) -> Option<ContactId> {
    match body {
        Body::ContactGiven { contact, .. }
        | Body::ConsentWithdrawn { contact, .. }
        | Body::ContactRevealed { contact, .. }
        | Body::ContactErased { contact } => Some(*contact),
        _ => None,
    }
}

/// Takes one line. A later revision takes the place of an earlier one; an erased contact stays erased,
/// whatever still comes of it. What is not stored is never answered as stored.
pub(crate) fn take(
    tx: &dyn Transaction,
    line: &str,
    device: &KnownDevice,
    now_ms: i64,
) -> Result<RecordResult, HqError> {
    let Ok(record) = serde_json::from_str::<ContactRecord>(line) else {
        return Ok(RecordResult::Quarantined(QuarantineCode::Malformed));
    };
    if record.device != device.id || record.store != device.store {
        return Ok(RecordResult::Quarantined(QuarantineCode::ForeignOrigin));
    }
    if store(tx, &record, line, device, now_ms)? {
        return Ok(RecordResult::Accepted);
    }
    let sql = "SELECT device, erased_ms IS NOT NULL, coalesce(record = ?2, FALSE) FROM contacts WHERE id = ?1";
    let (owner, is_erased, is_same) = tx.one("contacts", sql, values![record.contact.as_bytes(), line], |row| {
        Ok((row.get::<i64>(0)?, row.get::<bool>(1)?, row.get::<bool>(2)?))
    })?;
    Ok(match (owner == device.number, is_erased, is_same) {
        (false, ..) => RecordResult::Quarantined(QuarantineCode::ForeignOrigin),
        (true, true, _) => RecordResult::Accepted, // erased: there is nothing to keep
        (true, false, true) => RecordResult::Duplicate,
        (true, false, false) => RecordResult::Quarantined(QuarantineCode::Conflict),
    })
}

/// Stores a contact that is new or newer; says whether it is. One statement, because others may change the same
/// contact meanwhile.
fn store(
    tx: &dyn Transaction,
    record: &ContactRecord,
    line: &str,
    device: &KnownDevice,
    now_ms: i64,
) -> Result<bool, HqError> {
    let sql = "INSERT INTO contacts (id, visit, store, device, code, revision, received_ms, record)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (id) DO UPDATE
               SET revision = excluded.revision, received_ms = excluded.received_ms, record = excluded.record
               WHERE contacts.device = excluded.device AND contacts.erased_ms IS NULL
                   AND contacts.revision < excluded.revision";
    let (contact, visit, code) = (record.contact.as_bytes(), record.visit.as_bytes(), receipt_code(record.contact));
    let store = record.store.as_str();
    let values = values![contact, visit, store, device.number, &code, record.revision, now_ms, line];
    Ok(tx.execute(sql, values)? > 0)
}

/// Erases a contact that `device` took; one that has not come yet is remembered as erased. Says whether
/// that changed anything.
pub(crate) fn erase(
    tx: &dyn Transaction,
    contact: ContactId,
    visit: VisitId,
    device: &KnownDevice,
    now_ms: i64,
) -> Result<bool, HqError> {
    let sql = "INSERT INTO contacts (id, visit, store, device, code, revision, received_ms, erased_ms)
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6)
               ON CONFLICT (id) DO UPDATE SET record = NULL, erased_ms = excluded.erased_ms
               WHERE contacts.device = excluded.device AND contacts.erased_ms IS NULL";
    let (code, store) = (receipt_code(contact), device.store.as_str());
    let values = values![contact.as_bytes(), visit.as_bytes(), store, device.number, &code, now_ms];
    Ok(tx.execute(sql, values)? > 0)
}

/// Contacts that this device took and that are kept, the last that came first.
pub(crate) fn kept_of(tx: &dyn Transaction, device: i64) -> Result<Vec<ContactLine>, HqError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM contacts WHERE device = ?1 AND record IS NOT NULL ORDER BY received_ms DESC, id"
    );
    tx.all(&sql, values![device], line_of)
}

/// Contacts that this device took and headquarters erased lately, the last one first. A device that stayed
/// away for longer keeps none of them any more.
pub(crate) fn erased_of(tx: &dyn Transaction, device: i64, now_ms: i64) -> Result<Vec<ContactId>, HqError> {
    let sql = "SELECT id FROM contacts WHERE device = ?1 AND erased_ms > ?2
                   AND EXISTS (SELECT 1 FROM audit WHERE subject = contacts.id AND act = ?3)
               ORDER BY erased_ms DESC LIMIT ?4";
    let values = values![device, now_ms - ERASED_TOLD_MS, Act::ContactErased.name(), ERASED_TOLD_MAX];
    tx.all(sql, values, |row| Ok(ContactId::from_bytes(row.get(0)?)))
}

/// Erases a contact that is here, on headquarters' own account.
pub(crate) fn forget(tx: &dyn Transaction, contact: ContactId, now_ms: i64) -> Result<(), HqError> {
    let sql = "UPDATE contacts SET record = NULL, erased_ms = coalesce(erased_ms, ?2) WHERE id = ?1";
    tx.execute(sql, values![contact.as_bytes(), now_ms])?;
    Ok(())
}
