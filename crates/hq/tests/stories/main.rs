//! What headquarters promises, told through a real server on a port of its own.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod config;
mod contacts;
mod export;
mod feed;
#[path = "../../../../tests/src/hostile.rs"]
#[expect(unreachable_pub, reason = "the one list, which other suites share")]
mod hostile;
mod house;
mod intake;
mod ledgers;
mod lost;
mod pairing;
mod phone;
mod place;
mod quarantine;
mod register;
mod restart;
mod spools;
mod stores;
mod together;
