//! Another way to headquarters: what is unsent as one sealed file, that somebody carries.

use crate::device::Paired;
use crate::spool::SpoolFile;
use crate::{Access, CoreError, Device, Environment, files};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Folder of the device's folder in which the file lies.
const FOLDER: &str = "export";
/// Records that are sealed at a time.
const LINES: usize = 500;

/// A file for headquarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Where it lies.
    pub path: PathBuf,
    /// Events in it.
    pub records: u64,
}

impl Device {
    /// Seals every event that no receipt covers to headquarters, in a file that headquarters imports. Nothing
    /// leaves the outbox: what was imported is known already when it is sent. Contacts stay, for they can be
    /// erased until they are sent. An earlier file goes: what it held is in the new one, or was sent.
    /// `progress` is told how many of how many are sealed.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, [`CoreError::WrongState`] when headquarters gave no key to seal
    /// to, [`CoreError::DiskFull`], or when the disk or the database fails otherwise.
    pub fn export_unsent(&self, progress: impl Fn(u64, u64)) -> Result<Carried, CoreError> {
        self.allows(Access::Manager)?;
        let paired = self.paired()?;
        let folder = self.environment.dir.join(FOLDER);
        files::make_folder(&folder)?;
        let earlier = sealed_in(&folder)?;
        paired.book.seal(i64::MAX)?;
        paired.book.put_back()?;
        let path = paired.seal_unsent(&self.environment, &folder, &progress)?;
        for old in earlier {
            files::remove_if_there(&old)?;
        }
        Ok(path)
    }
}

impl Paired {
    fn seal_unsent(
        &self,
        environment: &Environment,
        folder: &Path,
        progress: &impl Fn(u64, u64),
    ) -> Result<Carried, CoreError> {
        let key = self.profile.spool_key.as_ref().ok_or(CoreError::WrongState)?;
        let (device, signer) = (self.book.origin().device, Some(self.root.signing_key()));
        let (mut file, path) = SpoolFile::create(environment, folder, device, device, key, signer)?;
        let (total, mut after_n) = (self.book.counts()?.waiting, 0);
        loop {
            let records = self.book.outbox(after_n, LINES, usize::MAX)?;
            let Some(last) = records.last() else { break };
            after_n = last.n;
            file.append(&records.iter().map(|record| record.line.as_str()).collect::<Vec<_>>())?;
            progress(file.records(), total.max(file.records()));
        }
        Ok(Carried { path, records: file.records() })
    }
}

fn sealed_in(folder: &Path) -> Result<Vec<PathBuf>, CoreError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("sealed")) {
            paths.push(path);
        }
    }
    Ok(paths)
}
