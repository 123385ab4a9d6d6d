//! Puts the pages for phones on the network.

use super::visitor;
use crate::serve::{STOP_TIMEOUT, limited};
use crate::{Hq, HqError, certificates};
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, from_tcp};
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

const URL_BYTES_MAX: usize = 200;
/// How long a phone waits for the word of the device.
const PATIENCE: Duration = Duration::from_secs(10);

/// How phones reach their pages.
#[derive(Clone, Debug)]
pub struct Visitors {
    /// What the address of every page begins with, e.g. `https://visit.example.com`. Without it, where they are
    /// served.
    pub url: Option<String>,
    /// Whether they are served over TLS with headquarters' own certificate, which phones do not know. Without it
    /// a proxy on this machine has to do it.
    pub with_tls: bool,
    /// How long a phone waits for the word of the device.
    pub patience: Duration,
}

impl Default for Visitors {
    fn default() -> Self {
        Self { url: None, with_tls: false, patience: PATIENCE }
    }
}

/// Serves the pages for phones on `listener` until `shutdown` completes, and offers them to devices meanwhile.
/// Needs a Tokio runtime with time and I/O.
///
/// # Errors
/// [`HqError::BadInput`] when what visitors type would go over a network in clear, or when the address is none;
/// [`HqError::Tls`], [`HqError::Network`] when the listener fails.
pub async fn serve_visitors(
    hq: Arc<Hq>,
    listener: TcpListener,
    visitors: Visitors,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HqError> {
    let address = listener.local_addr().map_err(HqError::Network)?;
    if !visitors.with_tls && !address.ip().is_loopback() {
        return Err(HqError::BadInput(
            "what visitors type must not travel in clear: listen at 127.0.0.1 behind a proxy with TLS, or serve TLS",
        ));
    }
    let scheme = if visitors.with_tls { "https" } else { "http" };
    let url = visitors.url.unwrap_or_else(|| format!("{scheme}://{address}"));
    let url = url.trim_end_matches('/');
    if !is_fit(url) {
        return Err(HqError::BadInput("the address for visitors is one such as https://visit.example.com"));
    }
    let pages = visitor::router(Arc::clone(&hq), visitors.patience).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::<SocketAddr>::new();
    let server = from_tcp(listener).map_err(HqError::Network)?.handle(handle.clone());
    hq.pages.offer(Some(url.to_owned()));
    let closing = Arc::clone(&hq);
    let stop = tokio::spawn(async move {
        shutdown.await;
        closing.pages.offer(None); // nobody waits for a page then
        handle.graceful_shutdown(Some(STOP_TIMEOUT));
    });
    let served = if visitors.with_tls {
        let config = RustlsConfig::from_config(certificates::tls_config(&hq.current_leaf()?, hq.ca_der())?);
        limited(server.acceptor(RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new()))).serve(pages).await
    } else {
        limited(server.acceptor(NoDelayAcceptor::new())).serve(pages).await
    };
    hq.pages.offer(None);
    stop.abort();
    served.map_err(HqError::Network)
}

/// Phones are sent to HTTPS; to this machine, for trials, also without.
fn is_fit(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let is_local =
        |start: &str| url.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    let is_secure = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let is_plain =
        url.len() <= URL_BYTES_MAX && url.bytes().all(|b| b.is_ascii_alphanumeric() || b":/.-_~%[]".contains(&b));
    is_plain && (is_secure || local.into_iter().any(is_local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_sent_to_https_or_to_this_machine() {
        for url in
            ["https://visit.example.com", "https://example.com/floorbook", "http://127.0.0.1:8080", "http://[::1]:1"]
        {
            assert!(is_fit(url), "{url}");
        }
        let long = format!("https://{}", "a".repeat(URL_BYTES_MAX));
        for url in [
            "",
            "visit.example.com",
            "http://visit.example.com",
            "http://127.0.0.1.example.com",
            "https://",
            "https:///v",
            "https://a b",
            "https://a?x=1",
            "https://a#x",
            "https://a\"",
            &long,
        ] {
            assert!(!is_fit(url), "{url}");
        }
    }
}
