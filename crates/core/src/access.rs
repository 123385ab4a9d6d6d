//! What a device must be, and who must be signed in, before it does something.

use crate::device::hold;
use crate::session::Who;
use crate::{CoreError, Device, State};
use floorbook_model::ClerkId;
use floorbook_protocol::Role;

/// What something wants of the device before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing. It tells nothing of the store.
    Anyone,
    /// That the device is not paired.
    Unpaired,
    /// That it is paired, locked or not: what the lock screen lives on.
    Paired,
    /// That the screen is turned to a visitor.
    Visitor,
    /// That somebody is signed in.
    Clerk,
    /// That a manager is signed in, and typed their PIN a moment ago.
    Manager,
}

/// What a device is, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It could not start.
    Trouble,
    /// It is not paired yet.
    Unpaired,
    /// Nobody is signed in.
    Locked,
    /// A visitor has the screen, and nobody is signed in.
    Visitor,
    /// A clerk is signed in.
    Clerk,
    /// A manager is signed in.
    Manager,
    /// A manager is signed in, and typed their PIN a moment ago.
    FreshManager,
}

impl Access {
    /// The table of the two.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::ManagerNeeded`], [`CoreError::PinNeeded`], or
    /// [`CoreError::WrongState`] where no PIN would help.
    pub fn permits(self, standing: Standing) -> Result<(), CoreError> {
        match (self, standing) {
            (Self::Anyone, _)
            | (Self::Unpaired, Standing::Unpaired)
            | (
                Self::Paired,
                Standing::Locked | Standing::Visitor | Standing::Clerk | Standing::Manager | Standing::FreshManager,
            )
            | (Self::Visitor, Standing::Visitor)
            | (Self::Clerk, Standing::Clerk | Standing::Manager | Standing::FreshManager)
            | (Self::Manager, Standing::FreshManager) => Ok(()),
            (Self::Clerk | Self::Manager, Standing::Locked | Standing::Visitor) => Err(CoreError::Locked),
            (Self::Manager, Standing::Clerk) => Err(CoreError::ManagerNeeded),
            (Self::Manager, Standing::Manager) => Err(CoreError::PinNeeded),
            (Self::Unpaired | Self::Visitor, _) | (_, Standing::Trouble | Standing::Unpaired) => {
                Err(CoreError::WrongState)
            }
        }
    }
}

impl Device {
    /// Whether what wants `access` may be done now.
    ///
    /// # Errors
    /// See [`Access::permits`].
    pub fn allows(&self, access: Access) -> Result<(), CoreError> {
        access.permits(self.standing())
    }

    /// What it is, and to whom.
    pub fn standing(&self) -> Standing {
        match self.state() {
            State::Trouble(_) => Standing::Trouble,
            State::Setup => Standing::Unpaired,
            State::Locked => Standing::Locked,
            State::Turned(_) => Standing::Visitor,
            State::Open(clerk) => self.standing_of(&clerk),
        }
    }

    fn standing_of(&self, clerk: &ClerkId) -> Standing {
        let Ok(paired) = self.paired() else { return Standing::Clerk };
        let now = self.environment.clock.now();
        let is_fresh = match &hold(&paired.holder).who {
            Who::Clerk(session) => session.clerk == *clerk && session.is_fresh(&now),
            Who::Nobody | Who::Visitor(_) => false,
        };
        match paired.member(clerk).map(|member| member.role) {
            Ok(Role::Manager) if is_fresh => Standing::FreshManager,
            Ok(Role::Manager) => Standing::Manager,
            _ => Standing::Clerk,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCESSES: [Access; 6] =
        [Access::Anyone, Access::Unpaired, Access::Paired, Access::Visitor, Access::Clerk, Access::Manager];

    /// What each kind of access answers: "+" it may, "L" locked, "M" a manager is needed,
    /// "P" their PIN once more, "-" not in this state.
    fn answers(standing: Standing) -> String {
        let answer = |access: &Access| match access.permits(standing) {
            Ok(()) => '+',
            Err(CoreError::Locked) => 'L',
            Err(CoreError::ManagerNeeded) => 'M',
            Err(CoreError::PinNeeded) => 'P',
            Err(_) => '-',
        };
        ACCESSES.iter().map(answer).collect()
    }

    #[test]
    fn nobody_gets_further_than_the_device_and_the_pin_allow() {
        assert_eq!(answers(Standing::Trouble), "+-----");
        assert_eq!(answers(Standing::Unpaired), "++----");
        assert_eq!(answers(Standing::Locked), "+-+-LL");
        assert_eq!(answers(Standing::Visitor), "+-++LL");
        assert_eq!(answers(Standing::Clerk), "+-+-+M");
        assert_eq!(answers(Standing::Manager), "+-+-+P");
        assert_eq!(answers(Standing::FreshManager), "+-+-++");
    }
}
