//! How far the log was durable, noted beside the database after each commit. A log that is read shorter than
//! that was not cut by a loss of power, for the note comes after the commit is on the disk: it has changed since.
//!
//! The note itself is not brought to the disk: it may stay behind the log, and never goes ahead of it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Where the salt stands in the head of a log: <https://www.sqlite.org/fileformat2.html#walformat>.
const SALT_AT: u64 = 16;
const NOTE_BYTES: usize = 16;

/// A length of a log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length {
    /// Salt of the log: another one when it has begun anew.
    pub(crate) salt: [u8; 8],
    /// Frames.
    pub(crate) frames: u32,
}

impl Length {
    /// With the frames once more, turned round: half a note is none.
    fn to_bytes(self) -> [u8; NOTE_BYTES] {
        let mut bytes = [0; NOTE_BYTES];
        let (salt, frames) = bytes.split_at_mut(8);
        salt.copy_from_slice(&self.salt);
        let (plain, turned) = frames.split_at_mut(4);
        plain.copy_from_slice(&self.frames.to_be_bytes());
        turned.copy_from_slice(&(!self.frames).to_be_bytes());
        bytes
    }

    fn read([a, b, c, d, e, f, g, h, frames @ ..]: [u8; NOTE_BYTES]) -> Option<Self> {
        let [i, j, k, l, m, n, o, p] = frames;
        let frames = u32::from_be_bytes([i, j, k, l]);
        let is_whole = !frames == u32::from_be_bytes([m, n, o, p]);
        is_whole.then_some(Self { salt: [a, b, c, d, e, f, g, h], frames })
    }
}

/// The note of an open database. Its file is opened each time: another program that closes the same database may
/// have taken it away.
#[derive(Debug)]
pub(crate) struct Mark {
    path: PathBuf,
    log: PathBuf,
}

impl Mark {
    /// That of the database at `path`.
    pub(crate) fn of(path: &Path) -> Self {
        Self { path: beside(path, "-mark"), log: beside(path, "-wal") }
    }

    /// So many frames of the log are durable.
    pub(crate) fn note(&self, frames: u32) -> io::Result<()> {
        let (mut log, mut salt) = (File::open(&self.log)?, [0; 8]);
        log.seek(io::SeekFrom::Start(SALT_AT))?;
        log.read_exact(&mut salt)?;
        self.write(Length { salt, frames }).map(drop)
    }

    /// The log is about to be cut or taken away: it may be of any length.
    pub(crate) fn forget(&self) -> io::Result<()> {
        self.write(Length { salt: [0; 8], frames: 0 })?.sync_data()
    }

    /// The same, for good.
    pub(crate) fn remove(&self) -> io::Result<()> {
        self.forget()?;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn write(&self, length: Length) -> io::Result<File> {
        let mut file = File::options().write(true).create(true).truncate(false).open(&self.path)?;
        file.write_all(&length.to_bytes())?;
        Ok(file)
    }
}

/// What was noted last; `None` where nothing is, or half of it.
pub(crate) fn noted(path: &Path) -> io::Result<Option<Length>> {
    let mut bytes = [0; NOTE_BYTES];
    match File::open(beside(path, "-mark")).and_then(|mut file| file.read_exact(&mut bytes)) {
        Ok(()) => Ok(Length::read(bytes).filter(|length| length.frames > 0)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(None),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
