//! The device's tables and the transactions over them.
//!
//! A use case is one transaction: the event, its outbox row and the projections move together or
//! not at all. Nothing that headquarters has not signed for is ever deleted. No rules of the trade
//! live here, those are `model`'s; no network, that is `sync`'s.

mod absorb;
mod append;
mod book;
mod catalogue;
mod circle;
mod contacts;
mod days;
mod error;
mod glance;
mod ledger;
mod likely;
mod lineup;
mod outbox;
mod page;
mod parties;
mod pins;
mod project;
mod quarantine;
mod running;
mod said;
mod shelf;
mod silence;
mod taps;

pub use book::{Act, Book, Origin};
pub use catalogue::{Article, Catalogue};
pub use contacts::{SealedContact, StoredContact};
pub use days::{DayPage, Rows};
pub use error::LedgerError;
pub use glance::Glance;
pub use ledger::{Ledger, SCHEMA};
pub use outbox::{Counts, OutboxRecord};
pub use page::Page;
pub use parties::Pair;
pub use pins::{PinRecord, Tries};
pub use quarantine::SetAside;
pub use silence::Silence;
pub use taps::Noted;
