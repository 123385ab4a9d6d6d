//! Receipts: headquarters' signed word that a batch is durable. Nothing else empties an outbox.

use floorbook_model::{BatchId, DeviceId};
use serde::{Deserialize, Serialize};

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordResult {
    /// It is stored.
    Accepted,
    /// The same bytes were stored before: success.
    Duplicate,
    /// It is set aside at headquarters and must be looked at by a person.
    Quarantined(QuarantineCode),
    /// Send it again later.
    Retry,
}

/// Why a record was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuarantineCode {
    /// It is not an event.
    Malformed,
    /// It claims another store or another device than the one that signed.
    ForeignOrigin,
    /// Its id or number is taken by other bytes.
    Conflict,
}

/// The same result for `count` records in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Run {
    /// How many records, in the order sent.
    pub count: u32,
    /// What became of each of them.
    pub result: RecordResult,
}

/// Answer to `POST /v1/batches`, signed, sent after the durable commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The batch it is for.
    pub batch: BatchId,
    /// The device that sent it.
    pub device: DeviceId,
    /// `Content-Digest` of the batch as it arrived.
    pub digest: String,
    /// Result of each record, in order, run-length coded.
    pub results: Vec<Run>,
    /// Headquarters holds every number of this device up to this one.
    pub acked_through: u64,
    /// Headquarters' clock, milliseconds UTC.
    pub server_time_ms: i64,
}

impl Receipt {
    /// The result of every record, in the order sent.
    pub fn record_results(&self) -> impl Iterator<Item = &RecordResult> {
        self.results.iter().flat_map(|run| (0..run.count).map(move |_| &run.result))
    }

    /// How many records it speaks of.
    pub fn record_count(&self) -> u64 {
        self.results.iter().map(|run| u64::from(run.count)).sum()
    }
}

/// Joins equal results that follow each other.
pub fn runs_of(results: impl IntoIterator<Item = RecordResult>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for result in results {
        match runs.last_mut() {
            Some(run) if run.result == result => run.count += 1,
            _ => runs.push(Run { count: 1, result }),
        }
    }
    runs
}
