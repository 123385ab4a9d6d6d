//! The contract between devices and headquarters: what they say byte for byte, and the description of it for others.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod counter;
mod exchange;
mod neighbours;
mod openapi;
