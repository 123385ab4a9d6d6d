//! A device that headquarters has not heard of for long is not trusted as before: it opens for managers
//! alone, and where the store's rules say so it ends.

use crate::CoreError;
use floorbook_ledger::{Book, Silence};
use floorbook_protocol::{Policy, Role};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// So long clerks may sign in once a manager has.
const VOUCHED_FOR_MS: i64 = DAY_MS;

/// A lease begins with the first start, if headquarters was never heard. Every start notes where the clocks are.
pub(crate) fn begin(book: &Book) -> Result<(), CoreError> {
    match book.heard_ms()? {
        None => book.hear(0)?,
        Some(_) => {
            noted(book)?;
        }
    }
    Ok(())
}

/// Whether somebody of this role may sign in. A manager who does lets clerks in for a day.
pub(crate) fn admit(book: &Book, policy: &Policy, role: Role) -> Result<(), CoreError> {
    let (Some(days), silence) = (policy.manager_after_days, book.silence()?) else { return Ok(()) };
    if silence.shown_ms < i64::from(days) * DAY_MS {
        return Ok(());
    }
    match role {
        Role::Manager => Ok(book.vouch()?),
        Role::Clerk if silence.vouched_ms.is_none_or(|ms| ms >= VOUCHED_FOR_MS) => Err(CoreError::LeaseOver),
        Role::Clerk => Ok(()),
    }
}

/// Notes how long headquarters has been silent, and whether the store's rules want the device to end now.
pub(crate) fn is_over(book: &Book, policy: &Policy) -> Result<bool, CoreError> {
    let silence = noted(book)?;
    Ok(policy.wipe_after_days.is_some_and(|days| silence.sure_ms >= i64::from(days) * DAY_MS))
}

/// A full disk keeps nobody from looking.
fn noted(book: &Book) -> Result<Silence, CoreError> {
    let noted = book.note_silence().or_else(|error| {
        tracing::error!(error = %error, "how long headquarters is silent could not be noted");
        book.silence()
    });
    Ok(noted?)
}
