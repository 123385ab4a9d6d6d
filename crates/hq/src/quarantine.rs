//! What was set aside, for the operator: to look at, and to take in once it fits.

use crate::archive::{Row, Transaction, When, values};
use crate::intake::{self, Appended, Record, read_record};
use crate::{Act, Because, Hq, HqError, audit, devices, stores};
use floorbook_model::{BatchId, DeviceId, StoreId};
use floorbook_protocol::{QuarantineCode, RecordResult};

/// A record that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineLine {
    /// Its number, in order of arrival.
    pub n: i64,
    /// The device that brought it.
    pub device: DeviceId,
    /// The store of that device.
    pub store: StoreId,
    /// Its number on the device, where that can be told.
    pub seq: Option<i64>,
    /// Why it was set aside.
    pub code: String,
    /// When it came, milliseconds UTC.
    pub received_ms: i64,
}

/// What became of a record that was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// It is an event now.
    Stored,
    /// It had come again meanwhile and was taken in then.
    KnownAlready,
}

const LINE: &str = "SELECT q.n, d.id, d.store, q.seq, q.code, q.received_ms, q.line
                    FROM quarantine q JOIN devices d ON d.number = q.device";

impl Hq {
    /// Everything that was set aside, in order of arrival.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quarantine(&self) -> Result<Vec<QuarantineLine>, HqError> {
        self.archive.read(|tx| tx.all(&format!("{LINE} ORDER BY q.n"), &[], line_of))
    }

    /// One record that was set aside, exactly as it came.
    ///
    /// # Errors
    /// [`HqError::QuarantineUnknown`], or when the database fails.
    pub fn quarantined(&self, n: i64) -> Result<(QuarantineLine, Vec<u8>), HqError> {
        self.archive.read(|tx| find(tx, n))
    }

    /// Takes a record in as if its device had sent it now, which goes on record. The device learns of it when it
    /// sends the record again.
    ///
    /// # Errors
    /// [`HqError::QuarantineUnknown`], [`HqError::Unfit`] when it would be set aside again, or when the database
    /// fails; then it stays where it is.
    pub fn release(&self, n: i64, because: Because<'_>) -> Result<Released, HqError> {
        let (store, released, erased) = self.archive.write(|tx| {
            let (aside, line) = find(tx, n)?;
            let device = devices::find(tx, aside.device)?.ok_or(HqError::Broken("quarantine"))?;
            let text = std::str::from_utf8(&line).map_err(|_| HqError::Unfit(words(QuarantineCode::Malformed)))?;
            let record = read_record(text, &device);
            if let Record::Aside { code, .. } = &record {
                return Err(HqError::Unfit(words(*code)));
            }
            let detail = format!("{n}: {}, number {}", aside.code, record.seq().unwrap_or_default());
            tx.hold(device.number)?; // before what its batches would wait for
            tx.execute("DELETE FROM quarantine WHERE n = ?1", values![n])?;
            let now_ms = self.clock.wall_ms();
            let batch = BatchId::make(now_ms, &*self.rng);
            let Appended { results, erased, .. } = intake::append(tx, &device, batch, &[record], now_ms)?;
            let released = match results.first() {
                Some(RecordResult::Accepted) => Released::Stored,
                Some(RecordResult::Duplicate) => Released::KnownAlready,
                Some(RecordResult::Quarantined(code)) => return Err(HqError::Unfit(words(*code))),
                Some(RecordResult::Retry) | None => return Err(HqError::Broken("quarantine")),
            };
            audit::record_with(tx, now_ms, Act::RecordReleased, (aside.device.as_bytes(), &detail), because)?;
            Ok((device.store, released, erased))
        })?;
        if erased {
            self.scour(When::AtRest);
        }
        self.tell(&store, None);
        Ok(released)
    }
}

/// Why a record does not fit, for the operator.
fn words(code: QuarantineCode) -> &'static str {
    match code {
        QuarantineCode::Malformed => "this program cannot read it as an event",
        QuarantineCode::ForeignOrigin => "it names another device or store than the one that brought it",
        QuarantineCode::Conflict => "its number or its id is that of another event",
    }
}

fn find(tx: &dyn Transaction, n: i64) -> Result<(QuarantineLine, Vec<u8>), HqError> {
    let found = tx.first(&format!("{LINE} WHERE q.n = ?1"), values![n], |row| Ok((line_of(row)?, row.get(6)?)))?;
    found.ok_or(HqError::QuarantineUnknown(n))
}

fn line_of(row: &dyn Row) -> Result<QuarantineLine, HqError> {
    Ok(QuarantineLine {
        n: row.get(0)?,
        device: DeviceId::from_bytes(row.get(1)?),
        store: stores::code(row, 2)?,
        seq: row.get(3)?,
        code: row.get(4)?,
        received_ms: row.get(5)?,
    })
}
