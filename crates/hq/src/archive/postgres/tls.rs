//! The way to the database: encrypted, unless it does not leave the machine or the operator says otherwise.

use crate::HqError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

const PLAIN: &str = "the way to the database would not be encrypted: give --database-ca, or say sslmode=disable where \
                     the network is your own";
const WITHOUT_CA: &str = "TLS to the database needs --database-ca";
const NO_CERTIFICATE: &str = "the file of --database-ca holds no certificate";

/// Sets how `config` encrypts, and gives what does it. `ca` holds the authorities of the server, PEM.
///
/// # Errors
/// [`HqError::BadInput`] when it would go over a network in the clear and nobody said so.
pub(super) fn set_up(config: &mut Config, ca: Option<&Path>) -> Result<MakeRustlsConnect, HqError> {
    let mut roots = RootCertStore::empty();
    match (ca, config.get_ssl_mode()) {
        (Some(path), _) => {
            read(path, &mut roots)?;
            config.ssl_mode(SslMode::Require);
        }
        (None, SslMode::Disable) => {}
        (None, SslMode::Prefer) if config.get_hosts().iter().all(is_here) => {
            config.ssl_mode(SslMode::Disable);
        }
        (None, SslMode::Prefer) => return Err(HqError::BadInput(PLAIN)),
        (None, _) => return Err(HqError::BadInput(WITHOUT_CA)),
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(tls))
}

fn read(path: &Path, roots: &mut RootCertStore) -> Result<(), HqError> {
    let bytes = std::fs::read(path).map_err(HqError::file(path))?;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        roots.add(certificate.map_err(|_| HqError::BadInput(NO_CERTIFICATE))?)?;
    }
    if roots.is_empty() { Err(HqError::BadInput(NO_CERTIFICATE)) } else { Ok(()) }
}

/// Whether the way to it stays on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_up(address: &str) -> Result<SslMode, HqError> {
        let mut config: Config = address.parse().unwrap();
        super::set_up(&mut config, None).map(|_| config.get_ssl_mode())
    }

    #[test]
    fn nothing_goes_over_a_network_in_the_clear_unless_somebody_said_so() {
        for here in ["postgres://hq@localhost/hq", "postgres://hq@127.0.0.1/hq", "postgres://hq@[::1]/hq"] {
            assert_eq!(set_up(here).unwrap(), SslMode::Disable, "{here}");
        }
        for away in ["postgres://hq@db.example.com/hq", "postgres://hq@localhost,10.0.0.7/hq"] {
            assert!(matches!(set_up(away), Err(HqError::BadInput(PLAIN))), "{away}");
            assert_eq!(set_up(&format!("{away}?sslmode=disable")).unwrap(), SslMode::Disable, "{away}");
            assert!(matches!(set_up(&format!("{away}?sslmode=require")), Err(HqError::BadInput(WITHOUT_CA))), "{away}");
        }
    }
}
