//! The seam to the network.

use crate::SyncError;
use floorbook_protocol::{Hello, Signed};
use std::future::Future;
use std::time::Duration;

/// One signed batch, ready to travel.
#[derive(Clone, Debug)]
pub struct BatchRequest {
    /// One of [`floorbook_protocol::path`] that takes signed batches.
    pub path: &'static str,
    /// Compressed records.
    pub body: Vec<u8>,
    /// `Content-Digest`.
    pub digest: String,
    /// Device id.
    pub device: String,
    /// Batch id.
    pub batch: String,
    /// The challenge signed over.
    pub challenge: String,
    /// `Signature-Input` and `Signature`.
    pub signature: (String, String),
}

/// What comes back for a batch.
#[derive(Clone, Debug)]
pub struct BatchAnswer {
    /// What headquarters signed, not yet verified.
    pub document: Signed,
    /// A fresh challenge, where one was handed out.
    pub challenge: Option<String>,
    /// Headquarters asks to wait so long before the next batch.
    pub back_off: Option<Duration>,
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct FeedAnswer {
    /// What headquarters signed of it, not yet verified.
    pub document: Signed,
    /// Compressed records; empty when there are none.
    pub body: Vec<u8>,
    /// A fresh challenge, where one was handed out.
    pub challenge: Option<String>,
}

/// The calls of protocol version 1.
pub trait Transport: Send + Sync + 'static {
    /// `GET /v1/hello`.
    fn hello(&self) -> impl Future<Output = Result<Hello, SyncError>> + Send;
    /// `POST /v1/pair`.
    fn pair(&self, request: &Signed) -> impl Future<Output = Result<Signed, SyncError>> + Send;
    /// `POST /v1/batches` and its like.
    fn send(&self, request: BatchRequest) -> impl Future<Output = Result<BatchAnswer, SyncError>> + Send;
    /// `POST /v1/feed`.
    fn feed(&self, request: BatchRequest) -> impl Future<Output = Result<FeedAnswer, SyncError>> + Send;
}
