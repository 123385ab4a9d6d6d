//! Signing in and out.

use crate::device::{Paired, hold};
use crate::{CoreError, Device, pin};
use floorbook_ledger::PinRecord;
use floorbook_model::ClerkId;
use floorbook_protocol::{Clerk, Role};

impl Device {
    /// Who has a PIN on this device.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn clerks_with_pin(&self) -> Result<Vec<String>, CoreError> {
        Ok(self.paired()?.book.ledger().clerks_with_pin()?)
    }

    /// Gives a clerk a PIN on this device and signs them in. The first PIN of all must be a
    /// manager's; every other one wants a manager's PIN as approval, and so does replacing one
    /// that was forgotten.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`], a PIN's own errors, or when the database fails.
    pub fn enrol_pin(&self, clerk: &ClerkId, pin: &str, manager_pin: Option<&str>) -> Result<(), CoreError> {
        let paired = self.paired()?;
        let member = paired.member(clerk)?;
        pin::check(pin)?;
        let managers = paired.managers_with_pin()?;
        match manager_pin {
            _ if managers.is_empty() && member.role == Role::Manager => {}
            Some(manager_pin) if !managers.is_empty() => self.check_any(&paired, &managers, manager_pin)?,
            _ => return Err(CoreError::ManagerNeeded),
        }
        let hash = pin::hash(pin, &paired.root.pin_pepper(), &*self.environment.rng)?;
        paired.book.ledger().set_pin(clerk.as_str(), &hash)?;
        self.sign_in(&paired, clerk)
    }

    /// Signs a clerk in.
    ///
    /// # Errors
    /// [`CoreError::PinWrong`], [`CoreError::PinWait`], [`CoreError::BadInput`] when the clerk is
    /// not of the roster or has no PIN here, or when the database fails.
    pub fn unlock(&self, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let paired = self.paired()?;
        paired.member(clerk)?;
        self.check_pin(&paired, clerk, pin)?;
        self.sign_in(&paired, clerk)
    }

    /// Signs out. What was tapped is durable already; it is sent soon.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn lock(&self) -> Result<(), CoreError> {
        let paired = self.paired()?;
        paired.lock();
        paired.syncer.ask();
        Ok(())
    }

    fn sign_in(&self, paired: &Paired, clerk: &ClerkId) -> Result<(), CoreError> {
        self.join_lineup(paired, clerk)?;
        hold(&paired.undo).begin(clerk);
        *hold(&paired.session) = Some(clerk.clone());
        Ok(())
    }

    /// The try is counted and committed before it is verified: killing the program in between
    /// gives no try back.
    fn check_pin(&self, paired: &Paired, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let _one_at_a_time = hold(&paired.checking); // or guesses made at once would count as one
        self.check_alone(paired, clerk, pin)
    }

    fn check_alone(&self, paired: &Paired, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let ledger = paired.book.ledger();
        let record = ledger.pin(clerk.as_str())?.ok_or(CoreError::BadInput)?;
        let now_ms = self.environment.clock.wall_ms();
        let longest_ms = i64::from(pin::wait_s(record.failures)) * 1_000;
        // A clock that was set back must not stretch a wait: it begins anew, once.
        let left_ms = (record.blocked_until_ms - now_ms).min(longest_ms);
        if left_ms > 0 {
            if record.blocked_until_ms > now_ms + longest_ms {
                ledger.count_try(clerk.as_str(), record.failures, now_ms + longest_ms)?;
            }
            return Err(CoreError::PinWait(u32::try_from(left_ms / 1_000 + 1).unwrap_or(u32::MAX)));
        }
        let failures = record.failures.saturating_add(1);
        let wait_s = pin::wait_s(failures);
        let blocked_until_ms = if wait_s == 0 { 0 } else { now_ms + i64::from(wait_s) * 1_000 };
        ledger.count_try(clerk.as_str(), failures, blocked_until_ms)?;
        if pin::fits(pin, &record.hash, &paired.root.pin_pepper())? {
            Ok(ledger.count_try(clerk.as_str(), 0, 0)?)
        } else if wait_s > 0 {
            Err(CoreError::PinWait(wait_s))
        } else {
            Err(CoreError::PinWrong)
        }
    }

    fn check_any(&self, paired: &Paired, managers: &[ClerkId], pin: &str) -> Result<(), CoreError> {
        let _one_at_a_time = hold(&paired.checking);
        let ledger = paired.book.ledger();
        let (mut last, mut missed) = (CoreError::ManagerNeeded, Vec::new());
        for manager in managers {
            let before = ledger.pin(manager.as_str())?;
            match self.check_alone(paired, manager, pin) {
                Ok(()) => {
                    // It was a right PIN, so it was no wrong try of the managers asked before.
                    return missed.into_iter().try_for_each(|(manager, record): (&ClerkId, PinRecord)| {
                        Ok(ledger.count_try(manager.as_str(), record.failures, record.blocked_until_ms)?)
                    });
                }
                Err(error) => last = error,
            }
            missed.extend(before.map(|record| (manager, record)));
        }
        Err(last)
    }
}

impl Paired {
    pub(crate) fn member(&self, clerk: &ClerkId) -> Result<&Clerk, CoreError> {
        self.profile.roster.iter().find(|member| member.id == *clerk).ok_or(CoreError::BadInput)
    }

    fn managers_with_pin(&self) -> Result<Vec<ClerkId>, CoreError> {
        let with_pin = self.book.ledger().clerks_with_pin()?;
        let managers = self.profile.roster.iter().filter(|member| member.role == Role::Manager);
        Ok(managers.filter(|member| with_pin.iter().any(|id| id == member.id.as_str())).map(|m| m.id.clone()).collect())
    }
}
