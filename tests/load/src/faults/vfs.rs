//! A file system for SQLite that lies between it and the real one, in every connection of this process.
//!
//! Files in a folder that a [`Disk`] watches are written down there before they are written, and refused when
//! the disk is to have a trouble. Everything else, locks and shared memory too, passes through. A watched file
//! is never brought to the real disk: the machine of the test is not cut, and that is what makes a cut cheap.
#![expect(unsafe_code, reason = "SQLite reaches a file system through C function pointers")]

use super::disk::{self, Disk, FileId, Kind};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

static REAL: AtomicPtr<sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// What SQLite takes for an open file. The real one lies right behind it in the same piece of memory, which
/// SQLite aligns for pointers: two of those leave it aligned.
#[repr(C)]
struct Opened {
    base: sqlite3_file,
    watched: *mut Watched,
}

/// A file that somebody watches.
struct Watched {
    disk: Arc<Disk>,
    file: FileId,
    /// The real file system brings the folder to the disk with the first sync of a new log or journal.
    syncs_folder: AtomicBool,
}

/// Becomes the file system of every connection that is opened from now on.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        drop(rusqlite::Connection::open_in_memory()); // the first connection readies SQLite and its cipher
        // SAFETY: SQLite is ready, so the default file system exists, and it lives as long as the process.
        let registered = unsafe {
            let real = ffi::sqlite3_vfs_find(ptr::null());
            REAL.store(real, Ordering::Release);
            let own_bytes = c_int::try_from(size_of::<Opened>()).unwrap_or(c_int::MAX);
            let ours = sqlite3_vfs {
                szOsFile: (*real).szOsFile + own_bytes,
                pNext: ptr::null_mut(),
                zName: c"floorbook-faults".as_ptr(),
                xOpen: Some(open),
                xDelete: Some(delete),
                ..*real
            };
            ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1) // SQLite keeps it for good
        };
        assert_eq!(registered, ffi::SQLITE_OK, "the file system is taken");
    });
}

/// The real file of one of ours.
///
/// # Safety
/// `file` was given to [`open`], so it lies in a piece of memory of `szOsFile` bytes.
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: see above; the real file begins where ours ends.
    unsafe { file.cast::<Opened>().add(1).cast() }
}

/// Who watches a file, if anybody.
///
/// # Safety
/// `file` was opened by [`open`] and is not closed yet, so `watched` is null or what `open` leaked.
unsafe fn watched<'a>(file: *mut sqlite3_file) -> Option<&'a Watched> {
    // SAFETY: see above; it is freed by `close` alone, after which SQLite calls nothing on the file.
    unsafe { (*file.cast::<Opened>()).watched.as_ref() }
}

/// The path of a file, where it has one that we can read.
///
/// # Safety
/// `name` is null or a C string that outlives the call.
unsafe fn path<'a>(name: *const c_char) -> Option<&'a Path> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and SQLite ends its names with a zero.
    unsafe { CStr::from_ptr(name) }.to_str().ok().map(Path::new)
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let vfs = REAL.load(Ordering::Acquire);
    // SAFETY: SQLite gives `szOsFile` bytes for the file and a name as `path` wants it. `vfs` was stored before
    // ours was registered. Where the real open fails, SQLite does not touch a file without methods again.
    unsafe {
        let ours = file.cast::<Opened>();
        ours.write(Opened { base: sqlite3_file { pMethods: ptr::null() }, watched: ptr::null_mut() });
        let place = path(name).and_then(disk::watching);
        if let Some((disk, _)) = &place
            && let Some(code) = disk.refuses(Kind::Open)
        {
            return code;
        }
        let Some(open_real) = (*vfs).xOpen else { return ffi::SQLITE_CANTOPEN };
        let code = open_real(vfs, name, real(file), flags, out);
        if code != ffi::SQLITE_OK {
            return code;
        }
        if let Some((disk, name)) = place {
            let is_log = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
            let file = disk.opened(&name);
            let syncs_folder = AtomicBool::new(is_log && flags & ffi::SQLITE_OPEN_CREATE != 0);
            (*ours).watched = Box::into_raw(Box::new(Watched { disk, file, syncs_folder }));
        }
        (*ours).base.pMethods = &raw const METHODS;
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, with_folder: c_int) -> c_int {
    let vfs = REAL.load(Ordering::Acquire);
    // SAFETY: `vfs` was stored before ours was registered, and `name` is SQLite's.
    unsafe {
        let place = path(name).and_then(disk::watching);
        if let Some((disk, _)) = &place
            && let Some(code) = disk.refuses(Kind::Delete)
        {
            return code;
        }
        let Some(delete_real) = (*vfs).xDelete else { return ffi::SQLITE_IOERR_DELETE };
        let code = delete_real(vfs, name, 0);
        if let (ffi::SQLITE_OK, Some((disk, name))) = (code, place) {
            disk.deleted(&name, with_folder != 0);
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once. `watched` was leaked by `open`, or is null.
    unsafe {
        let ours = file.cast::<Opened>();
        let watched = std::mem::replace(&mut (*ours).watched, ptr::null_mut());
        if !watched.is_null() {
            drop(Box::from_raw(watched));
        }
        close_real(file)
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, bytes: *const c_void, count: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: the file is open, and SQLite gives `count` bytes.
    unsafe {
        if let Some(Watched { disk, file: id, .. }) = watched(file) {
            let written = std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(count).unwrap_or(0));
            let refused = disk.refuses(Kind::Write);
            // A disk that fills up takes the beginning of what no longer fits.
            let taken = if refused.is_some() { written.len() / 2 } else { written.len() };
            let (taken, _) = written.split_at(taken);
            disk.wrote(*id, u64::try_from(at).unwrap_or(0), taken);
            if let Some(code) = refused {
                let half = write_real(file, bytes, c_int::try_from(taken.len()).unwrap_or(0), at);
                return if half == ffi::SQLITE_OK { code } else { half };
            }
        }
        write_real(file, bytes, count, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, bytes: sqlite3_int64) -> c_int {
    // SAFETY: the file is open.
    unsafe {
        if let Some(Watched { disk, file: id, .. }) = watched(file) {
            if let Some(code) = disk.refuses(Kind::Truncate) {
                return code;
            }
            disk.truncated(*id, u64::try_from(bytes).unwrap_or(0));
        }
        truncate_real(file, bytes)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the file is open.
    unsafe {
        let Some(Watched { disk, file: id, syncs_folder }) = watched(file) else { return sync_real(file, flags) };
        let refused = disk.refuses(Kind::Sync);
        let with_folder = refused.is_none() && syncs_folder.swap(false, Ordering::Relaxed);
        disk.synced(*id, refused.is_none(), with_folder);
        refused.unwrap_or(ffi::SQLITE_OK)
    }
}

/// Functions that hand a call on to the real file.
macro_rules! hand_on {
    ($($name:ident: $method:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> c_int {
            // SAFETY: SQLite calls this on open files alone, whose real file is open too; what it gives is handed on.
            unsafe {
                let real = real(file);
                let Some(method) = (*(*real).pMethods).$method else { return ffi::SQLITE_IOERR };
                method(real $(, $argument)*)
            }
        }
    )*};
}

hand_on! {
    close_real: xClose();
    read: xRead(bytes: *mut c_void, count: c_int, at: sqlite3_int64);
    write_real: xWrite(bytes: *const c_void, count: c_int, at: sqlite3_int64);
    truncate_real: xTruncate(bytes: sqlite3_int64);
    sync_real: xSync(flags: c_int);
    file_size: xFileSize(bytes: *mut sqlite3_int64);
    lock: xLock(level: c_int);
    unlock: xUnlock(level: c_int);
    check_reserved_lock: xCheckReservedLock(out: *mut c_int);
    file_control: xFileControl(op: c_int, argument: *mut c_void);
    sector_size: xSectorSize();
    characteristics: xDeviceCharacteristics();
    shm_map: xShmMap(page: c_int, bytes: c_int, extend: c_int, out: *mut *mut c_void);
    shm_lock: xShmLock(offset: c_int, count: c_int, flags: c_int);
    shm_unmap: xShmUnmap(delete: c_int);
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: as in `hand_on`.
    unsafe {
        let real = real(file);
        if let Some(method) = (*(*real).pMethods).xShmBarrier {
            method(real);
        }
    }
}

/// Version 2: without the memory maps of version 3, which would write past us.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
