//! What the tables of a device promise.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod catalogue;
mod chain;
mod corrections;
mod days;
mod disk;
mod glance;
mod likely;
mod lineup;
mod outbox;
mod parties;
mod peers;
mod running;
mod schema;
mod shelf;
mod shop;
mod silence;
mod taps;
