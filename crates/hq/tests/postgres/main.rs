//! What headquarters promises, told on PostgreSQL: the same stories, and those of several receivers.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod alike;
#[path = "../stories/config.rs"]
mod config;
#[path = "../stories/contacts.rs"]
mod contacts;
#[path = "../stories/export.rs"]
mod export;
#[path = "../../../../tests/src/hostile.rs"]
#[expect(unreachable_pub, reason = "the one list, which other suites share")]
mod hostile;
#[path = "../stories/house.rs"]
mod house;
#[path = "../stories/intake.rs"]
mod intake;
mod kept;
#[path = "../stories/ledgers.rs"]
mod ledgers;
#[path = "../stories/lost.rs"]
mod lost;
mod months;
mod news;
mod outage;
#[path = "../stories/pairing.rs"]
mod pairing;
#[path = "../stories/phone.rs"]
mod phone;
mod place;
#[path = "../stories/quarantine.rs"]
mod quarantine;
mod raw;
#[path = "../stories/register.rs"]
mod register;
#[path = "../stories/restart.rs"]
mod restart;
#[path = "../stories/spools.rs"]
mod spools;
#[path = "../stories/stores.rs"]
mod stores;
mod tls;
#[path = "../stories/together.rs"]
mod together;
