//! Whole devices against a headquarters in this process, over real TLS on loopback.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod device;
mod network;
mod pins;
mod restless;
mod support;
