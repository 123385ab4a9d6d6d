//! The real network: HTTPS by rustls, no redirects, no proxy of the system, everything bounded.

use crate::transport::{BatchAnswer, BatchRequest, FeedAnswer, Transport};
use crate::{SyncError, tls};
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, DEVICE_HEADER, FEED_HEADER, Hello, PROBLEM_MEDIA_TYPE, Problem, ProblemKind,
    Signed, limits, path,
};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A batch over a very slow uplink may take this long without a byte coming back.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Headquarters may ask for a pause, but not for ever.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// Headquarters over HTTPS.
#[derive(Debug)]
pub struct HttpTransport {
    client: Client,
    base: Url,
}

impl HttpTransport {
    /// Headquarters at `url`, known by its authority `ca_der` (DER).
    ///
    /// # Errors
    /// [`SyncError::BadAddress`], or [`SyncError::Untrusted`] when `ca_der` is no certificate.
    pub fn new(url: &str, ca_der: &[u8]) -> Result<Self, SyncError> {
        Self::with_config(url, tls::pinned(ca_der)?)
    }

    pub(crate) fn with_config(url: &str, config: rustls::ClientConfig) -> Result<Self, SyncError> {
        let base = read_address(url)?;
        let client = Client::builder()
            .tls_backend_preconfigured(config)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .tcp_nodelay(true)
            .build()
            .map_err(|_| SyncError::Internal)?;
        Ok(Self { client, base })
    }

    fn url(&self, path: &str) -> Result<Url, SyncError> {
        self.base.join(path).map_err(|_| SyncError::BadAddress)
    }

    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<(T, HeaderMap), SyncError> {
        let (body, headers) = self.fetch(request).await?;
        let value = serde_json::from_slice(&body).map_err(|_| SyncError::Nonsense)?;
        Ok((value, headers))
    }

    async fn fetch(&self, request: RequestBuilder) -> Result<(Vec<u8>, HeaderMap), SyncError> {
        let mut response = request.send().await.map_err(classify)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_bounded(&mut response).await?;
        if status == reqwest::StatusCode::OK {
            return Ok((body, headers));
        }
        let is_problem = headers.get(CONTENT_TYPE).is_some_and(|value| value == PROBLEM_MEDIA_TYPE);
        let problem: Problem =
            if is_problem { serde_json::from_slice(&body).ok() } else { None }.ok_or(SyncError::Nonsense)?;
        let kind = ProblemKind::from_uri(&problem.kind).ok_or(SyncError::Nonsense)?;
        Err(SyncError::Refused { kind, retry_after: pause(&headers) })
    }

    fn signed(&self, request: BatchRequest) -> Result<RequestBuilder, SyncError> {
        let (input, signature) = request.signature;
        let post = self.client.post(self.url(request.path)?).header(CONTENT_TYPE, "application/jsonl");
        Ok(post
            .header(CONTENT_ENCODING, "zstd")
            .header("content-digest", request.digest)
            .header(DEVICE_HEADER, request.device)
            .header(BATCH_HEADER, request.batch)
            .header(CHALLENGE_HEADER, request.challenge)
            .header("signature-input", input)
            .header("signature", signature)
            .body(request.body))
    }
}

impl Transport for HttpTransport {
    async fn hello(&self) -> Result<Hello, SyncError> {
        Ok(self.call(self.client.get(self.url(path::HELLO)?)).await?.0)
    }

    async fn pair(&self, request: &Signed) -> Result<Signed, SyncError> {
        let body = serde_json::to_vec(request).map_err(|_| SyncError::Internal)?;
        let request = self.client.post(self.url(path::PAIR)?).header(CONTENT_TYPE, "application/json").body(body);
        Ok(self.call(request).await?.0)
    }

    async fn send(&self, request: BatchRequest) -> Result<BatchAnswer, SyncError> {
        let (document, headers) = self.call(self.signed(request)?).await?;
        Ok(BatchAnswer { document, challenge: challenge(&headers), back_off: pause(&headers) })
    }

    async fn feed(&self, request: BatchRequest) -> Result<FeedAnswer, SyncError> {
        let (body, headers) = self.fetch(self.signed(request)?).await?;
        let head = headers.get(FEED_HEADER).ok_or(SyncError::Nonsense)?;
        let document = serde_json::from_slice(head.as_bytes()).map_err(|_| SyncError::Nonsense)?;
        Ok(FeedAnswer { document, body, challenge: challenge(&headers) })
    }
}

fn challenge(headers: &HeaderMap) -> Option<String> {
    headers.get(CHALLENGE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Takes an address as people type it: `hq.example:8443` means `https://hq.example:8443`.
fn read_address(text: &str) -> Result<Url, SyncError> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).map_err(|_| SyncError::BadAddress)?;
    if url.scheme() == "https" && url.has_host() { Ok(url) } else { Err(SyncError::BadAddress) }
}

async fn read_bounded(response: &mut Response) -> Result<Vec<u8>, SyncError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > limits::ANSWER_BYTES_MAX {
            return Err(SyncError::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// A certificate that does not fit is another matter than a network that is away.
fn classify(error: reqwest::Error) -> SyncError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(current) = cause {
        let inner = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = current.downcast_ref().or_else(|| inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()));
        if tls.is_some() {
            return SyncError::Untrusted;
        }
        cause = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| current.source());
    }
    SyncError::Away(error)
}
