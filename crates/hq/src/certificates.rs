//! Our own certificate authority and the server certificate under it.
//!
//! Devices pin the authority for as long as they live, so it lasts ten years and is never made
//! again; the server certificate is renewed under it without any device noticing.

use crate::HqError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, Days, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::net::IpAddr;
use std::sync::Arc;

const CA_DAYS: u64 = 3_650;
/// Below the 825 days that Apple's platforms accept of any authority, counted from the day before.
const LEAF_DAYS: u64 = 820;
/// A server certificate with less left is issued anew, milliseconds.
const LEAF_MARGIN_MS: i64 = 30 * 24 * 3_600_000;
const CA_NAME: &str = "Floorbook headquarters";
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate and its private key, DER.
#[derive(Clone)]
pub(crate) struct Certified {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

/// The server certificate.
#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) certified: Certified,
    pub(crate) ends_ms: i64,
}

impl Leaf {
    /// Whether it should be issued anew.
    pub(crate) fn is_due(&self, now_ms: i64) -> bool {
        self.ends_ms.saturating_sub(now_ms) < LEAF_MARGIN_MS
    }
}

/// Whether a server certificate can be for `name`: an address, or a host name (RFC 1123).
pub(crate) fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.parse::<IpAddr>().is_ok() || name.len() <= 253 && name.split('.').all(is_label)
}

/// Makes an authority and its key.
pub(crate) fn make_authority(now_ms: i64) -> Result<Certified, HqError> {
    let mut params = authority_params();
    set_life(&mut params, now_ms, CA_DAYS);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(Certified { certificate: certificate.der().to_vec(), key: key.serialize_der() })
}

/// Issues a server certificate for this machine and `names`, with a key of its own.
pub(crate) fn issue_leaf(authority_key: &[u8], names: &[String], now_ms: i64) -> Result<Leaf, HqError> {
    let mut names: Vec<String> = names.iter().map(String::as_str).chain(LOCAL_NAMES).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "floorbook-hq");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let ends_ms = set_life(&mut params, now_ms, LEAF_DAYS);
    let issuer = Issuer::new(authority_params(), KeyPair::try_from(authority_key)?);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    let certified = Certified { certificate: certificate.der().to_vec(), key: key.serialize_der() };
    Ok(Leaf { certified, ends_ms })
}

/// What the server shows: the server certificate, then the authority, which a device looks for in
/// the chain to pin it at pairing.
pub(crate) fn tls_config(leaf: &Leaf, ca_der: &[u8]) -> Result<Arc<ServerConfig>, HqError> {
    let chain = [leaf.certified.certificate.as_slice(), ca_der].map(|der| CertificateDer::from(der.to_vec()));
    let key = PrivatePkcs8KeyDer::from(leaf.certified.key.clone());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain.into(), key.into())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The parts that the authority and every certificate under it must agree on.
fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, CA_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// From the day before `now_ms`, so that a device whose clock is slow is not shut out, for `days`.
/// Returns the end, milliseconds UTC.
fn set_life(params: &mut CertificateParams, now_ms: i64, days: u64) -> i64 {
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or(DateTime::<Utc>::UNIX_EPOCH).date_naive();
    let from = now.checked_sub_days(Days::new(1)).unwrap_or(now);
    let to = from.checked_add_days(Days::new(days)).unwrap_or(from);
    let date = |day: chrono::NaiveDate| {
        let small = |n: u32| u8::try_from(n).expect("a month or a day of the month is small");
        date_time_ymd(day.year(), small(day.month()), small(day.day()))
    };
    (params.not_before, params.not_after) = (date(from), date(to));
    i64::from(to.to_epoch_days()) * 24 * 3_600_000
}

/// A certificate as PEM text (RFC 7468).
pub(crate) fn pem(der: &[u8]) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for part in der.chunks(48) {
        text.push_str(&STANDARD.encode(part)); // 48 bytes are a line of 64 letters
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;
    const NOW_MS: i64 = 1_795_363_200_000;

    #[test]
    fn a_server_certificate_is_due_in_its_last_thirty_days() {
        let authority = make_authority(NOW_MS).unwrap();
        let leaf = issue_leaf(&authority.key, &["hq.example.com".to_owned()], NOW_MS).unwrap();
        assert!(leaf.ends_ms <= NOW_MS + 825 * DAY_MS, "Apple's platforms take no longer one");
        assert!(!leaf.is_due(leaf.ends_ms - 30 * DAY_MS) && leaf.is_due(leaf.ends_ms - 30 * DAY_MS + 1));
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for host in ["hq", "hq.example.com", "10.0.0.7", "fd00::7", "xn--fiq228c.cn"] {
            assert!(is_host(host), "{host}");
        }
        for text in ["", "bad name!", "-a.com", "a..b", "总部.cn", "https://hq"] {
            assert!(!is_host(text), "{text}");
        }
    }
}
