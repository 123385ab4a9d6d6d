//! One try at a PIN, step by step. Keyring, database and hash are handed in: the device and the siege
//! that the tests lay to it go through the very same steps.

use crate::CoreError;
use floorbook_ledger::Tries;
use floorbook_model::Recorded;

#[cfg(test)]
mod siege;

/// So many tries are free.
const FREE_TRIES: u32 = 5;
/// After so many in vain the PIN is shut.
const TRIES_MAX: u32 = 10;
const FIRST_WAIT_S: u32 = 30;

/// A PIN that is tried, and where the tries at it are counted.
pub(crate) trait Target {
    /// The tries in vain since the last right one: what the keyring says, and what the database says.
    fn counted(&self) -> [Tries; 2];
    /// Keeps them in the keyring.
    fn count_in_keyring(&mut self, tries: Tries) -> Result<(), CoreError>;
    /// Keeps them in the database.
    fn count_in_database(&mut self, tries: Tries) -> Result<(), CoreError>;
    /// Whether what is tried is the PIN.
    fn fits(&mut self) -> Result<bool, CoreError>;
}

/// Tries a PIN. The try is counted in both places before it is verified: ending the program in between
/// gives no try back, and where one of the places fails nothing is verified.
pub(crate) fn attempt(target: &mut impl Target, now: &Recorded) -> Result<(), CoreError> {
    let tries = stricter(target.counted(), now);
    match turn(tries, now) {
        Turn::Now => {}
        Turn::Wait(seconds) => return Err(CoreError::PinWait(seconds)),
        Turn::WaitAnew(seconds) => {
            count(target, after(tries.failures, now))?;
            return Err(CoreError::PinWait(seconds));
        }
        Turn::Never => return Err(CoreError::PinShut),
    }
    let failures = tries.failures.saturating_add(1);
    count(target, after(failures, now))?;
    if target.fits()? { count(target, Tries::default()) } else { Err(refusal(failures)) }
}

fn count(target: &mut impl Target, tries: Tries) -> Result<(), CoreError> {
    target.count_in_keyring(tries)?;
    target.count_in_database(tries)
}

/// Seconds to wait after so many tries in vain: none after the first four, then 30, doubling with each.
fn wait_s(failures: u32) -> u32 {
    failures.checked_sub(FREE_TRIES).map_or(0, |doublings| FIRST_WAIT_S << doublings.min(TRIES_MAX - FREE_TRIES))
}

fn refusal(failures: u32) -> CoreError {
    match wait_s(failures) {
        _ if failures >= TRIES_MAX => CoreError::PinShut,
        0 => CoreError::PinWrong,
        seconds => CoreError::PinWait(seconds),
    }
}

/// Whether a PIN may be tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// After so many seconds.
    Wait(u32),
    /// After the whole wait: the machine has started since, and its steady clock with it.
    WaitAnew(u32),
    /// Not until there is a new one.
    Never,
}

/// The same where nothing is ever shut.
pub(crate) fn slowed(tries: Tries, now: &Recorded) -> Turn {
    turn(Tries { failures: tries.failures.min(TRIES_MAX - 1), ..tries }, now)
}

/// The stricter of two counts: the more tries, and the wait that ends last.
pub(crate) fn stricter(counts: [Tries; 2], now: &Recorded) -> Tries {
    let failures = counts.map(|tries| tries.failures).into_iter().max().unwrap_or_default();
    let tried = counts.into_iter().filter(|tries| tries.failures > 0);
    let latest = tried.max_by_key(|tries| (tries.boot != now.boot, tries.since_ms));
    Tries { failures, ..latest.unwrap_or_default() }
}

/// Whose turn it is at `now` after `tries`.
fn turn(tries: Tries, now: &Recorded) -> Turn {
    if tries.failures >= TRIES_MAX {
        return Turn::Never;
    }
    let wait_s = wait_s(tries.failures);
    if wait_s == 0 {
        return Turn::Now;
    }
    if tries.boot != now.boot {
        return Turn::WaitAnew(wait_s);
    }
    let passed_ms = steady_ms(now).saturating_sub(tries.since_ms);
    match i64::from(wait_s) * 1_000 - passed_ms {
        left_ms if left_ms > 0 => Turn::Wait(u32::try_from(left_ms / 1_000 + 1).unwrap_or(u32::MAX)),
        _ => Turn::Now,
    }
}

/// `failures` tries in vain, the last of them now.
pub(crate) fn after(failures: u32, now: &Recorded) -> Tries {
    Tries { failures, boot: now.boot, since_ms: steady_ms(now) }
}

fn steady_ms(now: &Recorded) -> i64 {
    i64::try_from(now.steady_ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: u32, steady_ms: u64) -> Recorded {
        Recorded { wall_ms: 0, offset_min: 0, steady_ms, boot, server_offset_ms: None }
    }

    #[test]
    fn guessing_gets_slower_and_ends_at_the_tenth() {
        assert_eq!([0, 4, 5, 6, 7, 8, 9].map(wait_s), [0, 0, 30, 60, 120, 240, 480]);
        assert!(matches!(refusal(4), CoreError::PinWrong) && matches!(refusal(9), CoreError::PinWait(480)));
        assert!(matches!(refusal(10), CoreError::PinShut));
        assert_eq!(turn(after(10, &at(1, 0)), &at(1, u64::MAX)), Turn::Never);
        assert_eq!(turn(after(u32::MAX, &at(1, 0)), &at(2, 0)), Turn::Never);
    }

    #[test]
    fn a_wait_is_over_when_it_has_passed_on_the_steady_clock() {
        let tries = after(5, &at(1, 10_000));
        assert_eq!(turn(tries, &at(1, 10_000)), Turn::Wait(31));
        assert_eq!(turn(tries, &at(1, 39_999)), Turn::Wait(1));
        assert_eq!(turn(tries, &at(1, 40_000)), Turn::Now);
    }

    #[test]
    fn a_start_of_the_machine_lets_the_wait_begin_anew() {
        assert_eq!(turn(after(6, &at(1, 10_000)), &at(2, 900_000)), Turn::WaitAnew(60));
        assert_eq!(turn(after(4, &at(1, 10_000)), &at(2, 0)), Turn::Now, "four are free");
    }

    #[test]
    fn of_two_counts_the_stricter_holds_in_both_respects() {
        let (many, late, now) = (after(7, &at(2, 1_000)), after(5, &at(2, 9_000)), at(2, 10_000));
        assert_eq!(stricter([many, late], &now), after(7, &at(2, 9_000)));
        assert_eq!(stricter([late, many], &now), after(7, &at(2, 9_000)));
        assert_eq!(stricter([Tries::default(), late], &now), late, "no tries have no time");
        let before = after(5, &at(1, 900_000));
        assert_eq!(stricter([many, before], &now), Tries { failures: 7, ..before }, "another start waits longest");
        assert_eq!(stricter([Tries::default(); 2], &now), Tries::default());
    }
}
