//! What the tables of a device promise.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod catalogue;
mod chain;
mod days;
mod disk;
mod outbox;
mod schema;
mod shop;
mod taps;
