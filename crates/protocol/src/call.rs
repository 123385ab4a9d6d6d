//! The calls of headquarters' device interface. Its router and its description are made of this list, so neither
//! has a call that the other lacks.

use crate::path;

/// One call. [`Call::Hello`] is a `GET`, every other one a `POST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Versions, challenge and server time.
    Hello,
    /// A one-time code for a signed device record.
    Pair,
    /// Events for a signed receipt.
    Batches,
    /// Sealed contacts for a signed receipt.
    Contacts,
    /// Sealed events for a signed receipt.
    Spools,
    /// What is done with a page for a visitor's phone.
    Phone,
    /// What is wanted of the device.
    Config,
    /// Events of the store's other devices.
    Feed,
}

impl Call {
    /// Every call.
    pub const ALL: &[Self] =
        &[Self::Hello, Self::Pair, Self::Batches, Self::Contacts, Self::Spools, Self::Phone, Self::Config, Self::Feed];

    /// Where it is found.
    pub fn path(self) -> &'static str {
        match self {
            Self::Hello => path::HELLO,
            Self::Pair => path::PAIR,
            Self::Batches => path::BATCHES,
            Self::Contacts => path::CONTACTS,
            Self::Spools => path::SPOOLS,
            Self::Phone => path::PHONE,
            Self::Config => path::CONFIG,
            Self::Feed => path::FEED,
        }
    }

    /// Whether its head is signed by a device that is paired.
    pub fn is_signed(self) -> bool {
        !matches!(self, Self::Hello | Self::Pair)
    }

    /// Whether the answer may wait until there is something to say.
    pub fn may_wait(self) -> bool {
        matches!(self, Self::Phone | Self::Feed)
    }
}
