//! What sending promises, told against a headquarters in this process.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod address;
mod background;
mod desk;
mod hq_stub;
mod lanes;
mod pages;
mod receipts;
mod refusals;
mod schedule;
mod spools;
mod versions;
mod wishes;
