//! The real network: HTTPS by rustls, no redirects, no proxy of the system, everything bounded.

use crate::{SyncError, Wire, tls};
use floorbook_protocol::limits;
use http::{Request, Response};
use reqwest::{Client, Url};
use std::error::Error;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A batch over a very slow uplink may take this long without a byte coming back.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

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
}

impl Wire for HttpTransport {
    async fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, SyncError> {
        let (head, body) = request.into_parts();
        let url = self.base.join(head.uri.path()).map_err(|_| SyncError::BadAddress)?;
        let request = self.client.request(head.method, url).headers(head.headers).body(body);
        let mut response = request.send().await.map_err(classify)?;
        let mut answer = Response::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        *answer.body_mut() = read_bounded(&mut response).await?;
        Ok(answer)
    }
}

/// Takes an address as people type it: `hq.example:8443` means `https://hq.example:8443`.
fn read_address(text: &str) -> Result<Url, SyncError> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).map_err(|_| SyncError::BadAddress)?;
    if url.scheme() == "https" && url.has_host() { Ok(url) } else { Err(SyncError::BadAddress) }
}

async fn read_bounded(response: &mut reqwest::Response) -> Result<Vec<u8>, SyncError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > limits::ANSWER_BYTES_MAX {
            return Err(SyncError::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
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
    SyncError::Away(error.into())
}
