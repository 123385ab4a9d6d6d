//! Which addresses and codes are taken. Nothing of this touches a network.

use floorbook_protocol::SigningKey;
use floorbook_sync::{HttpTransport, SyncError, pair};

fn authority() -> Vec<u8> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.self_signed(&key).unwrap().der().to_vec()
}

const REFUSED: [&str; 8] = [
    "http://hq.example",
    "ftp://hq.example",
    "file:///etc/passwd",
    "",
    "https://",
    "https://:8443",
    "hq example",
    "https://[::1",
];

#[test]
fn only_an_https_address_with_a_host_is_taken() {
    let ca = authority();
    for url in REFUSED {
        assert!(matches!(HttpTransport::new(url, &ca), Err(SyncError::BadAddress)), "{url:?} passed");
    }
    for url in ["https://hq.example", "hq.example:8443", " hq.example ", "https://127.0.0.1:8443/", "[::1]:8443"] {
        assert!(HttpTransport::new(url, &ca).is_ok(), "{url:?} was refused");
    }
}

#[test]
fn what_is_no_certificate_is_nobody_to_trust() {
    for ca in [&b""[..], b"-----BEGIN CERTIFICATE-----", &[0x30; 400]] {
        assert!(matches!(HttpTransport::new("https://hq.example", ca), Err(SyncError::Untrusted)));
    }
}

#[tokio::test]
async fn pairing_refuses_a_bad_code_and_a_bad_address_before_it_says_a_word() {
    let key = SigningKey::from_seed(&[1; 32]);
    let code = "01AHR-Z234J-MY0FT-5RB0D-ZKSK1";
    assert!(matches!(pair("https://127.0.0.1:1", "01AHR", &key, "Till").await, Err(SyncError::BadCode)));
    for url in REFUSED {
        assert!(matches!(pair(url, code, &key, "Till").await, Err(SyncError::BadAddress)), "{url:?} passed");
    }
}
