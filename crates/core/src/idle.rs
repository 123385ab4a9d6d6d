//! What time does by itself, also while the device is locked: a rule closes visits that nobody closed,
//! as estimated, and contacts that were kept long enough go.

use crate::outlet::Outlet;
use crate::{CoreError, rights};
use floorbook_ledger::Book;
use floorbook_model::{Clock, VisitId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The rule speaks in minutes, so it is enough to look some times in one.
const PACE: Duration = Duration::from_secs(20);

/// After a start it looks only once it knows what the other devices did meanwhile, or has waited so long for that.
const CAUGHT_UP_MAX: Duration = Duration::from_secs(5 * 60);

/// Looks again and again, and wakes `changed` when a card went. Works until it is dropped.
pub(crate) async fn keep_closing(
    book: Arc<Book>,
    outlet: Outlet,
    clock: Arc<dyn Clock>,
    idle_ms: i64,
    changed: watch::Sender<()>,
) {
    drop(tokio::time::timeout(CAUGHT_UP_MAX, outlet.caught_up()).await);
    let mut pace = tokio::time::interval(PACE);
    loop {
        pace.tick().await;
        let (book, outlet, clock) = (Arc::clone(&book), outlet.clone(), Arc::clone(&clock));
        let closed = tokio::task::spawn_blocking(move || {
            rights::tidy(&book, &*clock)?;
            close(&book, &outlet, idle_ms)
        })
        .await;
        match closed {
            Ok(Ok(closed)) if closed.is_empty() => {}
            Ok(Ok(_)) => changed.send_replace(()),
            Ok(Err(error)) => tracing::warn!(error = ?error, "forgotten visits were not closed"),
            Err(error) => tracing::error!(error = %error, "closing forgotten visits failed"),
        }
    }
}

/// Visits that another boot left open come onto the steady clock first.
pub(crate) fn close(book: &Book, outlet: &Outlet, idle_ms: i64) -> Result<Vec<VisitId>, CoreError> {
    book.anchor_running()?;
    let closed = book.close_idle(idle_ms)?;
    outlet.keep_up()?;
    Ok(closed)
}
