//! Signing in and out.

use crate::contact::Turned;
use crate::device::{Paired, hold};
use crate::{CoreError, Device, lease, pin};
use floorbook_model::{ClerkId, Recorded};
use floorbook_protocol::{Clerk, Order, Role};

/// So long a PIN counts as just typed.
const FRESH_MS: u64 = 60_000;

/// Who is signed in.
pub(crate) struct Session {
    pub(crate) clerk: ClerkId,
    /// When they last typed their PIN.
    typed: Recorded,
}

impl Session {
    /// Whether the PIN was typed in the last minute of the steady clock.
    pub(crate) fn is_fresh(&self, now: &Recorded) -> bool {
        let passed_ms = now.steady_ms.checked_sub(self.typed.steady_ms);
        now.boot == self.typed.boot && passed_ms.is_some_and(|ms| ms <= FRESH_MS)
    }
}

/// Who has the device in hand.
#[derive(Default)]
pub(crate) enum Who {
    /// Nobody: it is locked.
    #[default]
    Nobody,
    /// A visitor has the screen.
    Visitor(Turned),
    /// Somebody is signed in.
    Clerk(Session),
}

/// Who has the device in hand, and how often it was turned to a visitor.
#[derive(Default)]
pub(crate) struct Holder {
    pub(crate) who: Who,
    pub(crate) turns: u64,
}

/// Who vouches for a new PIN.
#[derive(Clone)]
pub enum Approval {
    /// Nobody; enough for the first PIN that a device ever has, which is a manager's.
    Nobody,
    /// A manager who has a PIN; not the one who gets a new one.
    Manager {
        /// Who.
        id: ClerkId,
        /// Their PIN.
        pin: String,
    },
    /// Whoever holds the recovery code, or where no other manager has a PIN one that headquarters made; for a
    /// manager's PIN only.
    RecoveryCode(String),
}

impl Device {
    /// Who has a PIN on this device.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn clerks_with_pin(&self) -> Result<Vec<String>, CoreError> {
        Ok(self.paired()?.book.ledger().clerks_with_pin()?)
    }

    /// Whether anybody ever had one: a manager's then wants a word too.
    ///
    /// # Errors
    /// As [`Device::clerks_with_pin`].
    pub fn had_pins(&self) -> Result<bool, CoreError> {
        Ok(self.paired()?.book.ledger().had_pins()?)
    }

    /// Gives a clerk a PIN on this device, their first one or another, and signs them in. Tries in vain
    /// at an earlier one are forgotten.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] when `approval` is not enough, its own errors, which count against
    /// the manager it names, a PIN's own errors, or when the database fails.
    pub fn enrol_pin(&self, clerk: &ClerkId, pin: &str, approval: &Approval) -> Result<(), CoreError> {
        let paired = self.paired()?;
        paired.check_key()?;
        let turns = hold(&paired.holder).turns;
        paired.check_welcome()?;
        let member = paired.member(clerk)?;
        pin::check(pin)?;
        self.check_approval(&paired, member, approval)?;
        self.set_pin(&paired, clerk, pin)?;
        self.sign_in(&paired, clerk, turns)
    }

    /// Signs a clerk in. While the key is away there are no PINs to try, and whoever says a code is its clerk.
    ///
    /// # Errors
    /// [`CoreError::PinWrong`], [`CoreError::PinWait`], [`CoreError::PinShut`], [`CoreError::ShutOut`],
    /// [`CoreError::LeaseOver`], [`CoreError::BadInput`] when the clerk is not of the roster or has no PIN here, or when the
    /// database fails.
    pub fn unlock(&self, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let paired = self.paired()?;
        let turns = hold(&paired.holder).turns;
        paired.check_welcome()?;
        paired.member(clerk)?;
        if !paired.is_without_key() {
            self.try_pin(&paired, clerk, pin)?;
        }
        self.sign_in(&paired, clerk, turns)
    }

    /// Whoever is signed in types their PIN again, which what only a manager does asks for.
    ///
    /// # Errors
    /// [`CoreError::Locked`], those of [`Device::unlock`].
    pub fn confirm_pin(&self, pin: &str) -> Result<(), CoreError> {
        let (paired, clerk) = self.signed_in()?;
        self.try_pin(&paired, &clerk, pin)?;
        // Somebody may have locked while it was verified.
        if let Who::Clerk(session) = &mut hold(&paired.holder).who
            && session.clerk == clerk
        {
            session.typed = self.environment.clock.now();
        }
        Ok(())
    }

    /// Signs out. What was tapped is durable already; it is sent soon.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn lock(&self) -> Result<(), CoreError> {
        let paired = self.paired()?;
        paired.lock();
        paired.outlet.ask();
        Ok(())
    }

    /// `turns` is from before the PIN was verified: a PIN that is verified late opens nothing on a screen
    /// that was turned to a visitor meanwhile.
    fn sign_in(&self, paired: &Paired, clerk: &ClerkId, turns: u64) -> Result<(), CoreError> {
        let role = paired.member(clerk)?.role;
        if !paired.is_without_key() {
            lease::admit(&paired.book, &paired.profile.policy, role)?;
        }
        self.join_lineup(paired, clerk)?;
        let mut holder = hold(&paired.holder);
        if holder.turns != turns {
            return Err(CoreError::Locked);
        }
        hold(&paired.undo).begin(clerk);
        holder.who = Who::Clerk(Session { clerk: clerk.clone(), typed: self.environment.clock.now() });
        Ok(())
    }

    fn check_approval(&self, paired: &Paired, member: &Clerk, approval: &Approval) -> Result<(), CoreError> {
        let (is_manager, managers) = (member.role == Role::Manager, paired.managers_with_pin()?);
        match approval {
            Approval::Nobody if is_manager && !self.had_pins()? => Ok(()),
            Approval::Manager { id, pin } if *id != member.id && managers.contains(id) => self.try_pin(paired, id, pin),
            Approval::RecoveryCode(code) if is_manager && managers.iter().all(|id| *id == member.id) => {
                self.check_paper_or_hq(paired, code)
            }
            Approval::RecoveryCode(code) if is_manager => self.check_paper(paired, code),
            _ => Err(CoreError::ManagerNeeded),
        }
    }
}

impl Paired {
    fn check_welcome(&self) -> Result<(), CoreError> {
        if self.order == Order::Stay { Ok(()) } else { Err(CoreError::ShutOut) }
    }

    pub(crate) fn member(&self, clerk: &ClerkId) -> Result<&Clerk, CoreError> {
        self.profile.roster.iter().find(|member| member.id == *clerk).ok_or(CoreError::BadInput)
    }

    fn managers_with_pin(&self) -> Result<Vec<ClerkId>, CoreError> {
        let with_pin = self.book.ledger().clerks_with_pin()?;
        let managers = self.profile.roster.iter().filter(|member| member.role == Role::Manager);
        Ok(managers.filter(|member| with_pin.iter().any(|id| id == member.id.as_str())).map(|m| m.id.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: u32, steady_ms: u64) -> Recorded {
        Recorded { wall_ms: 0, offset_min: 0, steady_ms, boot, server_offset_ms: None }
    }

    #[test]
    fn a_pin_is_fresh_for_a_minute_of_the_steady_clock_that_ran_then() {
        let session = Session { clerk: "m01".parse().unwrap(), typed: at(2, 500_000) };
        assert!(session.is_fresh(&at(2, 500_000)) && session.is_fresh(&at(2, 560_000)));
        assert!(!session.is_fresh(&at(2, 560_001)));
        assert!(!session.is_fresh(&at(3, 500_001)) && !session.is_fresh(&at(2, 499_999)));
    }
}
