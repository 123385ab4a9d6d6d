//! Moves the log into the file beside the writer.
//!
//! By itself SQLite lets the commit that finds the log long move it, and whoever made that commit waits for a
//! thousand scattered pages to reach the disk: a clerk would feel that tap. Here a commit only asks. The log
//! holds everything until it has been moved, so nothing is lost when moving fails; the next commit asks again.

use crate::OpenError;
use crate::mark::Mark;
use parking_lot::{Mutex, MutexGuard};
use rusqlite::hooks::Wal;
use rusqlite::{Connection, Row};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

/// Pages of the log from which it is moved: SQLite's own measure.
const LONG: i32 = 1_000;
/// The log begins anew only once all of it has been moved, which a writer that never rests keeps from
/// happening. From this length on its own commit moves what is left.
const TOO_LONG: i32 = 16 * LONG;

/// The thread that moves the log of one database.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    thread: Option<JoinHandle<()>>,
    /// Who comes second does not find the log moved, but busy.
    moving: Arc<Mutex<()>>,
}

impl Checkpointer {
    /// Lets every commit of `writer` ask for the log to be moved by a connection that `open` makes, later and
    /// beside whatever the caller does next. Where it cannot be had the commits move the log themselves.
    ///
    /// # Errors
    /// When the hook cannot be set.
    pub(crate) fn start(
        writer: &mut Connection,
        mark: Arc<Mark>,
        open: impl FnOnce() -> Result<Connection, OpenError> + Send + 'static,
    ) -> rusqlite::Result<Self> {
        let (ask, asked) = sync_channel(1);
        let moving = Arc::new(Mutex::new(()));
        let (beside_it, beside_commits, noted) = (Arc::clone(&moving), Arc::clone(&moving), Arc::clone(&mark));
        writer.wal_hook(Some(move |log: &mut Wal, pages| {
            note(&mark, pages);
            committed(log, pages, &ask, &beside_commits, &mark);
            Ok(())
        }))?;
        let thread = thread::Builder::new().name("checkpoint".into()).spawn(move || match open() {
            Ok(beside) => work(&beside, &asked, &beside_it, &noted),
            Err(error) => tracing::warn!(error = ?error, "commits move the log themselves"),
        });
        if let Err(error) = &thread {
            tracing::warn!(error = ?error, "commits move the log themselves");
        }
        Ok(Self { thread: thread.ok(), moving })
    }

    /// Keeps others from moving the log.
    pub(crate) fn alone(&self) -> MutexGuard<'_, ()> {
        self.moving.lock()
    }

    /// Ends the thread and waits until its connection is closed. Connections that close at the same time each
    /// take the other for one at work, and none of them puts the log away.
    pub(crate) fn stop(&mut self, writer: &mut Connection) {
        if let Err(error) = writer.wal_hook(None::<fn(&mut Wal, i32) -> rusqlite::Result<()>>) {
            return tracing::warn!(error = ?error, "the thread that moves the log goes on");
        }
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that moves the log has panicked");
        }
    }
}

/// A note that is behind is harmless.
fn note(mark: &Mark, pages: i32) {
    if let Err(error) = mark.note(pages.unsigned_abs()) {
        tracing::warn!(error = ?error, "the length of the log is not noted");
    }
}

fn committed(log: &mut Wal, pages: i32, ask: &SyncSender<()>, moving: &Mutex<()>, mark: &Mark) {
    if pages >= TOO_LONG {
        let _alone = moving.lock();
        move_now(log, mark);
    } else if pages >= LONG {
        match ask.try_send(()) {
            Ok(()) | Err(TrySendError::Full(())) => {}
            Err(TrySendError::Disconnected(())) => move_now(log, mark),
        }
    }
}

fn move_now(log: &mut Wal, mark: &Mark) {
    moved(log.checkpoint());
    forget(mark);
}

fn work(beside: &Connection, asked: &Receiver<()>, moving: &Mutex<()>, mark: &Mark) {
    while asked.recv().is_ok() {
        let _alone = moving.lock();
        let move_it = |row: &Row<'_>| Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?);
        match beside.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], move_it) {
            // The next commit may write the head of the log anew, and power may fail in that.
            Ok(true) => forget(mark),
            is_whole => moved(is_whole.map(drop)),
        }
    }
}

fn forget(mark: &Mark) {
    if let Err(error) = mark.forget() {
        tracing::warn!(error = ?error, "the length of the log stays noted");
    }
}

fn moved(result: rusqlite::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(error = ?error, "the log was not moved");
    }
}
