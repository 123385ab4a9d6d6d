//! Spool files: what was logged while the device's key was away, sealed, in files of the device's folder. A
//! file goes when headquarters has signed for every record in it.

use crate::drain::{BATCH_BYTES, Drain, is_refused_as_a_whole};
use crate::{SyncError, Transport, pairing};
use floorbook_model::DeviceId;
use floorbook_protocol::{ProblemKind, RecordResult, Spool, SpoolRecord, limits, path};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::spawn_blocking;

const PREFIX: &str = "spool-";
const EXTENSION: &str = "sealed";
/// A file of which headquarters refused something; a person looks at it.
const REFUSED: &str = "refused";
/// A file whose whole records are at headquarters, and that had something else in it.
const TORN: &str = "torn";

/// A spool file that this device may bring.
#[derive(Debug)]
pub(crate) struct SpoolFile {
    path: PathBuf,
    spool: Spool,
}

impl SpoolFile {
    pub(crate) fn records(&self) -> u64 {
        u64::try_from(self.spool.lines.len()).unwrap_or(u64::MAX)
    }
}

/// How a file went.
pub(crate) enum Delivered {
    /// It is settled.
    Whole,
    /// The rest of it is to be sent later.
    Later(Option<Duration>),
}

/// The spool files in `dir` that wait, of whichever device.
///
/// # Errors
/// When the folder cannot be read.
pub fn spool_paths(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let is_one = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == EXTENSION)
            && path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX))
    };
    Ok(paths.into_iter().filter(is_one).collect())
}

/// The files in `dir` that `device` may bring: its own, and what a device that was here before signed. Others
/// stay for a person.
pub(crate) async fn files_of(dir: PathBuf, device: DeviceId) -> Result<Vec<SpoolFile>, SyncError> {
    spawn_blocking(move || read_all(&dir, device)).await.map_err(|_| SyncError::Internal)
}

/// Records in them.
pub(crate) fn waiting_in(dir: &Path, device: DeviceId) -> u64 {
    read_all(dir, device).iter().map(SpoolFile::records).sum()
}

fn read_all(dir: &Path, device: DeviceId) -> Vec<SpoolFile> {
    try_read_all(dir, device).unwrap_or_else(|error| {
        tracing::error!(error = %error, "spool files cannot be read");
        Vec::new()
    })
}

fn try_read_all(dir: &Path, device: DeviceId) -> io::Result<Vec<SpoolFile>> {
    let mut files = Vec::new();
    for path in spool_paths(dir)? {
        let spool = Spool::read(&fs::read(&path)?);
        if spool.lines.first().is_none_or(|line| is_for(line, device)) {
            files.push(SpoolFile { path, spool });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_for(line: &str, device: DeviceId) -> bool {
    serde_json::from_str::<SpoolRecord>(line).is_ok_and(|record| record.device == device || record.is_signed())
}

impl<T: Transport> Drain<T> {
    /// Sends a file and settles it by the receipts. What headquarters refuses as a whole waits and holds no
    /// event up.
    ///
    /// # Errors
    /// The first systemic failure; then the file stays, and what came of it is known there.
    pub(crate) async fn send_spool(&self, file: SpoolFile) -> Result<Delivered, SyncError> {
        if file.spool.lines.is_empty() {
            settle(file, 0).await?;
            return Ok(Delivered::Whole);
        }
        let mut challenge = pairing::greet(&*self.transport).await?;
        let (mut rest, mut refused) = (file.spool.lines.as_slice(), 0);
        while !rest.is_empty() {
            let (lines, after) = rest.split_at(batch_of(rest));
            rest = after;
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let (answer, receipt) = match self.exchange(path::SPOOLS, &lines, challenge.clone()).await {
                Err(SyncError::Refused { kind, retry_after }) if is_unheard_of(kind) => {
                    tracing::warn!(problem = ?kind, "headquarters refuses a spool");
                    return Ok(Delivered::Later(retry_after));
                }
                exchanged => exchanged?,
            };
            if usize::try_from(receipt.record_count()).ok() != Some(lines.len()) {
                return Err(SyncError::Nonsense);
            }
            if receipt.record_results().any(|result| *result == RecordResult::Retry) {
                return Ok(Delivered::Later(answer.back_off));
            }
            refused += receipt.record_results().filter(|it| matches!(it, RecordResult::Quarantined(_))).count();
            challenge = answer.challenge.unwrap_or(challenge);
        }
        settle(file, refused).await?;
        Ok(Delivered::Whole)
    }
}

/// An older headquarters knows no spools; the file waits for its update.
fn is_unheard_of(kind: ProblemKind) -> bool {
    kind == ProblemKind::NotFound || is_refused_as_a_whole(&SyncError::Refused { kind, retry_after: None })
}

/// How many lines go together; at least one.
fn batch_of(lines: &[String]) -> usize {
    let mut bytes = 0;
    let fit = lines.iter().take(limits::BATCH_RECORDS_MAX).take_while(|line| {
        bytes += line.len() + 1;
        bytes <= BATCH_BYTES
    });
    fit.count().max(1)
}

/// Headquarters has signed for every record of a file.
async fn settle(file: SpoolFile, refused: usize) -> Result<(), SyncError> {
    let SpoolFile { path, spool } = file;
    let lost_bytes = spool.lost_bytes;
    if refused > 0 {
        tracing::error!(refused, "headquarters will never take these records of a spool; the file is kept");
    }
    if lost_bytes > 0 {
        tracing::error!(lost_bytes, "a spool file held what is no record; it is kept");
    }
    let settled = spawn_blocking(move || match (refused, lost_bytes) {
        (0, 0) => fs::remove_file(&path),
        (0, _) => fs::rename(&path, path.with_extension(TORN)),
        _ => fs::rename(&path, path.with_extension(REFUSED)),
    });
    // A file that stays is sent again, and known there: that does no harm.
    if let Err(error) = settled.await.map_err(|_| SyncError::Internal)? {
        tracing::error!(error = %error, "a spool file that was sent stays");
    }
    Ok(())
}
