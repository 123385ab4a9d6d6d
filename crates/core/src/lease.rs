//! A device that headquarters has not heard of for long is not trusted as before: it opens for managers
//! alone, and where the store's rules say so it ends.

use crate::CoreError;
use floorbook_ledger::Book;
use floorbook_model::Clock;
use floorbook_protocol::{Policy, Role};
use floorbook_sync::HEARD;

/// Kept in the ledger: when a manager last signed in after that was too long ago.
const VOUCHED: &str = "lease.vouched_ms";

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// So long clerks may sign in once a manager has.
const VOUCHED_FOR_MS: i64 = DAY_MS;

/// A lease begins with the first start, if headquarters was never heard.
pub(crate) fn begin(book: &Book, clock: &dyn Clock) -> Result<(), CoreError> {
    if book.ledger().meta(HEARD)?.is_some() {
        return Ok(());
    }
    Ok(book.ledger().set_meta(&[(HEARD, &now_ms(book, clock)?.to_string())])?)
}

/// Whether somebody of this role may sign in. A manager who does lets clerks in for a day.
pub(crate) fn admit(book: &Book, policy: &Policy, role: Role, clock: &dyn Clock) -> Result<(), CoreError> {
    let Some(days) = policy.manager_after_days else { return Ok(()) };
    if !has_passed(book, HEARD, i64::from(days) * DAY_MS, clock)? {
        return Ok(());
    }
    match role {
        Role::Manager => Ok(book.ledger().set_meta(&[(VOUCHED, &now_ms(book, clock)?.to_string())])?),
        Role::Clerk if has_passed(book, VOUCHED, VOUCHED_FOR_MS, clock)? => Err(CoreError::LeaseOver),
        Role::Clerk => Ok(()),
    }
}

/// Whether the store's rules want the device to end now.
pub(crate) fn is_over(book: &Book, policy: &Policy, clock: &dyn Clock) -> Result<bool, CoreError> {
    match policy.wipe_after_days {
        Some(days) => has_passed(book, HEARD, i64::from(days) * DAY_MS, clock),
        None => Ok(false),
    }
}

/// Whether so much time has passed since what is kept under `key`; it has where nothing is.
fn has_passed(book: &Book, key: &str, span_ms: i64, clock: &dyn Clock) -> Result<bool, CoreError> {
    let since_ms = book.ledger().meta(key)?.and_then(|text| text.parse::<i64>().ok());
    let now_ms = now_ms(book, clock)?;
    Ok(since_ms.is_none_or(|since_ms| now_ms.saturating_sub(since_ms) >= span_ms))
}

/// Setting the clock back behind the last event gains nothing.
fn now_ms(book: &Book, clock: &dyn Clock) -> Result<i64, CoreError> {
    Ok(clock.wall_ms().max(book.latest_ms()?))
}
