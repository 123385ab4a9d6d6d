//! The order in which a run sends: what is written while it is on goes before all else, then what was written
//! today, then the backlog of earlier days.

use crate::SyncError;
use crate::drain::{BATCH_BYTES, blocking};
use floorbook_ledger::{Book, OutboxRecord};
use std::sync::Arc;

/// A stretch of the outbox that is sent oldest first: after one order number, up to another.
#[derive(Clone, Copy, Debug)]
struct Lane {
    after_n: i64,
    through_n: i64,
}

/// What a run has still to send.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    fresh: Lane,
    today: Lane,
    backlog: Lane,
    is_backlog_over: bool,
    /// Records of one batch.
    records_max: usize,
    /// The first batch of what waits is half as long: the second one is made ready while it is stored.
    is_first: bool,
}

impl Lanes {
    /// At the beginning of a run that began on the day of `now_ms`. At most `records_max` are given out at once.
    pub(crate) async fn of(book: &Arc<Book>, now_ms: i64, records_max: usize) -> Result<Self, SyncError> {
        let book = Arc::clone(book);
        let (before_today, newest) = blocking(move || Ok((book.before_today(now_ms)?, book.newest()?))).await?;
        Ok(Self {
            fresh: Lane { after_n: newest, through_n: i64::MAX },
            today: Lane { after_n: before_today, through_n: newest },
            backlog: Lane { after_n: 0, through_n: before_today },
            is_backlog_over: false,
            records_max,
            is_first: true,
        })
    }

    /// What was written since the run began, or since this was last asked.
    pub(crate) async fn fresh(&mut self, book: &Arc<Book>) -> Result<Vec<OutboxRecord>, SyncError> {
        self.fresh.next(book, self.records_max).await
    }

    /// The next of what waited when the run began.
    pub(crate) async fn waiting(&mut self, book: &Arc<Book>) -> Result<Vec<OutboxRecord>, SyncError> {
        let records_max = if self.is_first { self.records_max.div_ceil(2) } else { self.records_max };
        self.is_first = false;
        let mut records = self.today.next(book, records_max).await?;
        if records.is_empty() {
            records = self.backlog.next(book, records_max).await?;
        }
        self.is_backlog_over = records.is_empty();
        Ok(records)
    }

    /// Whether all that waited when the run began was given out.
    pub(crate) fn is_backlog_over(&self) -> bool {
        self.is_backlog_over
    }
}

impl Lane {
    async fn next(&mut self, book: &Arc<Book>, records_max: usize) -> Result<Vec<OutboxRecord>, SyncError> {
        let (book, Self { after_n, through_n }) = (Arc::clone(book), *self);
        let records = blocking(move || book.outbox_between(after_n, through_n, records_max, BATCH_BYTES)).await?;
        self.after_n = records.last().map_or(after_n, |last| last.n);
        Ok(records)
    }
}
