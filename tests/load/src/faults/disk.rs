//! A disk that is watched: everything that was asked of the files of one folder, in order, and the troubles
//! that it is to have.

use super::vfs;
use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

/// A file, whatever its name is by now.
pub(crate) type FileId = usize;

/// One thing that was asked of the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// A file came to be under this name.
    Create { file: FileId, name: String },
    /// Bytes from `at` on.
    Write { file: FileId, at: u64, bytes: Vec<u8> },
    /// The file is as long as this.
    Truncate { file: FileId, bytes: u64 },
    /// All of the file is durable; with `folder` the names are too.
    Sync { file: FileId, folder: bool },
    /// It was to be made durable and was not: what was not yet may be gone for good, whatever is synced later.
    SyncFailed { file: FileId },
    /// A name went; with `folder` the names are durable.
    Delete { name: String, folder: bool },
    /// The program was told that an act is done.
    Acknowledged,
}

/// What may be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Write,
    Truncate,
    Sync,
    Delete,
}

/// What a disk says when it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room left.
    Full,
    /// A write fails.
    Write,
    /// What was written does not become durable.
    Sync,
    /// No file is made shorter or deleted.
    Cut,
    /// No file is opened.
    Open,
}

impl Trouble {
    pub(crate) const ALL: [Self; 5] = [Self::Full, Self::Write, Self::Sync, Self::Cut, Self::Open];

    fn code(self, kind: Kind) -> Option<c_int> {
        match (self, kind) {
            (Self::Full, Kind::Write) => Some(ffi::SQLITE_FULL),
            (Self::Write, Kind::Write) => Some(ffi::SQLITE_IOERR_WRITE),
            (Self::Sync, Kind::Sync) => Some(ffi::SQLITE_IOERR_FSYNC),
            (Self::Open, Kind::Open) => Some(ffi::SQLITE_CANTOPEN),
            (Self::Cut, Kind::Truncate) => Some(ffi::SQLITE_IOERR_TRUNCATE),
            (Self::Cut, Kind::Delete) => Some(ffi::SQLITE_IOERR_DELETE),
            _ => None,
        }
    }
}

/// A trouble that begins with the request `at`, counted among those that it can refuse, and ends after `times`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spell {
    pub(crate) trouble: Trouble,
    pub(crate) at: u64,
    pub(crate) times: u64,
}

#[derive(Default)]
struct State {
    ops: Vec<Op>,
    names: BTreeMap<String, FileId>,
    files: FileId,
    spell: Option<Spell>,
    asked: u64,
    refused: u64,
}

/// A watched folder.
pub(crate) struct Disk {
    folder: PathBuf,
    keeps_record: bool,
    state: Mutex<State>,
}

/// The folders that are watched.
static WATCHED: Mutex<BTreeMap<PathBuf, Arc<Disk>>> = Mutex::new(BTreeMap::new());

/// Who watches the folder of `path`, and what the file is called in there.
pub(crate) fn watching(path: &Path) -> Option<(Arc<Disk>, String)> {
    let disk = hold(&WATCHED).get(path.parent()?).cloned()?;
    Some((disk, path.file_name()?.to_str()?.to_owned()))
}

/// Watches a folder as long as it lives.
pub(crate) struct Watch(Arc<Disk>);

impl Watch {
    /// Watches `folder` and writes down everything. What lies there already counts as durable.
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        Self::new(folder, true)
    }

    /// Watches `folder` only to spare the real disk.
    pub(crate) fn idly(folder: &Path) -> io::Result<Self> {
        Self::new(folder, false)
    }

    fn new(folder: &Path, keeps_record: bool) -> io::Result<Self> {
        vfs::install();
        let folder = folder.canonicalize()?; // SQLite asks for files by their real paths
        let disk = Arc::new(Disk { folder: folder.clone(), keeps_record, state: Mutex::default() });
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let file = disk.opened(&entry.file_name().to_string_lossy());
            disk.wrote(file, 0, &fs::read(entry.path())?);
            disk.synced(file, true, true);
        }
        hold(&WATCHED).insert(folder, Arc::clone(&disk));
        Ok(Self(disk))
    }
}

impl std::ops::Deref for Watch {
    type Target = Disk;

    fn deref(&self) -> &Disk {
        &self.0
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        hold(&WATCHED).remove(&self.0.folder);
    }
}

impl Disk {
    /// The program was told that an act is done.
    pub(crate) fn acknowledge(&self) {
        self.record(&mut hold(&self.state), Op::Acknowledged);
    }

    /// How many things were asked so far.
    pub(crate) fn len(&self) -> usize {
        hold(&self.state).ops.len()
    }

    /// Everything that was asked, in order.
    pub(crate) fn take(&self) -> Vec<Op> {
        std::mem::take(&mut hold(&self.state).ops)
    }

    /// From now on the disk has a trouble, or none.
    pub(crate) fn has(&self, spell: Option<Spell>) {
        let mut state = hold(&self.state);
        (state.spell, state.asked, state.refused) = (spell, 0, 0);
    }

    /// Does something beside what the disk has, as whoever looks on does.
    pub(crate) fn while_well<T>(&self, work: impl FnOnce() -> T) -> T {
        let spell = hold(&self.state).spell.take();
        let done = work();
        hold(&self.state).spell = spell;
        done
    }

    /// How often it has refused since its trouble began.
    pub(crate) fn refused(&self) -> u64 {
        hold(&self.state).refused
    }

    /// The code with which a request is refused.
    pub(crate) fn refuses(&self, kind: Kind) -> Option<c_int> {
        let mut state = hold(&self.state);
        let spell = state.spell?;
        let code = spell.trouble.code(kind)?;
        state.asked += 1;
        let in_trouble = (spell.at..spell.at.saturating_add(spell.times)).contains(&state.asked);
        state.refused += u64::from(in_trouble);
        in_trouble.then_some(code)
    }

    /// The file of this name, a new one where there is none.
    pub(crate) fn opened(&self, name: &str) -> FileId {
        let mut state = hold(&self.state);
        if let Some(file) = state.names.get(name) {
            return *file;
        }
        let file = state.files;
        state.files += 1;
        state.names.insert(name.to_owned(), file);
        self.record(&mut state, Op::Create { file, name: name.to_owned() });
        file
    }

    pub(crate) fn deleted(&self, name: &str, folder: bool) {
        let mut state = hold(&self.state);
        state.names.remove(name);
        self.record(&mut state, Op::Delete { name: name.to_owned(), folder });
    }

    pub(crate) fn wrote(&self, file: FileId, at: u64, bytes: &[u8]) {
        if self.keeps_record {
            self.record(&mut hold(&self.state), Op::Write { file, at, bytes: bytes.to_vec() });
        }
    }

    pub(crate) fn truncated(&self, file: FileId, bytes: u64) {
        self.record(&mut hold(&self.state), Op::Truncate { file, bytes });
    }

    pub(crate) fn synced(&self, file: FileId, worked: bool, folder: bool) {
        let op = if worked { Op::Sync { file, folder } } else { Op::SyncFailed { file } };
        self.record(&mut hold(&self.state), op);
    }

    fn record(&self, state: &mut State, op: Op) {
        if self.keeps_record {
            state.ops.push(op);
        }
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
