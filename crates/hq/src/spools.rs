//! What devices sealed while their own key was away: opened with a key of headquarters' own, and appended as
//! if it had come in a batch.

use crate::archive::{Transaction, When};
use crate::devices::{self, KnownDevice};
use crate::intake::{self, Appended, BatchRequest, Opened, Record, read_record};
use crate::problem::Refused;
use crate::progress::Progress;
use crate::{Act, Because, Hq, HqError, audit, contacts, spool_key};
use floorbook_model::{BatchId, DeviceId, EventId};
use floorbook_protocol::{
    ContactRecord, OpeningKey, QuarantineCode, RecordHead, RecordResult, Signed, Spool, SpoolRecord, limits, path,
};
use sha2::{Digest, Sha256};

/// Times without its key that a device may have logged in: more than one each day of a year.
const STAND_INS_MAX: i64 = 400;

/// What became of the records of a spool file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolSummary {
    /// Stored now.
    pub accepted: usize,
    /// Stored before.
    pub duplicates: usize,
    /// Not stored: of no known device, not to be opened, or at odds with what is stored.
    pub refused: usize,
    /// Bytes of the file that are no whole record.
    pub lost_bytes: usize,
}

impl SpoolSummary {
    fn count(&mut self, result: &RecordResult) {
        match result {
            RecordResult::Accepted => self.accepted += 1,
            RecordResult::Duplicate => self.duplicates += 1,
            RecordResult::Quarantined(_) | RecordResult::Retry => self.refused += 1,
        }
    }
}

/// A record as it came, and what is in it where it opens: an event, or a contact that a wiped device had not sent.
struct Unsealed<'a> {
    line: &'a str,
    record: Option<SpoolRecord>,
    plain: Option<String>,
}

/// Who wrote a record, whom its event names, and whether anybody signed it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Origin {
    writer: DeviceId,
    spool: DeviceId,
    is_signed: bool,
}

impl<'a> Unsealed<'a> {
    fn of(line: &'a str, key: &OpeningKey) -> Self {
        let record: Option<SpoolRecord> = serde_json::from_str(line).ok();
        let plain = record.as_ref().and_then(|record| record.open(key).ok());
        Self { line, record, plain: plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok()) }
    }

    fn origin(&self) -> Option<Origin> {
        let of =
            |record: &SpoolRecord| Origin { writer: record.device, spool: record.spool, is_signed: record.is_signed() };
        self.record.as_ref().map(of)
    }

    fn event_id(&self) -> Option<EventId> {
        RecordHead::parse(self.plain.as_ref()?).ok().map(|head| head.id)
    }

    /// The contact in it, sealed once more to the key that is offline.
    fn as_contact(&self) -> Option<&str> {
        self.plain.as_deref().filter(|plain| serde_json::from_str::<ContactRecord>(plain).is_ok())
    }

    fn as_event(&self, origin: &KnownDevice) -> Record<'_> {
        match &self.plain {
            Some(event) => read_record(event, origin),
            None => self.aside(QuarantineCode::Malformed),
        }
    }

    fn aside(&self, code: QuarantineCode) -> Record<'_> {
        Record::Aside { code, seq: None, line: self.line }
    }
}

impl Hq {
    /// Takes what was sealed in and answers like [`Hq::take_batch`].
    pub(crate) fn take_spools(&self, request: &BatchRequest) -> Result<Signed, Refused> {
        let opened = self.opened_batch(path::SPOOLS, request)?;
        let Opened { device, batch, decoded, now_ms } = &opened;
        let key = self.archive.read(spool_key::read)?;
        let lines: Vec<Unsealed<'_>> = decoded.records().map(|line| Unsealed::of(line, &key)).collect();
        let (results, progress) = self.append_spooled(device, *batch, &lines, *now_ms)?;
        tracing::info!(device.id = %device.id, batch.id = %batch, records = lines.len(), "a spool was stored");
        self.receipt(request, &opened, results, &progress)
    }

    /// Takes in a spool file that a person brought, of whichever devices. The same file again changes
    /// nothing but the register.
    ///
    /// # Errors
    /// When the database fails.
    pub fn import_spool(&self, file: &[u8], because: Because<'_>) -> Result<SpoolSummary, HqError> {
        let key = self.archive.read(spool_key::read)?;
        let Spool { lines, lost_bytes } = Spool::read(file);
        let digest: String = Sha256::digest(file).into_iter().map(|byte| format!("{byte:02x}")).collect();
        let detail = format!("{} records, SHA-256 {digest}", lines.len());
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| audit::record_change(tx, now_ms, Act::SpoolImported, &detail, because))?;
        let mut summary = SpoolSummary { lost_bytes, ..SpoolSummary::default() };
        for lines in lines.chunks(limits::BATCH_RECORDS_MAX) {
            let lines: Vec<Unsealed<'_>> = lines.iter().map(|line| Unsealed::of(line, &key)).collect();
            let writer = |line: &Unsealed<'_>| line.origin().map(|origin| origin.writer);
            for of_one in lines.chunk_by(|a, b| writer(a) == writer(b)) {
                let id = of_one.first().and_then(writer);
                let device = id.map(|id| self.archive.read(|tx| devices::find(tx, id))).transpose()?.flatten();
                let Some(device) = device else {
                    summary.refused += of_one.len();
                    continue;
                };
                let now_ms = self.clock.wall_ms();
                let batch = BatchId::make(now_ms, &*self.rng);
                let (results, _) = self.append_spooled(&device, batch, of_one, now_ms)?;
                results.iter().for_each(|result| summary.count(result));
            }
        }
        Ok(summary)
    }

    /// Appends what `device` brought.
    fn append_spooled(
        &self,
        device: &KnownDevice,
        batch: BatchId,
        lines: &[Unsealed<'_>],
        now_ms: i64,
    ) -> Result<(Vec<RecordResult>, Progress), HqError> {
        self.archive.make_room(&mut lines.iter().filter_map(Unsealed::event_id), now_ms);
        let (results, progress, erased) = self.archive.write_for(device.number, |tx| {
            let (mut results, mut erased) = (Vec::with_capacity(lines.len()), false);
            let is_alike = |line: &Unsealed<'_>| (line.origin(), line.as_contact().is_some());
            for of_one in lines.chunk_by(|a, b| is_alike(a) == is_alike(b)) {
                let origin = origin(tx, device, of_one, now_ms)?;
                if let Ok(origin) = &origin
                    && let Some(sealed) = of_one.iter().map(Unsealed::as_contact).collect::<Option<Vec<_>>>()
                {
                    let taken = sealed.iter().map(|line| contacts::take(tx, line, origin, now_ms));
                    results.extend(taken.collect::<Result<Vec<_>, _>>()?);
                    continue;
                }
                let records: Vec<Record<'_>> = match &origin {
                    Ok(origin) => of_one.iter().map(|line| line.as_event(origin)).collect(),
                    Err(code) => of_one.iter().map(|line| line.aside(*code)).collect(),
                };
                let origin = origin.as_ref().unwrap_or(device);
                let appended: Appended = intake::append(tx, origin, batch, &records, now_ms)?;
                results.extend(appended.results);
                erased |= appended.erased;
            }
            Ok::<_, HqError>((results, devices::read_progress(tx, device.number)?, erased))
        })?;
        self.tell(&device.store, None);
        if erased {
            self.scour(When::InIntake);
        }
        Ok((results, progress))
    }
}

/// The device that events of a spool name: the one that wrote it, or its stand-in, which is known from its
/// first record on. All of the lines have the same origin.
fn origin(
    tx: &dyn Transaction,
    device: &KnownDevice,
    lines: &[Unsealed<'_>],
    now_ms: i64,
) -> Result<Result<KnownDevice, QuarantineCode>, HqError> {
    let Some(Origin { writer, spool, .. }) = lines.first().and_then(Unsealed::origin) else {
        return Ok(Err(QuarantineCode::Malformed));
    };
    let Some(writer) = devices::find(tx, writer)? else { return Ok(Err(QuarantineCode::ForeignOrigin)) };
    if !may_bring(device, &writer, lines) {
        return Ok(Err(QuarantineCode::ForeignOrigin));
    }
    if devices::find(tx, spool)?.is_none() {
        let opened = lines.iter().filter_map(|line| line.plain.as_deref());
        let mut origins = opened.filter_map(|event| RecordHead::parse(event).ok()).peekable();
        if origins.peek().is_none() {
            return Ok(Err(QuarantineCode::Malformed));
        }
        // A name alone is nobody: each one that is known is a line in what every device of the store asks.
        let is_somebody = origins.any(|head| head.device == spool && head.store == writer.store);
        if !is_somebody || devices::stand_ins(tx, writer.number)? >= STAND_INS_MAX {
            return Ok(Err(QuarantineCode::ForeignOrigin));
        }
        devices::insert_stand_in(tx, spool, &writer, now_ms)?;
    }
    let known = devices::find(tx, spool)?.ok_or(HqError::Broken("devices"))?;
    let is_own = known.number == writer.number || known.stands_in_for == Some(writer.number);
    Ok(if is_own { Ok(known) } else { Err(QuarantineCode::ForeignOrigin) })
}

/// A device brings what it wrote, and what another one of its store wrote and signed: it was wiped and paired
/// again since.
fn may_bring(device: &KnownDevice, writer: &KnownDevice, lines: &[Unsealed<'_>]) -> bool {
    let is_signed = |line: &Unsealed<'_>| line.record.as_ref().is_some_and(|it| it.is_signed_by(&writer.key));
    let is_signer = writer.stands_in_for.is_none() && writer.store == device.store && lines.iter().all(is_signed);
    writer.number == device.number || is_signer
}
