//! Signing in and out.

use crate::device::{Paired, hold};
use crate::tries::{Counter, Turn, after, turn};
use crate::{CoreError, Device, pin};
use floorbook_ledger::{PinRecord, Tries};
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
        self.counting(&paired, |counter| {
            paired.book.ledger().set_pin(clerk.as_str(), &hash)?;
            counter.set(clerk.as_str(), Tries::default())
        })?;
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
        *hold(&paired.turned) = None;
        *hold(&paired.session) = Some(clerk.clone());
        Ok(())
    }

    /// The try is counted and committed before it is verified: killing the program in between
    /// gives no try back.
    fn check_pin(&self, paired: &Paired, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        self.counting(paired, |counter| self.check(counter, paired, clerk, pin))
    }

    fn check(&self, counter: &mut Counter<'_>, paired: &Paired, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let PinRecord { hash, tries } = paired.book.ledger().pin(clerk.as_str())?.ok_or(CoreError::BadInput)?;
        let tries = counter.of(clerk.as_str(), tries);
        let now = self.environment.clock.now();
        match turn(tries, &now) {
            Turn::Now => {}
            Turn::Wait(seconds) => return Err(CoreError::PinWait(seconds)),
            Turn::WaitAnew(seconds) => {
                counter.set(clerk.as_str(), after(tries.failures, &now))?;
                return Err(CoreError::PinWait(seconds));
            }
        }
        let failures = tries.failures.saturating_add(1);
        counter.set(clerk.as_str(), after(failures, &now))?;
        if pin::fits(pin, &hash, &paired.root.pin_pepper())? {
            return counter.set(clerk.as_str(), Tries::default());
        }
        match pin::wait_s(failures) {
            0 => Err(CoreError::PinWrong),
            wait_s => Err(CoreError::PinWait(wait_s)),
        }
    }

    fn check_any(&self, paired: &Paired, managers: &[ClerkId], pin: &str) -> Result<(), CoreError> {
        self.counting(paired, |counter| {
            let (mut last, mut missed) = (CoreError::ManagerNeeded, Vec::new());
            for manager in managers {
                let before = paired.book.ledger().pin(manager.as_str())?.map(|record| record.tries);
                let before = counter.of(manager.as_str(), before.unwrap_or_default());
                match self.check(counter, paired, manager, pin) {
                    Ok(()) => {
                        // It was a right PIN, so it was no wrong try of the managers asked before.
                        return missed
                            .into_iter()
                            .try_for_each(|(manager, tries): (&ClerkId, Tries)| counter.set(manager.as_str(), tries));
                    }
                    Err(error @ (CoreError::PinWrong | CoreError::PinWait(_))) => last = error,
                    Err(error) => return Err(error),
                }
                missed.push((manager, before));
            }
            Err(last)
        })
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
