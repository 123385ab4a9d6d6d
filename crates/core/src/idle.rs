//! Visits that nobody closed: a rule closes them as estimated, also while the device is locked.

use crate::CoreError;
use floorbook_ledger::Book;
use floorbook_model::VisitId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The rule speaks in minutes, so it is enough to look some times in one.
const PACE: Duration = Duration::from_secs(20);

/// Looks again and again, and wakes `changed` when a card went. Works until it is dropped.
pub(crate) async fn keep_closing(book: Arc<Book>, idle_ms: i64, changed: watch::Sender<()>) {
    let mut pace = tokio::time::interval(PACE);
    loop {
        pace.tick().await;
        let book = Arc::clone(&book);
        let closed = tokio::task::spawn_blocking(move || close(&book, idle_ms)).await;
        match closed {
            Ok(Ok(closed)) if closed.is_empty() => {}
            Ok(Ok(_)) => changed.send_replace(()),
            Ok(Err(error)) => tracing::warn!(error = ?error, "forgotten visits were not closed"),
            Err(error) => tracing::error!(error = %error, "closing forgotten visits failed"),
        }
    }
}

/// Visits that another boot left open come onto the steady clock first.
pub(crate) fn close(book: &Book, idle_ms: i64) -> Result<Vec<VisitId>, CoreError> {
    book.anchor_running()?;
    Ok(book.close_idle(idle_ms)?)
}
