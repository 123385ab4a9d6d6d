//! What the language of the trade promises.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod anything;
mod events;
mod figures;
mod fold;
mod likeness;
mod merge;
mod moves;
mod packs;
