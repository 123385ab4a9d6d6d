//! Intake: verify a batch, append its records in one durable transaction, sign a receipt.
//!
//! Records are decoded and their heads parsed before the writer is taken, so that batches of
//! several devices overlap in all but the appending itself. Nothing that is stored is ever
//! overwritten: other bytes under a known id or number are set aside.

use crate::archive::{Added, NewEvent, Transaction, When, values};
use crate::devices::{self, KnownDevice};
use crate::problem::Refused;
use crate::progress::Progress;
use crate::{Hq, HqError, challenge, contacts};
use axum::body::Bytes;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{
    Batch, BatchError, ProblemKind, Purpose, QuarantineCode, Receipt, RecordHead, RecordResult, Signed, SignedHead,
    content_digest, decode_batch, erased_contact, path, runs_of, verify_head,
};
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
    Event(NewEvent<'a>),
    /// Something else. `seq` is its number on the device that signed, where that can be told.
    Aside { code: QuarantineCode, seq: Option<i64>, line: &'a str },
}

impl<'a> Record<'a> {
    pub(crate) fn event(&self) -> Option<&NewEvent<'a>> {
        match self {
            Self::Event(event) => Some(event),
            Self::Aside { .. } => None,
        }
    }

    pub(crate) fn seq(&self) -> Option<i64> {
        match self {
            Self::Event(event) => Some(event.seq),
            Self::Aside { seq, .. } => *seq,
        }
    }
}

impl Hq {
    /// Takes a batch in and answers with a signed [`Receipt`], which is only made after the
    /// records are durable. The same batch again is answered alike and changes nothing.
    pub(crate) fn take_batch(&self, request: &BatchRequest) -> Result<Signed, Refused> {
        let opened = self.opened_batch(path::BATCHES, request)?;
        let Opened { device, batch, decoded, now_ms } = &opened;
        let records: Vec<Record<'_>> = decoded.records().map(|line| read_record(line, device)).collect();
        self.archive.make_room(&mut records.iter().filter_map(Record::event).map(|event| event.id), *now_ms);
        let Appended { results, progress, erased } =
            self.archive.write_for(device.number, |tx| append(tx, device, *batch, &records, *now_ms))?;
        if erased {
            self.scour(When::InIntake);
        }
        self.tell(&device.store, Some(device.id));
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
        let found = self.archive.read(|tx| devices::find(tx, id))?;
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
            Record::Event(NewEvent { id: head.id, seq, visit: head.visit, line })
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
    tx: &dyn Transaction,
    device: &KnownDevice,
    batch: BatchId,
    records: &[Record<'_>],
    now_ms: i64,
) -> Result<Appended, HqError> {
    tx.hold(device.number)?;
    let page = Page { tx, device, batch, now_ms };
    let mut progress = devices::read_progress(tx, device.number)?;
    let events: Vec<NewEvent<'_>> = records.iter().filter_map(Record::event).copied().collect();
    let mut added = tx.append(device.number, progress.seq_max, &events)?.into_iter();
    let (mut results, mut erased) = (Vec::with_capacity(records.len()), false);
    for record in records {
        results.push(match record {
            Record::Aside { code, seq, line } => page.set_aside(*code, *seq, line)?,
            Record::Event(event) => match added.next().ok_or(HqError::Broken("events"))? {
                Added::New => {
                    erased |= page.erase_if_told(event)?;
                    RecordResult::Accepted
                }
                Added::Same => RecordResult::Duplicate,
                Added::Other => page.set_aside(QuarantineCode::Conflict, Some(event.seq), event.line)?,
            },
        });
        if let Some(seq) = record.seq() {
            progress.note(seq);
        }
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

/// What the records of a batch have in common.
struct Page<'a> {
    tx: &'a dyn Transaction,
    device: &'a KnownDevice,
    batch: BatchId,
    now_ms: i64,
}

impl Page<'_> {
    /// Does what a new event says of a contact; says whether that was erased.
    fn erase_if_told(&self, event: &NewEvent<'_>) -> Result<bool, HqError> {
        match erased_contact(event.line).zip(event.visit) {
            Some((contact, visit)) => contacts::erase(self.tx, contact, visit, self.device, self.now_ms),
            None => Ok(false),
        }
    }

    fn set_aside(&self, code: QuarantineCode, seq: Option<i64>, line: &str) -> Result<RecordResult, HqError> {
        let hash: [u8; 32] = Sha256::digest(line).into();
        let name = match code {
            QuarantineCode::Malformed => "malformed",
            QuarantineCode::ForeignOrigin => "foreign_origin",
            QuarantineCode::Conflict => "conflict",
        };
        let sql = "INSERT INTO quarantine (device, line_hash, seq, code, batch, received_ms, line)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (device, line_hash) DO NOTHING";
        let (batch, bytes) = (self.batch.as_bytes(), line.as_bytes());
        self.tx.execute(sql, values![self.device.number, &hash, seq, name, batch, self.now_ms, bytes])?;
        Ok(RecordResult::Quarantined(code))
    }
}
