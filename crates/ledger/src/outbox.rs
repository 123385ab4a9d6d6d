//! What is still to be sent, and what headquarters said of what was sent.

use crate::{Book, LedgerError, append};
use floorbook_model::{Event, Hlc};
use floorbook_protocol::{Receipt, RecordResult};
use rusqlite::{Connection, Row, params};

/// Code of records that were set aside here; none of headquarters' own.
const UNSENDABLE: &str = "unsendable";

/// One event that waits.
#[derive(Clone, Debug)]
pub struct OutboxRecord {
    /// Its order in this file.
    pub n: i64,
    /// The event as it travels.
    pub line: String,
}

/// How sending stands, counted in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Own events and sealed contacts that no receipt covers, and taps that are not sealed yet.
    pub waiting: u64,
    /// Own events that headquarters set aside.
    pub quarantined: u64,
}

impl Book {
    /// The next waiting events after `after_n`, oldest first: at most `records_max` of them and
    /// `bytes_max` bytes, but at least one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox(&self, after_n: i64, records_max: usize, bytes_max: usize) -> Result<Vec<OutboxRecord>, LedgerError> {
        self.outbox_between(after_n, i64::MAX, records_max, bytes_max)
    }

    /// The same, up to `through_n`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outbox_between(
        &self,
        after_n: i64,
        through_n: i64,
        records_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<OutboxRecord>, LedgerError> {
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT e.n, e.line FROM outbox o JOIN events e ON e.n = o.n WHERE o.n > ?1 AND o.n <= ?2
                 ORDER BY o.n LIMIT ?3",
            )?;
            let limit = i64::try_from(records_max).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![after_n, through_n, limit])?;
            let (mut records, mut bytes) = (Vec::with_capacity(records_max.min(1_024)), 0);
            while let Some(row) = rows.next()? {
                let record = OutboxRecord { n: row.get(0)?, line: row.get(1)? };
                bytes += record.line.len() + 1;
                if bytes > bytes_max && !records.is_empty() {
                    break;
                }
                records.push(record);
            }
            Ok(records)
        })
    }

    /// The order number of the last waiting event that was written before the business day of `now_ms`; 0 when
    /// all are of that day. The times of one device rise, so its own events of a day stand together; only what a
    /// rule closed has the time of its visit.
    ///
    /// # Errors
    /// When the database fails.
    pub fn before_today(&self, now_ms: i64) -> Result<i64, LedgerError> {
        let waiting = "SELECT o.n, e.hlc, e.line FROM outbox o JOIN events e ON e.n = o.n ORDER BY o.n";
        self.ledger.database.read(|tx| {
            // On most days nothing older waits, which the first one tells.
            let mut oldest = tx.prepare_cached(&format!("{waiting} LIMIT 1"))?;
            match oldest.query([])?.next()? {
                Some(row) if self.is_of_earlier_day(row, now_ms)? => {}
                _ => return Ok(0),
            }
            let mut newest_first = tx.prepare_cached(&format!("{waiting} DESC"))?;
            let mut rows = newest_first.query([])?;
            while let Some(row) = rows.next()? {
                if self.is_of_earlier_day(row, now_ms)? {
                    return Ok(row.get(0)?);
                }
            }
            Ok(0)
        })
    }

    fn is_of_earlier_day(&self, row: &Row<'_>, now_ms: i64) -> Result<bool, LedgerError> {
        let (calendar, Hlc(written_ms, _)) = (&self.origin.calendar, append::unpack_hlc(row.get(1)?));
        let is_earlier = |ms| calendar.day_of(ms) < calendar.day_of(now_ms);
        Ok(is_earlier(written_ms) && is_earlier(recorded_ms(&row.get::<_, String>(2)?)?))
    }

    /// The order number of the last event that there is: what is written later comes after it. 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest(&self) -> Result<i64, LedgerError> {
        let sql = "SELECT coalesce(max(n), 0) FROM events";
        self.ledger.database.read(|tx| Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
    }

    /// Does what a verified receipt says of the records `sent` (their order numbers, as sent):
    /// stored ones leave the outbox, refused ones go to quarantine, the others stay. `document` is
    /// the signed receipt, kept as proof.
    ///
    /// # Errors
    /// [`LedgerError::ReceiptMismatch`] when it speaks of another number of records, or when the
    /// database fails; then the outbox stays as it was.
    pub fn settle(&self, sent: &[i64], receipt: &Receipt, document: &str) -> Result<(), LedgerError> {
        if usize::try_from(receipt.record_count()).ok() != Some(sent.len()) {
            return Err(LedgerError::ReceiptMismatch);
        }
        let received_ms = self.clock.wall_ms();
        self.ledger.database.write(|tx| {
            let mut rest = sent;
            for run in &receipt.results {
                let count = usize::try_from(run.count).unwrap_or(usize::MAX).min(rest.len());
                let (of_run, after) = rest.split_at(count);
                settle_run(tx, of_run, &run.result, received_ms)?;
                rest = after;
            }
            tx.prepare_cached(
                "INSERT INTO receipts (batch, received_ms, document) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![receipt.batch.as_bytes(), received_ms, document])?;
            Ok(())
        })
    }

    /// Takes records out of the outbox without a receipt: they are durable elsewhere, sealed to headquarters,
    /// and go there from there.
    ///
    /// # Errors
    /// When the database fails; then all of them stay.
    pub fn handed_over(&self, records: &[i64]) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| remove(tx, records))
    }

    /// Sets records aside without headquarters' word, because it takes no batch that holds them.
    /// They wait in quarantine until [`Book::put_back`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_aside(&self, records: &[i64]) -> Result<(), LedgerError> {
        let since_ms = self.clock.wall_ms();
        self.ledger.database.write(|tx| set_aside(tx, records, UNSENDABLE, since_ms))
    }

    /// Puts what was set aside without headquarters' word back into the outbox, to be tried again.
    /// What headquarters signed as set aside stays: it holds those records.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_back(&self) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            tx.execute("INSERT INTO outbox (n) SELECT n FROM quarantine WHERE code = ?1", [UNSENDABLE])?;
            tx.execute("DELETE FROM quarantine WHERE code = ?1", [UNSENDABLE])?;
            Ok(())
        })
    }

    /// Headquarters holds every number of this device up to `through`. Where that is less than it signed for, because
    /// it was put back from a copy, all that comes after waits again; what is there all the same it calls a
    /// duplicate. Returns how many wait that did not. To be called while nothing is on its way.
    ///
    /// # Errors
    /// When the database fails.
    pub fn send_again_after(&self, through: u64) -> Result<usize, LedgerError> {
        let (device, through) = (self.origin.device.as_bytes(), i64::try_from(through).unwrap_or(i64::MAX));
        // It would say more if it held the next one, so that one waits, or cannot be sent, or is lost there.
        let lost = "SELECT EXISTS (SELECT 1 FROM events WHERE device = ?1 AND seq = ?2 + 1
                        AND n NOT IN (SELECT n FROM outbox)
                        AND n NOT IN (SELECT n FROM quarantine WHERE code = ?3))";
        let is_lost = |tx: &Connection| -> Result<bool, LedgerError> {
            Ok(tx.prepare_cached(lost)?.query_row(params![device, through, UNSENDABLE], |row| row.get(0))?)
        };
        if !self.ledger.database.read(|tx| is_lost(tx))? {
            return Ok(0);
        }
        self.ledger.database.write(|tx| {
            tx.execute(
                "DELETE FROM quarantine WHERE code <> ?3
                     AND n IN (SELECT n FROM events WHERE device = ?1 AND seq > ?2)",
                params![device, through, UNSENDABLE],
            )?;
            Ok(tx.execute(
                "INSERT INTO outbox (n) SELECT n FROM events WHERE device = ?1 AND seq > ?2
                     AND n NOT IN (SELECT n FROM quarantine) AND n NOT IN (SELECT n FROM outbox)",
                params![device, through],
            )?)
        })
    }

    /// Whether no sealed event and no contact waits for headquarters.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_all_sent(&self) -> Result<bool, LedgerError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM outbox) AND NOT EXISTS (SELECT 1 FROM contact_outbox)";
        self.ledger.database.read(|tx| Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
    }

    /// Counts what waits and what was set aside.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(&self) -> Result<Counts, LedgerError> {
        self.ledger.database.read(|tx| {
            let count = |sql| -> Result<u64, LedgerError> {
                let n: i64 = tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
                Ok(u64::try_from(n).unwrap_or(0))
            };
            Ok(Counts {
                waiting: count(
                    "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM pending)
                          + (SELECT count(*) FROM contact_outbox)",
                )?,
                quarantined: count("SELECT count(*) FROM quarantine")?,
            })
        })
    }
}

fn recorded_ms(line: &str) -> Result<i64, LedgerError> {
    Ok(serde_json::from_str::<Event>(line)?.recorded.wall_ms)
}

fn settle_run(tx: &Connection, sent: &[i64], result: &RecordResult, received_ms: i64) -> Result<(), LedgerError> {
    match result {
        RecordResult::Accepted | RecordResult::Duplicate => remove(tx, sent),
        RecordResult::Quarantined(code) => {
            let code = serde_json::to_string(code)?;
            set_aside(tx, sent, code.trim_matches('"'), received_ms)
        }
        RecordResult::Retry => Ok(()),
    }
}

fn set_aside(tx: &Connection, records: &[i64], code: &str, since_ms: i64) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO quarantine (n, code, since_ms) SELECT n, ?2, ?3 FROM outbox WHERE n = ?1 ON CONFLICT DO NOTHING",
    )?;
    for n in records {
        statement.execute(params![n, code, since_ms])?;
    }
    remove(tx, records)
}

/// Row by row: a record that came back from quarantine may stand among those that were sent.
fn remove(tx: &Connection, records: &[i64]) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached("DELETE FROM outbox WHERE n = ?1")?;
    for n in records {
        statement.execute([n])?;
    }
    Ok(())
}
