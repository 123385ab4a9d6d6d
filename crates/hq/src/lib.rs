//! Headquarters: gives pairing codes, pairs devices, takes their signed batches into an encrypted file or a
//! PostgreSQL, answers with signed receipts and exports visits.
//!
//! [`Hq`] is everything that headquarters knows and decides; [`serve`] puts it on the network over
//! TLS. Neither reads a clock or makes randomness of its own, both are handed in. What is stored
//! of an event is its exact bytes; visits are folded from them when they are exported, so intake
//! has nothing to keep in step. No personal data, key or body is ever logged.

mod archive;
mod audit;
mod certificates;
mod challenge;
mod codes;
mod config;
mod contact_key;
mod contacts;
mod devices;
mod error;
mod escrow;
mod export;
mod feed;
mod hq;
mod http;
mod identity;
mod intake;
mod key_file;
mod kits;
mod ledgers;
mod news;
mod packs;
mod pairing;
mod phone;
mod problem;
mod progress;
mod quarantine;
mod retention;
mod seats;
mod serve;
mod sheet;
mod spool_key;
mod spools;
mod stores;

pub use archive::PostgresError;
pub use audit::{Act, AuditLine, Because};
pub use contact_key::open_contact_key;
pub use contacts::{ContactLine, OpenedContact};
pub use devices::{DeviceLine, DeviceState};
pub use error::HqError;
pub use export::{ExportFilter, ExportSummary};
pub use hq::{Hq, Place};
pub use http::router;
pub use ledgers::{Flaw, LedgerLine};
pub use packs::embedded_pack;
pub use phone::{Visitors, serve_visitors};
pub use quarantine::{QuarantineLine, Released};
pub use serve::serve;
pub use sheet::DeviceSheet;
pub use spools::SpoolSummary;
pub use stores::{NewStore, StoreLine};
