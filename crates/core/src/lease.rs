//! A device that headquarters has not heard of for long is not trusted as before: it opens for managers
//! alone, and where the store's rules say so it ends.

use crate::CoreError;
use floorbook_ledger::Ledger;
use floorbook_model::Clock;
use floorbook_protocol::{Policy, Role};
use floorbook_sync::HEARD;

/// Kept in the ledger: when a manager last signed in after that was too long ago.
const VOUCHED: &str = "lease.vouched_ms";

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// So long clerks may sign in once a manager has.
const VOUCHED_FOR_MS: i64 = DAY_MS;

/// A lease begins with the first start, if headquarters was never heard.
pub(crate) fn begin(ledger: &Ledger, clock: &dyn Clock) -> Result<(), CoreError> {
    if ledger.meta(HEARD)?.is_some() { Ok(()) } else { Ok(ledger.set_meta(&[(HEARD, &clock.wall_ms().to_string())])?) }
}

/// Whether somebody of this role may sign in. A manager who does lets clerks in for a day.
pub(crate) fn admit(ledger: &Ledger, policy: &Policy, role: Role, clock: &dyn Clock) -> Result<(), CoreError> {
    let Some(days) = policy.manager_after_days else { return Ok(()) };
    if !has_passed(ledger, HEARD, i64::from(days) * DAY_MS, clock)? {
        return Ok(());
    }
    match role {
        Role::Manager => Ok(ledger.set_meta(&[(VOUCHED, &clock.wall_ms().to_string())])?),
        Role::Clerk if has_passed(ledger, VOUCHED, VOUCHED_FOR_MS, clock)? => Err(CoreError::LeaseOver),
        Role::Clerk => Ok(()),
    }
}

/// Whether the store's rules want the device to end now.
pub(crate) fn is_over(ledger: &Ledger, policy: &Policy, clock: &dyn Clock) -> Result<bool, CoreError> {
    match policy.wipe_after_days {
        Some(days) => has_passed(ledger, HEARD, i64::from(days) * DAY_MS, clock),
        None => Ok(false),
    }
}

/// Whether so much time has passed since what is kept under `key`; it has where nothing is. Setting the
/// clock back behind the last event gains nothing.
fn has_passed(ledger: &Ledger, key: &str, span_ms: i64, clock: &dyn Clock) -> Result<bool, CoreError> {
    let Some(since_ms) = ledger.meta(key)?.and_then(|text| text.parse::<i64>().ok()) else { return Ok(true) };
    let now_ms = clock.wall_ms().max(ledger.latest_ms()?);
    Ok(now_ms.saturating_sub(since_ms) >= span_ms)
}
