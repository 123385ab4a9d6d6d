//! The register of looks, erasures, lost devices and whatever else operators change: rows that are chained, so
//! that a changed one, or one that is missing in the middle, shows. The last chain value, noted elsewhere, shows that the end is whole.

use crate::archive::{Transaction, values};
use crate::{Hq, HqError};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Somebody read what a visitor had left.
    ContactOpened,
    /// Headquarters erased it.
    ContactErased,
    /// A device was told to destroy its key.
    DeviceWiped,
    /// A device was shut out.
    DeviceRevoked,
    /// The key of a device was opened, for a new recovery code.
    KeyOpened,
    /// A record that was set aside was taken in.
    RecordReleased,
    /// A file that somebody brought from a device was taken in, as far as it could be.
    SpoolImported,
    /// A store was added.
    StoreAdded,
    /// Other people work in a store.
    RosterSet,
    /// A store has another form pack.
    PackSet,
    /// A store has other rules.
    PolicySet,
    /// A code with which devices can pair was made.
    CodeMade,
    /// A key that opens contacts was made; devices seal to it from then on.
    ContactKeyMade,
}

impl Act {
    /// As exports and lists write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ContactOpened => "contact_opened",
            Self::ContactErased => "contact_erased",
            Self::DeviceWiped => "device_wiped",
            Self::DeviceRevoked => "device_revoked",
            Self::KeyOpened => "key_opened",
            Self::RecordReleased => "record_released",
            Self::SpoolImported => "spool_imported",
            Self::StoreAdded => "store_added",
            Self::RosterSet => "roster_set",
            Self::PackSet => "pack_set",
            Self::PolicySet => "policy_set",
            Self::CodeMade => "code_made",
            Self::ContactKeyMade => "contact_key_made",
        }
    }
}

/// The subject of what is about no contact and no device.
const NEITHER: [u8; 16] = [0; 16];

/// Who does something, and why; both in their own words, and empty where they need not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Because<'a> {
    /// Who.
    pub who: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// One row of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number, from 1.
    pub n: i64,
    /// When, milliseconds UTC.
    pub at_ms: i64,
    /// What.
    pub act: String,
    /// Of which contact or device; zeros where it is about neither.
    pub subject: Uuid,
    /// By whom.
    pub who: String,
    /// Why.
    pub reason: String,
    /// Which store, and what it was changed to; empty where there is no more to say.
    pub detail: String,
    /// Follows from this row and all before it.
    pub chain: [u8; 32],
}

impl AuditLine {
    fn chained(&self, before: &[u8]) -> [u8; 32] {
        let Self { n, at_ms, act, subject, who, reason, detail, chain: _ } = self;
        let mut hash = Sha256::new().chain_update(before).chain_update(n.to_be_bytes());
        hash.update(at_ms.to_be_bytes());
        hash.update(subject.as_bytes());
        // Rows of before there was a detail have none.
        let detail = Some(detail).filter(|detail| !detail.is_empty());
        for text in [act, who, reason].into_iter().chain(detail) {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

impl Hq {
    /// The whole register, oldest first.
    ///
    /// # Errors
    /// [`HqError::AuditBroken`] with the number of the first row that does not fit the one before it.
    pub fn audit(&self) -> Result<Vec<AuditLine>, HqError> {
        self.archive.read(read)
    }
}

fn read(tx: &dyn Transaction) -> Result<Vec<AuditLine>, HqError> {
    let sql = "SELECT n, at_ms, act, subject, who, reason, detail, chain FROM audit ORDER BY n";
    let lines = tx.all(sql, &[], |row| {
        Ok(AuditLine {
            n: row.get(0)?,
            at_ms: row.get(1)?,
            act: row.get(2)?,
            subject: Uuid::from_bytes(row.get(3)?),
            who: row.get(4)?,
            reason: row.get(5)?,
            detail: row.get(6)?,
            chain: row.get(7)?,
        })
    })?;
    let mut before = [0; 32];
    for line in &lines {
        before = line.chained(&before);
        if before != line.chain {
            return Err(HqError::AuditBroken(line.n));
        }
    }
    Ok(lines)
}

/// Puts what was done to a contact or a device on record, in the transaction that does it, which is the only
/// writer's.
pub(crate) fn record(
    tx: &dyn Transaction,
    at_ms: i64,
    act: Act,
    subject: &[u8; 16],
    because: Because<'_>,
) -> Result<(), HqError> {
    record_with(tx, at_ms, act, (subject, ""), because)
}

/// As [`record`], of what is about no contact and no device; `detail` says what it is about.
pub(crate) fn record_change(
    tx: &dyn Transaction,
    at_ms: i64,
    act: Act,
    detail: &str,
    because: Because<'_>,
) -> Result<(), HqError> {
    record_with(tx, at_ms, act, (&NEITHER, detail), because)
}

/// As [`record`], with more to say.
pub(crate) fn record_with(
    tx: &dyn Transaction,
    at_ms: i64,
    act: Act,
    (subject, detail): (&[u8; 16], &str),
    because: Because<'_>,
) -> Result<(), HqError> {
    let last = "SELECT n, chain FROM audit ORDER BY n DESC LIMIT 1";
    let last = tx.first(last, &[], |row| Ok((row.get::<i64>(0)?, row.get::<[u8; 32]>(1)?)))?;
    let (n, before) = last.unwrap_or((0, [0; 32]));
    let Because { who, reason } = because;
    let mut line = AuditLine {
        n: n + 1,
        at_ms,
        act: act.name().to_owned(),
        subject: Uuid::from_bytes(*subject),
        who: who.to_owned(),
        reason: reason.to_owned(),
        detail: detail.to_owned(),
        chain: [0; 32],
    };
    line.chain = line.chained(&before);
    tx.execute(
        "INSERT INTO audit (n, at_ms, act, subject, who, reason, detail, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![line.n, at_ms, &line.act, subject, who, reason, detail, &line.chain],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::SCHEMA;
    use floorbook_sqlite::{Database, DatabaseKey, Migrations};

    /// Two rows as version 0.1 wrote them.
    const BEFORE: &str = "INSERT INTO audit (n, at_ms, act, contact, who, reason, chain) VALUES
        (1, 1795420800000, 'contact_opened', x'07070707070707070707070707070707', 'Officer', 'asked',
            x'8b62c43705d56a1f6b1077b2c5225726802e89edc45d396f78e07e5776a4be50'),
        (2, 1795420860000, 'contact_erased', x'08080808080808080808080808080808', '周', '顾客要求',
            x'b750d508f04508f819e0b22760595738db0886e8c366a2c906a2594dea0d9a81')";

    #[test]
    fn a_register_of_schema_2_holds_after_the_move_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            |schema| Database::open(&folder.path().join("hq.db"), &DatabaseKey::new([1; 32], [2; 16]), schema).unwrap();
        let old = open(Migrations(SCHEMA.0.get(..2).unwrap()));
        old.write(|tx| tx.execute_batch(BEFORE)).unwrap();
        drop(old);
        let database = open(SCHEMA);
        let because = Because { who: "Officer", reason: "lost" };
        database.write(|tx| record(tx, 1, Act::DeviceWiped, &[9; 16], because)).unwrap();
        let lines = database.read(|tx| read(tx)).unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.act.as_str(), *line.subject.as_bytes())).collect();
        assert_eq!(told, [("contact_opened", [7; 16]), ("contact_erased", [8; 16]), ("device_wiped", [9; 16])]);
        let change = "UPDATE audit SET subject = x'09090909090909090909090909090909' WHERE n = 2";
        database.write(|tx| tx.execute_batch(change)).unwrap();
        assert!(matches!(database.read(|tx| read(tx)), Err(HqError::AuditBroken(2))));
    }
}
