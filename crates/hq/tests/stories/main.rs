//! What headquarters promises, told through a real server on a port of its own.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod config;
mod contacts;
mod export;
mod house;
mod intake;
mod lost;
mod pairing;
mod quarantine;
mod restart;
mod spools;
mod stores;
