//! Whole devices against a headquarters in this process, over real TLS on loopback.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod backlog;
mod books;
mod canary;
mod carry;
mod catalogue;
mod contacts;
mod device;
mod floor;
mod guesser;
mod hostile;
mod network;
mod orders;
mod pages;
mod phone;
mod phrase;
mod pins;
mod recovery;
mod restless;
mod several;
mod spool;
mod support;
mod wishes;
