//! The clock on the wall of the shop, and a hand that sets it. Debian's `faketime` lies to the program and its web
//! view about the wall clock alone; the steady clocks of the system stay as they are.

use anyhow::{Context, Result, ensure};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where Debian puts it: a folder below this one, named after the machine's kind.
const LIBRARIES: &str = "/usr/lib";
const NAME: &str = "faketime/libfaketimeMT.so.1";

#[derive(Debug)]
pub(super) struct Wall {
    offset: PathBuf,
    program: PathBuf,
}

impl Wall {
    /// Hangs a clock in `folder` for `program`.
    pub(super) fn in_folder(folder: &Path, program: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let wall = Self { offset: folder.join("offset"), program: folder.join("floorbook") };
        wall.set(0)?;
        let script = format!(
            "#!/bin/sh\n\
             export LD_PRELOAD='{}' FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_CACHE_DURATION=1\n\
             export FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 FAKETIME_DONT_RESET=1\n\
             exec '{}' \"$@\"\n",
            library()?.display(),
            wall.offset.display(),
            program.display()
        );
        fs::write(&wall.program, script)?;
        fs::set_permissions(&wall.program, Permissions::from_mode(0o755))?;
        Ok(wall)
    }

    /// What to start instead of the program.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Sets the clock so many seconds ahead of the machine's.
    pub(super) fn set(&self, ahead_s: i64) -> Result<()> {
        let new = self.offset.with_extension("new");
        fs::write(&new, format!("{ahead_s:+}\n"))?;
        // In one go: it is read at any moment.
        Ok(fs::rename(new, &self.offset)?)
    }
}

fn library() -> Result<PathBuf> {
    let folders = fs::read_dir(LIBRARIES)?.filter_map(|entry| Some(entry.ok()?.path().join(NAME)));
    let found = folders.into_iter().find(|path| path.is_file());
    let found = found.context("there is no libfaketime: Debian's package faketime has it")?;
    ensure!(found.is_absolute(), "a path from the root");
    Ok(found)
}
