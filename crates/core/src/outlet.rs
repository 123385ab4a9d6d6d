//! Where what is logged goes.

use crate::CoreError;
use crate::device::hold;
use crate::spool::SpoolFile;
use floorbook_ledger::Book;
use floorbook_sync::{HttpTransport, Phase, PhoneLine, Status, Syncer};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Lines that are sealed at a time.
const LINES: usize = 1_000;

/// Where what is logged goes.
#[derive(Clone)]
pub(crate) enum Outlet {
    /// To headquarters, in the background.
    Hq(Arc<Syncer<HttpTransport>>),
    /// Into a spool file, before it counts: the key is away.
    Spool(Arc<Spooler>),
}

/// Seals what is logged into a file.
pub(crate) struct Spooler {
    book: Arc<Book>,
    /// `None` once nothing more may be written to it.
    file: Mutex<Option<SpoolFile>>,
    changed: watch::Sender<()>,
    /// Why the key is away.
    pub(crate) why: CoreError,
}

impl Spooler {
    pub(crate) fn new(book: Arc<Book>, file: SpoolFile, why: CoreError) -> Self {
        Self { book, file: Mutex::new(Some(file)), changed: watch::Sender::new(()), why }
    }

    /// Seals everything that is in the book and not in the file yet. After a failure the next one makes up
    /// for it.
    fn settle(&self) -> Result<(), CoreError> {
        let mut file = hold(&self.file);
        let file = file.as_mut().ok_or(CoreError::WrongState)?;
        self.book.seal(i64::MAX)?;
        loop {
            let records = self.book.outbox(0, LINES, usize::MAX)?;
            if records.is_empty() {
                break;
            }
            file.append(&records.iter().map(|record| record.line.as_str()).collect::<Vec<_>>())?;
            self.book.handed_over(&records.iter().map(|record| record.n).collect::<Vec<_>>())?;
        }
        self.changed.send_replace(());
        Ok(())
    }

    /// Lets nothing more be written: from now on the file may be sent.
    fn close(&self) {
        *hold(&self.file) = None;
    }

    #[cfg(test)]
    pub(crate) fn with_file<T>(&self, work: impl FnOnce(&mut SpoolFile) -> T) -> T {
        work(hold(&self.file).as_mut().unwrap())
    }

    fn status(&self) -> Result<Status, CoreError> {
        let in_file = hold(&self.file).as_ref().map_or(0, SpoolFile::records);
        let waiting = in_file + self.book.counts()?.waiting;
        Ok(Status { phase: Phase::Idle, waiting, quarantined: 0, last_ok_ms: None, heard_ms: None })
    }
}

impl Outlet {
    /// A tap waits to be sealed.
    ///
    /// # Errors
    /// When it would not survive: the disk is full or fails. The next write makes up for it.
    pub(crate) fn tapped(&self) -> Result<(), CoreError> {
        match self {
            Self::Hq(syncer) => syncer.tapped(),
            Self::Spool(spooler) => spooler.settle()?,
        }
        Ok(())
    }

    /// An event waits to be sent.
    ///
    /// # Errors
    /// As [`Outlet::tapped`].
    pub(crate) fn written(&self) -> Result<(), CoreError> {
        match self {
            Self::Hq(syncer) => syncer.written(),
            Self::Spool(spooler) => spooler.settle()?,
        }
        Ok(())
    }

    /// Time did something by itself.
    ///
    /// # Errors
    /// As [`Outlet::tapped`].
    pub(crate) fn keep_up(&self) -> Result<(), CoreError> {
        match self {
            Self::Hq(_) => Ok(()), // it looks by itself
            Self::Spool(spooler) => spooler.settle(),
        }
    }

    /// Sends everything now, where it can be sent.
    pub(crate) fn ask(&self) {
        match self {
            Self::Hq(syncer) => syncer.ask(),
            Self::Spool(_) => {}
        }
    }

    /// Until what the other devices had sent is here. While the key is away nothing of theirs comes.
    pub(crate) async fn caught_up(&self) {
        match self {
            Self::Hq(syncer) => syncer.caught_up().await,
            Self::Spool(_) => {}
        }
    }

    pub(crate) fn status(&self) -> Result<Status, CoreError> {
        match self {
            Self::Hq(syncer) => Ok(syncer.status()?),
            Self::Spool(spooler) => spooler.status(),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        match self {
            Self::Hq(syncer) => syncer.phase(),
            Self::Spool(_) => Phase::Idle,
        }
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        match self {
            Self::Hq(syncer) => syncer.changes(),
            Self::Spool(spooler) => spooler.changed.subscribe(),
        }
    }

    /// A line to headquarters for the page of a visitor's phone; `None` while the key is away.
    pub(crate) fn phone_line(&self) -> Option<PhoneLine<HttpTransport>> {
        match self {
            Self::Hq(syncer) => Some(syncer.phone_line()),
            Self::Spool(_) => None,
        }
    }

    /// Why the key is away; `None` while it is there.
    pub(crate) fn why(&self) -> Option<&CoreError> {
        match self {
            Self::Hq(_) => None,
            Self::Spool(spooler) => Some(&spooler.why),
        }
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        if let Self::Spool(spooler) = self {
            spooler.close();
        }
    }
}
