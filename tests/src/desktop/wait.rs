//! Waiting with a limit, for what can be observed.

use anyhow::{Result, anyhow};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the window may take to show what a journey waits for. Far above any budget of the product: a test
/// that fails here has found something that never comes.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub(super) const POLL: Duration = Duration::from_millis(20);

/// Asks until there is an answer. A failed question is asked again: pages change under it.
///
/// # Errors
/// When there is none within `patience`, with the last failure if there was one.
pub async fn eventually<T>(
    what: &str,
    patience: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        let failure = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() > deadline {
            let late = format!("waited {patience:?} in vain: {what}");
            return Err(failure.map_or_else(|| anyhow!("{late}"), |error| error.context(late.clone())));
        }
        sleep(POLL).await;
    }
}
