//! Puts a headquarters on the network.

use crate::{Hq, HqError, certificates, http, retention};
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server, from_tcp};
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// How long a new connection may take to its first request.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a kept connection may rest, or take to send a head. Longer than the 90 s that clients
/// of our own keep one, so that it is they who close it and no request is lost to a closing race.
const HEAD_TIMEOUT: Duration = Duration::from_secs(100);
/// How long requests in work may take once the server is to stop.
pub(crate) const STOP_TIMEOUT: Duration = Duration::from_secs(10);
const LEAF_CHECK_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// Serves `hq` over TLS on `listener` until `shutdown` completes, then finishes the requests in
/// work. Needs a Tokio runtime with time and I/O.
///
/// # Errors
/// [`HqError::Certificate`] or [`HqError::Tls`] when no server certificate can be shown,
/// [`HqError::Network`] when the listener fails.
pub async fn serve(
    hq: Arc<Hq>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HqError> {
    hq.archive.prepare_to_serve(&hq.news)?;
    let config = RustlsConfig::from_config(certificates::tls_config(&hq.current_leaf()?, hq.ca_der())?);
    let acceptor = RustlsAcceptor::new(config.clone()).acceptor(NoDelayAcceptor::new());
    let handle = Handle::<SocketAddr>::new();
    let server = limited(from_tcp(listener).map_err(HqError::Network)?.handle(handle.clone()).acceptor(acceptor));
    let renewal = tokio::spawn(renew(Arc::clone(&hq), config));
    let erasing = tokio::spawn(retention::keep_erasing(Arc::clone(&hq)));
    let stop = tokio::spawn(async move {
        shutdown.await;
        handle.graceful_shutdown(Some(STOP_TIMEOUT));
    });
    let served = server.serve(http::router(hq).into_make_service()).await;
    renewal.abort();
    erasing.abort();
    stop.abort();
    served.map_err(HqError::Network)
}

/// With bounds on how long anybody may take.
pub(crate) fn limited<A>(server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let mut server = server.http1_only().first_request_timeout(FIRST_REQUEST_TIMEOUT);
    server.http_builder().http1().keep_alive(true).header_read_timeout(HEAD_TIMEOUT);
    server
}

/// Shows a new server certificate when the old one is about to expire, however long we run.
async fn renew(hq: Arc<Hq>, config: RustlsConfig) {
    let mut days = tokio::time::interval(LEAF_CHECK_EVERY);
    loop {
        days.tick().await;
        let leaf_hq = Arc::clone(&hq);
        let made =
            tokio::task::spawn_blocking(move || certificates::tls_config(&leaf_hq.current_leaf()?, leaf_hq.ca_der()));
        match made.await {
            Ok(Ok(fresh)) => config.reload_from_config(fresh),
            Ok(Err(error)) => tracing::error!(error = ?error, "the server certificate cannot be checked"),
            Err(_) => return,
        }
    }
}
