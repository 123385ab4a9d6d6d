//! Seals what must not be read by somebody who has the database alone.

use crate::HqError;
use crate::key_file::HqKey;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use floorbook_model::Rng;
use hkdf::Hkdf;
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

const LABEL: &[u8] = b"floorbook/v1/hq/secrets";
const NONCE_BYTES: usize = 12;

/// The key of the secrets, derived from the key file.
pub(crate) struct Secrets {
    key: Zeroizing<[u8; 32]>,
    rng: Arc<dyn Rng>,
}

impl Secrets {
    pub(crate) fn new(key: &HqKey, rng: Arc<dyn Rng>) -> Self {
        let mut derived = Zeroizing::new([0; 32]);
        let expanded = Hkdf::<Sha256>::new(None, key.bytes()).expand(LABEL, &mut *derived);
        expanded.expect("32 bytes are not too many");
        Self { key: derived, rng }
    }

    /// A nonce, and `secret` under it. What is sealed under one `name` opens under no other.
    pub(super) fn seal(&self, name: &str, secret: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        self.rng.fill(&mut nonce);
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), Payload { msg: secret, aad: name.as_bytes() });
        [nonce.as_slice(), &sealed.expect("a secret is short")].concat()
    }

    /// # Errors
    /// [`HqError::Sealed`].
    pub(super) fn unseal(&self, name: &str, kept: &[u8]) -> Result<Zeroizing<Vec<u8>>, HqError> {
        let (nonce, sealed) = kept.split_first_chunk::<NONCE_BYTES>().ok_or(HqError::Sealed)?;
        let opened = self.cipher().decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() });
        opened.map(Zeroizing::new).map_err(|_| HqError::Sealed)
    }

    /// A name that nobody else has.
    pub(super) fn tag(&self) -> u64 {
        let mut bytes = [0; 8];
        self.rng.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.key))
    }
}
