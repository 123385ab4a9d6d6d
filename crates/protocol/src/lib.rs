//! What travels between a device and headquarters, version 1: see `docs/protocol.md`.
//!
//! Pure: bytes in, values out. Both ends are built from these types, so the compiler keeps them in
//! step; golden files in `tests/` keep them in step with the world.

mod batch;
mod call;
mod code;
mod config;
mod feed;
mod hello;
mod http_signature;
mod keys;
mod ledger;
mod letters;
pub mod limits;
mod pairing;
mod paper;
mod phone;
mod problem;
mod receipt;
mod record;
mod sealing;
mod signed;
mod spool;

pub use batch::{Batch, BatchError, content_digest, decode_batch, encode_batch};
pub use call::Call;
pub use code::{BadPairingCode, PairingCode};
pub use config::{Config, ConfigRequest, Kit, Order};
pub use feed::{FEED_HEADER, FeedHead, FeedRequest};
pub use hello::{Behind, Hello, VERSIONS_HEADER, read_versions, write_versions};
pub use http_signature::{
    BATCH_HEADER, CHALLENGE_HEADER, DEVICE_HEADER, SignatureError, SignedHead, sign_head, verify_head,
};
pub use keys::{BadKey, PublicKey, SigningKey};
pub use ledger::{ChainHead, DayLedger};
pub use letters::{grouped, letters, read_letters, read_receipt_code, receipt_code};
pub use pairing::{Clerk, PairGrant, PairRequest, Policy, Role, StoreRecord};
pub use paper::{BadPaperCode, PaperCode};
pub use phone::{NotKept, PhoneAnswer, PhoneForm, PhoneGiven, PhoneRequest, PhoneSaid, TypedCard, Verdict};
pub use problem::{PROBLEM_MEDIA_TYPE, PROBLEM_PREFIX, Problem, ProblemKind};
pub use receipt::{QuarantineCode, Receipt, RecordResult, Run, runs_of};
pub use record::{BadRecord, RecordHead, erased_contact};
pub use sealing::{ContactName, ContactRecord, OpeningKey, Sealed, SealedError, SealedFor, SealingKey};
pub use signed::{Purpose, Signed, SignedError};
pub use spool::{SPOOL_HEAD, Spool, SpoolRecord, SpoolTooLong};

/// Oldest version of the protocol that this crate speaks.
pub const PROTOCOL_MIN: u16 = 1;
/// Newest version of the protocol that this crate speaks. What is added and may be passed over makes no new one.
pub const PROTOCOL_MAX: u16 = 1;

/// Paths of version 1.
pub mod path {
    /// Versions, challenge and server time.
    pub const HELLO: &str = "/v1/hello";
    /// A one-time code for a signed device record.
    pub const PAIR: &str = "/v1/pair";
    /// Events for a signed receipt.
    pub const BATCHES: &str = "/v1/batches";
    /// Sealed contacts for a signed receipt; like batches in all but what a line is.
    pub const CONTACTS: &str = "/v1/contacts";
    /// Events that were sealed while a device's key was away, each a [`super::SpoolRecord`], for a signed
    /// receipt; like batches in all but what a line is.
    pub const SPOOLS: &str = "/v1/spools";
    /// A [`super::ConfigRequest`] for a signed [`super::Config`]; in all else like a batch of one line.
    pub const CONFIG: &str = "/v1/config";
    /// A [`super::FeedRequest`] for events of the store's other devices.
    pub const FEED: &str = "/v1/feed";
    /// A [`super::PhoneRequest`] for a signed [`super::PhoneAnswer`]; in all else like a batch of one line.
    pub const PHONE: &str = "/v1/phone";
}
