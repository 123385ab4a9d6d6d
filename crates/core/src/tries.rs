//! Tries at PINs, counted where neither killing the program, nor an older database, nor a clock that
//! is set takes one back: in the database and in the keyring, and the stricter of the two holds.

use crate::device::Paired;
use crate::{CoreError, Device, KeyVault, VaultError, VaultItem, pin};
use floorbook_ledger::Tries;
use floorbook_model::Recorded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const VERSION: u8 = 1;

/// The item of the keyring, JSON: the tries in vain of those who had any, by clerk id.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    version: u8,
    tries: BTreeMap<String, Tries>,
}

impl Marks {
    fn load(vault: &dyn KeyVault) -> Result<Self, CoreError> {
        let Some(item) = vault.load(VaultItem::PinTries)? else {
            return Ok(Self { version: VERSION, tries: BTreeMap::new() });
        };
        let marks = serde_json::from_slice(&item).ok().filter(|marks: &Self| marks.version == VERSION);
        Ok(marks.ok_or(VaultError::Failing)?)
    }

    fn keep(&self, vault: &dyn KeyVault) -> Result<(), CoreError> {
        let item = serde_json::to_vec(self).map_err(CoreError::storage)?;
        Ok(vault.keep(VaultItem::PinTries, &item)?)
    }

    fn of(&self, clerk: &str) -> Tries {
        self.tries.get(clerk).copied().unwrap_or_default()
    }

    fn set(&mut self, clerk: &str, tries: Tries) {
        if tries == Tries::default() {
            self.tries.remove(clerk);
        } else {
            self.tries.insert(clerk.to_owned(), tries);
        }
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
}

/// Whose turn it is at `now` after `tries`.
pub(crate) fn turn(tries: Tries, now: &Recorded) -> Turn {
    let wait_s = pin::wait_s(tries.failures);
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

/// The tries of a device while one PIN is checked.
pub(crate) struct Counter<'a> {
    vault: &'a dyn KeyVault,
    paired: &'a Paired,
    marks: &'a mut Marks,
}

impl Device {
    /// Counts while `check` checks a PIN: one at a time, or guesses made at once would count as one.
    pub(crate) fn counting<T>(
        &self,
        paired: &Paired,
        check: impl FnOnce(&mut Counter<'_>) -> Result<T, CoreError>,
    ) -> Result<T, CoreError> {
        let vault = &*self.environment.vault;
        let mut marks = crate::device::hold(&paired.marks);
        let marks = match &mut *marks {
            Some(marks) => marks,
            none => none.insert(Marks::load(vault)?),
        };
        check(&mut Counter { vault, paired, marks })
    }
}

impl Counter<'_> {
    /// The tries at a clerk's PIN that count.
    pub(crate) fn of(&self, clerk: &str, in_database: Tries) -> Tries {
        let in_keyring = self.marks.of(clerk);
        if in_database.failures > in_keyring.failures { in_database } else { in_keyring }
    }

    /// Keeps them in both places; nothing may be verified when that fails.
    pub(crate) fn set(&mut self, clerk: &str, tries: Tries) -> Result<(), CoreError> {
        self.marks.set(clerk, tries);
        self.marks.keep(self.vault)?;
        Ok(self.paired.book.ledger().set_tries(clerk, tries)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: u32, steady_ms: u64) -> Recorded {
        Recorded { wall_ms: 0, offset_min: 0, steady_ms, boot, server_offset_ms: None }
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
}
