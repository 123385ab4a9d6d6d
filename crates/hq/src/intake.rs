//! Intake: verify a batch, append its records in one durable transaction, sign a receipt.
//!
//! Records are decoded and their heads parsed before the writer is taken, so that batches of
//! several devices overlap in all but the appending itself. Nothing that is stored is ever
//! overwritten: other bytes under a known id or number are set aside.

use crate::devices::{self, KnownDevice};
use crate::problem::Refused;
use crate::progress::Progress;
use crate::{Hq, HqError, challenge, contacts};
use axum::body::Bytes;
use floorbook_model::{BatchId, DeviceId, EventId, VisitId};
use floorbook_protocol::{
    Batch, BatchError, ProblemKind, Purpose, QuarantineCode, Receipt, RecordHead, RecordResult, Signed, SignedHead,
    content_digest, decode_batch, erased_contact, path, runs_of, verify_head,
};
use rusqlite::{CachedStatement, Transaction, params};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// A batch as it came: fields of the head as text, the body unread.
#[derive(Debug, Default)]
pub(crate) struct BatchRequest {
    pub(crate) device: String,
    pub(crate) batch: String,
    pub(crate) challenge: String,
    pub(crate) digest: String,
    pub(crate) encoding: String,
    pub(crate) signature_input: String,
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

/// A request that is what it says: who signed it, its name, its lines, and when it came.
pub(crate) struct Opened {
    pub(crate) device: KnownDevice,
    pub(crate) batch: BatchId,
    pub(crate) decoded: Batch,
    pub(crate) now_ms: i64,
}

impl Opened {
    /// The document of a request that is one line.
    pub(crate) fn only_line<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let mut lines = self.decoded.records();
        match (lines.next(), lines.next()) {
            (Some(line), None) => Ok(serde_json::from_str(line).map_err(|_| ProblemKind::Malformed)?),
            _ => Err(ProblemKind::Malformed.into()),
        }
    }
}

/// A record, as far as intake reads it.
pub(crate) enum Record<'a> {
    /// An event of the device that signed.
    Event { id: EventId, seq: i64, visit: Option<VisitId>, line: &'a str },
    /// Something else. `seq` is its number on the device that signed, where that can be told.
    Aside { code: QuarantineCode, seq: Option<i64>, line: &'a str },
}

impl Hq {
    /// Takes a batch in and answers with a signed [`Receipt`], which is only made after the
    /// records are durable. The same batch again is answered alike and changes nothing.
    pub(crate) fn take_batch(&self, request: &BatchRequest) -> Result<Signed, Refused> {
        let opened = self.opened_batch(path::BATCHES, request)?;
        let Opened { device, batch, decoded, now_ms } = &opened;
        let records: Vec<Record<'_>> = decoded.records().map(|line| read_record(line, device)).collect();
        let Appended { results, progress, erased } =
            self.database.write(|tx| append(tx, device, *batch, &records, *now_ms))?;
        if erased {
            self.scour();
        }
        self.news.tell(&device.store);
        tracing::debug!(device.id = %device.id, batch.id = %batch, records = records.len(), "a batch was stored");
        self.receipt(request, &opened, results, &progress)
    }

    /// Signs for what was stored.
    pub(crate) fn receipt(
        &self,
        request: &BatchRequest,
        opened: &Opened,
        results: Vec<RecordResult>,
        progress: &Progress,
    ) -> Result<Signed, Refused> {
        let receipt = Receipt {
            batch: opened.batch,
            device: opened.device.id,
            digest: request.digest.clone(),
            results: runs_of(results),
            acked_through: u64::try_from(progress.acked_through).unwrap_or(0),
            server_time_ms: opened.now_ms,
        };
        Ok(Signed::seal(Purpose::Receipt, &receipt, &self.keys.signing)?)
    }

    /// What came to `path`.
    pub(crate) fn opened_batch(&self, path: &str, request: &BatchRequest) -> Result<Opened, Refused> {
        let device = self.verified_device(path, request)?;
        // One that was shut out may still ask what is wanted of it.
        if device.is_revoked && path != path::CONFIG {
            return Err(ProblemKind::DeviceRevoked.into());
        }
        let now_ms = self.clock.wall_ms();
        if content_digest(&request.body) != request.digest {
            return Err(ProblemKind::SignatureInvalid.into());
        }
        if !challenge::is_fresh(&self.keys.challenge, &request.challenge, now_ms) {
            return Err(ProblemKind::ChallengeStale.into());
        }
        let batch: BatchId = request.batch.parse().map_err(|_| ProblemKind::Malformed)?;
        let decoded = decode_batch(&request.body).map_err(|error| match error {
            BatchError::TooLong => ProblemKind::TooLarge,
            BatchError::Records | BatchError::Unreadable(_) => ProblemKind::Malformed,
        })?;
        Ok(Opened { device, batch, decoded, now_ms })
    }

    /// The device whose key signed the head: nobody else is told whether it was revoked.
    fn verified_device(&self, path: &str, request: &BatchRequest) -> Result<KnownDevice, Refused> {
        let id: DeviceId = request.device.parse().map_err(|_| ProblemKind::SignatureInvalid)?;
        let found = self.database.read(|tx| devices::find(tx, id))?;
        let device = found.filter(|device| device.stands_in_for.is_none()).ok_or(ProblemKind::SignatureInvalid)?;
        let head = SignedHead {
            path,
            digest: &request.digest,
            device: &request.device,
            batch: &request.batch,
            challenge: &request.challenge,
        };
        let signed = verify_head(&head, &request.signature_input, &request.signature, &device.key);
        if signed.is_err() || request.encoding != "zstd" {
            return Err(ProblemKind::SignatureInvalid.into());
        }
        Ok(device)
    }
}

pub(crate) fn read_record<'a>(line: &'a str, device: &KnownDevice) -> Record<'a> {
    let Ok(head) = RecordHead::parse(line) else {
        return Record::Aside { code: QuarantineCode::Malformed, seq: read_number(line, device), line };
    };
    let seq = i64::try_from(head.seq).ok().filter(|seq| *seq > 0);
    let is_own = head.device == device.id;
    match seq {
        Some(seq) if is_own && head.store == device.store => {
            Record::Event { id: head.id, seq, visit: head.visit, line }
        }
        seq if is_own && head.store == device.store => Record::Aside { code: QuarantineCode::Malformed, seq, line },
        seq => Record::Aside { code: QuarantineCode::ForeignOrigin, seq: seq.filter(|_| is_own), line },
    }
}

/// The number of a record that is no event, so that it does not hold up those after it.
fn read_number(line: &str, device: &KnownDevice) -> Option<i64> {
    #[derive(Deserialize)]
    struct Number {
        device: DeviceId,
        seq: i64,
    }
    let number: Number = serde_json::from_str(line).ok()?;
    (number.device == device.id && number.seq > 0).then_some(number.seq)
}

/// Stores records of one device, or sets them aside.
pub(crate) fn append(
    tx: &Transaction<'_>,
    device: &KnownDevice,
    batch: BatchId,
    records: &[Record<'_>],
    now_ms: i64,
) -> Result<Appended, HqError> {
    let mut erased = false;
    let mut progress = devices::read_progress(tx, device.number)?;
    let mut page = Page::of(tx, device.number, batch, now_ms)?;
    let mut results = Vec::with_capacity(records.len());
    for record in records {
        let (result, seq) = match record {
            Record::Event { id, seq, visit, line } => {
                let result = page.add(*id, *seq, *visit, line)?;
                if result == RecordResult::Accepted
                    && let Some((contact, visit)) = erased_contact(line).zip(*visit)
                {
                    erased |= contacts::erase(tx, contact, visit, device, now_ms)?;
                }
                (result, Some(*seq))
            }
            Record::Aside { code, seq, line } => (page.set_aside(*code, *seq, line)?, *seq),
        };
        if let Some(seq) = seq {
            progress.note(seq);
        }
        results.push(result);
    }
    progress.settle(tx, device.number)?;
    devices::write_progress(tx, device.number, &progress, now_ms)?;
    Ok(Appended { results, progress, erased })
}

/// What became of the records of a batch.
pub(crate) struct Appended {
    pub(crate) results: Vec<RecordResult>,
    pub(crate) progress: Progress,
    /// Whether a contact was erased by one of them.
    pub(crate) erased: bool,
}

/// The statements of one batch, prepared once.
struct Page<'a> {
    device: i64,
    batch: BatchId,
    now_ms: i64,
    insert: CachedStatement<'a>,
    known: CachedStatement<'a>,
    quarantine: CachedStatement<'a>,
}

impl<'a> Page<'a> {
    fn of(tx: &'a Transaction<'_>, device: i64, batch: BatchId, now_ms: i64) -> Result<Self, HqError> {
        let insert = "INSERT INTO events (device, seq, id, visit, line) VALUES (?1, ?2, ?3, ?4, ?5)
                      ON CONFLICT DO NOTHING";
        let known = "SELECT line = ?3 FROM events WHERE device = ?1 AND seq = ?2";
        let quarantine = "INSERT INTO quarantine (device, line_hash, seq, code, batch, received_ms, line)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (device, line_hash) DO NOTHING";
        Ok(Self {
            device,
            batch,
            now_ms,
            insert: tx.prepare_cached(insert)?,
            known: tx.prepare_cached(known)?,
            quarantine: tx.prepare_cached(quarantine)?,
        })
    }

    fn add(&mut self, id: EventId, seq: i64, visit: Option<VisitId>, line: &str) -> Result<RecordResult, HqError> {
        let visit = visit.as_ref().map(VisitId::as_bytes);
        let added = self.insert.execute(params![self.device, seq, id.as_bytes(), visit, line])?;
        if added > 0 {
            return Ok(RecordResult::Accepted);
        }
        // The same bytes carry the same device and number, so a duplicate is found by those.
        let mut rows = self.known.query(params![self.device, seq, line])?;
        let is_same = rows.next()?.map(|row| row.get::<_, bool>(0)).transpose()?;
        drop(rows);
        match is_same {
            Some(true) => Ok(RecordResult::Duplicate),
            Some(false) | None => self.set_aside(QuarantineCode::Conflict, Some(seq), line),
        }
    }

    fn set_aside(&mut self, code: QuarantineCode, seq: Option<i64>, line: &str) -> Result<RecordResult, HqError> {
        let hash: [u8; 32] = Sha256::digest(line).into();
        let name = match code {
            QuarantineCode::Malformed => "malformed",
            QuarantineCode::ForeignOrigin => "foreign_origin",
            QuarantineCode::Conflict => "conflict",
        };
        let bytes = line.as_bytes();
        self.quarantine.execute(params![self.device, hash, seq, name, self.batch.as_bytes(), self.now_ms, bytes])?;
        Ok(RecordResult::Quarantined(code))
    }
}
