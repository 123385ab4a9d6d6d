//! Whom to trust: at pairing the authority that the code names, afterwards the one that was
//! pinned. The system's own list of authorities is never asked.

use crate::SyncError;
use floorbook_protocol::PairingCode;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};

/// Trusts what the authority `ca_der` signed, and nothing else.
pub(crate) fn pinned(ca_der: &[u8]) -> Result<ClientConfig, SyncError> {
    let verifier = verifier_for(&CertificateDer::from(ca_der.to_vec())).map_err(|_| SyncError::Untrusted)?;
    config(verifier)
}

/// Trusts the chain that holds the authority named by a pairing code, and remembers it.
#[derive(Debug)]
pub(crate) struct PairingTrust {
    code: PairingCode,
    authority: Mutex<Option<Vec<u8>>>,
}

impl PairingTrust {
    pub(crate) fn new(code: PairingCode) -> Arc<Self> {
        Arc::new(Self { code, authority: Mutex::new(None) })
    }

    pub(crate) fn config(self: &Arc<Self>) -> Result<ClientConfig, SyncError> {
        config(Arc::clone(self) as Arc<dyn ServerCertVerifier>)
    }

    /// The authority that was seen and fits the code (DER).
    pub(crate) fn authority(&self) -> Option<Vec<u8>> {
        self.authority.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for PairingTrust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let authority = intermediates.iter().find(|certificate| self.code.pins(certificate));
        let authority = authority.ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        let verifier = verifier_for(authority)?;
        let verified = verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        *self.authority.lock().unwrap_or_else(PoisonError::into_inner) = Some(authority.to_vec());
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn verifier_for(authority: &CertificateDer<'_>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone().into_owned())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    verifier.map(|verifier| verifier as Arc<dyn ServerCertVerifier>).map_err(|error| Error::General(error.to_string()))
}

fn config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, SyncError> {
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| SyncError::Internal)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}
