//! One spool file, as it is written. See [`floorbook_protocol::Spool`] for its form.

use crate::{CoreError, Environment, files};
use floorbook_model::{DeviceId, Rng};
use floorbook_protocol::{SPOOL_HEAD, SealingKey, SigningKey, Spool, SpoolRecord};
use floorbook_sync::spool_paths;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A spool file that grows.
pub(crate) struct SpoolFile {
    file: File,
    /// Where what is on the disk for certain ends.
    end: u64,
    /// Whether a failure may have left something behind it.
    is_torn: bool,
    device: DeviceId,
    spool: DeviceId,
    key: SealingKey,
    signer: Option<SigningKey>,
    rng: Arc<dyn Rng>,
    n: u64,
}

impl SpoolFile {
    /// Makes a new file `spool-<uuid>.sealed` for its owner alone in `dir`, and says where. `device` is the
    /// paired device, `spool` the one that the events name as their origin; both are the same for what a
    /// device has not sent yet. What `signer` signs any device of the store may bring.
    ///
    /// # Errors
    /// [`CoreError::DiskFull`], or when the disk fails otherwise.
    pub(crate) fn create(
        environment: &Environment,
        dir: &Path,
        device: DeviceId,
        spool: DeviceId,
        key: &SealingKey,
        signer: Option<SigningKey>,
    ) -> Result<(Self, PathBuf), CoreError> {
        let name = DeviceId::make(environment.clock.wall_ms(), &*environment.rng);
        let path = dir.join(format!("spool-{name}.sealed"));
        let mut file = files::create(&path)?;
        file.write_all(SPOOL_HEAD)?;
        file.sync_all()?;
        files::sync_folder(dir)?;
        let end = file.stream_position()?;
        let (key, rng) = (key.clone(), Arc::clone(&environment.rng));
        Ok((Self { file, end, is_torn: false, device, spool, key, signer, rng, n: 0 }, path))
    }

    /// Seals event lines and appends them: they are on the disk when this returns. After a failure it may be
    /// called again with the same lines.
    ///
    /// # Errors
    /// [`CoreError::DiskFull`], or when the disk fails otherwise; then none of them counts as written.
    pub(crate) fn append<S: AsRef<str>>(&mut self, lines: &[S]) -> Result<(), CoreError> {
        let mut frames = Vec::new();
        for (n, line) in (self.n + 1..).zip(lines) {
            let record = SpoolRecord::seal(self.device, self.spool, n, line.as_ref(), &self.key, &*self.rng);
            let record = record.map_err(CoreError::storage)?;
            let record = self.signer.iter().fold(record, SpoolRecord::signed);
            frames.extend(record.to_frame().map_err(CoreError::storage)?);
        }
        if let Err(error) = self.write(&frames) {
            self.is_torn = self.file.set_len(self.end).is_err(); // what did not count is not to be sent
            return Err(error.into());
        }
        self.is_torn = false;
        self.end += u64::try_from(frames.len()).unwrap_or(0);
        self.n += u64::try_from(lines.len()).unwrap_or(0);
        Ok(())
    }

    /// How many records it holds.
    pub(crate) fn records(&self) -> u64 {
        self.n
    }

    fn write(&mut self, frames: &[u8]) -> std::io::Result<()> {
        if self.is_torn {
            self.file.set_len(self.end)?;
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(frames)?;
        self.file.sync_data()
    }

    /// Writes to another file from now on.
    #[cfg(test)]
    pub(crate) fn turn_to(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }
}

/// Signs what stand-ins of `device` wrote into the files of `dir`, before its key is gone: who comes after it may
/// bring that to headquarters then.
pub(crate) fn sign_all(dir: &Path, device: DeviceId, key: &SigningKey) -> Result<(), CoreError> {
    for path in spool_paths(dir)? {
        sign(&path, device, key)?;
    }
    Ok(())
}

fn sign(path: &Path, device: DeviceId, key: &SigningKey) -> Result<(), CoreError> {
    let spool = Spool::read(&fs::read(path)?);
    let records: Result<Vec<SpoolRecord>, _> = spool.lines.iter().map(|line| serde_json::from_str(line)).collect();
    let is_due = |record: &SpoolRecord| record.device == device && !record.is_signed();
    let Some(records) = records.ok().filter(|records| records.iter().any(is_due)) else { return Ok(()) };
    let mut bytes = SPOOL_HEAD.to_vec();
    for record in records {
        let record = if is_due(&record) { record.signed(key) } else { record };
        bytes.extend(record.to_frame().map_err(CoreError::storage)?);
    }
    Ok(files::replace(path, &bytes)?)
}
