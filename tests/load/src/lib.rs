//! A seeded store: visits as a believable day brings them, and a player that logs them through the
//! real core, ledger and sync, without a window.

#![expect(clippy::indexing_slicing, reason = "a simulation that breaks its own invariant must stop")]

mod clock;
pub mod faults;
mod generator;
pub mod network;
mod player;

pub use clock::{SeededRng, SimClock};
pub use generator::{Planned, Tap, plan_day, plan_one};
pub use player::{Player, derive_vault};
