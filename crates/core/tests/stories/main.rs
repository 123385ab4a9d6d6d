//! What a device promises before it is paired; the stories of a paired one need a headquarters and
//! are told in `tests/load`.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;
mod phrase;
mod prefs;
mod setup;
mod startup;
