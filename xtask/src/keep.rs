//! Where a run keeps its data.

use crate::steps::root;
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folders of one run: `device/`, `hq/`, `keyring/`, `pictures/`.
#[derive(Debug)]
pub(crate) struct Keep {
    folder: PathBuf,
    pictures: PathBuf,
    // Removes the data of a run that nobody asked to keep.
    _passing: Option<TempDir>,
}

impl Keep {
    /// Keeps everything in `folder`, or nothing but the pictures.
    pub(crate) fn new(folder: Option<&Path>) -> Result<Self> {
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
            let folder = folder.canonicalize()?;
            return Ok(Self { pictures: folder.join("pictures"), folder, _passing: None });
        }
        let passing = tempfile::Builder::new().prefix("floorbook-run-").tempdir()?;
        let pictures = root().join("target/run");
        if pictures.exists() {
            fs::remove_dir_all(&pictures)?;
        }
        Ok(Self { folder: passing.path().to_path_buf(), pictures, _passing: Some(passing) })
    }

    /// The data of the device.
    pub(crate) fn device(&self) -> PathBuf {
        self.folder.join("device")
    }

    /// The data of headquarters.
    pub(crate) fn hq(&self) -> PathBuf {
        self.folder.join("hq")
    }

    /// The keyring's own files, where there is no desktop.
    #[cfg(target_os = "linux")]
    pub(crate) fn keyring(&self) -> PathBuf {
        self.folder.join("keyring")
    }

    /// The pictures of the screens.
    #[cfg(target_os = "linux")]
    pub(crate) fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// Whether the data stays after this run.
    #[cfg(target_os = "linux")]
    pub(crate) fn stays(&self) -> bool {
        self._passing.is_none()
    }
}
