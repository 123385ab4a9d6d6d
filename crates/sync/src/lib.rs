//! Drains the outbox to headquarters, asks what it wants of the device, and pairs devices with it.
//!
//! The outbox empties only on a receipt whose signature, batch, digest and record count fit.
//! Everything else (a status code, a captive portal's page, a cut answer) changes nothing and is
//! tried again. No user interface, no tables: those are the ledger's.

mod backoff;
mod config;
mod drain;
mod error;
mod follow;
mod hands;
mod http;
mod lanes;
mod pairing;
mod phone;
mod spools;
mod status;
mod syncer;
mod tls;
mod transport;
mod wire;

pub use config::{Heard, Question};
pub use error::SyncError;
pub use http::HttpTransport;
pub use pairing::{Paired, pair};
pub use phone::PhoneLine;
pub use spools::spool_paths;
pub use status::{Phase, Status};
pub use syncer::{Identity, Syncer};
pub use transport::{BatchAnswer, BatchRequest, FeedAnswer, Transport};
pub use wire::Wire;
