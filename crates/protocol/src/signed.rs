//! Signed documents: the exact payload bytes travel beside their signature, so no side has to
//! write JSON the same way twice.

use crate::keys::{PublicKey, SigningKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a document is for. It is part of what is signed, so that a document of one kind can never
/// be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A device asks to be paired; signed by the key that it brings.
    PairRequest,
    /// Headquarters' answer to it.
    PairGrant,
    /// Headquarters has a batch.
    Receipt,
    /// What headquarters wants of a device.
    Config,
    /// A page of what the other devices of the store logged.
    Feed,
    /// What headquarters says of a page for a phone.
    Phone,
    /// What a device says of its own log; signed by the device.
    Ledger,
}

impl Purpose {
    /// What stands before the payload when it is signed.
    pub fn label(self) -> &'static [u8] {
        match self {
            Self::PairRequest => b"floorbook/v1/pair-request\0",
            Self::PairGrant => b"floorbook/v1/pair-grant\0",
            Self::Receipt => b"floorbook/v1/receipt\0",
            Self::Config => b"floorbook/v1/config\0",
            Self::Feed => b"floorbook/v1/feed\0",
            Self::Phone => b"floorbook/v1/phone\0",
            Self::Ledger => b"floorbook/v1/ledger\0",
        }
    }
}

/// Why a signed document is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SignedError {
    /// The payload or signature is not base64url.
    #[error("signed document is not base64url")]
    Encoding,
    /// The signature is not the key's for this purpose and payload.
    #[error("signature does not fit")]
    Signature,
    /// The payload is not the expected document.
    #[error("signed payload is not the expected document")]
    Payload(#[source] serde_json::Error),
}

/// A document and its Ed25519 signature over `purpose label ‖ payload`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// JSON document, base64url.
    payload: String,
    /// 64 bytes, base64url.
    signature: String,
}

impl Signed {
    /// Writes `document` and signs it.
    ///
    /// # Errors
    /// When `document` has no JSON form.
    pub fn seal<T: Serialize>(purpose: Purpose, document: &T, key: &SigningKey) -> Result<Self, serde_json::Error> {
        let payload = serde_json::to_vec(document)?;
        let signature = key.sign(&message(purpose, &payload));
        Ok(Self { payload: URL_SAFE_NO_PAD.encode(payload), signature: URL_SAFE_NO_PAD.encode(signature) })
    }

    /// Verifies first, reads then.
    ///
    /// # Errors
    /// [`SignedError`]; nothing of an unverified payload is returned.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, key: &PublicKey) -> Result<T, SignedError> {
        let payload = self.payload()?;
        self.check(purpose, &payload, key)?;
        serde_json::from_slice(&payload).map_err(SignedError::Payload)
    }

    /// Opens a document that names its own signer: `key_of` reads the key out of the payload and
    /// the signature must be that key's. It proves possession of the key, nothing else.
    ///
    /// # Errors
    /// As [`Signed::open`].
    pub fn open_self_signed<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        key_of: impl Fn(&T) -> PublicKey,
    ) -> Result<T, SignedError> {
        let payload = self.payload()?;
        let document: T = serde_json::from_slice(&payload).map_err(SignedError::Payload)?;
        self.check(purpose, &payload, &key_of(&document))?;
        Ok(document)
    }

    fn payload(&self) -> Result<Vec<u8>, SignedError> {
        URL_SAFE_NO_PAD.decode(&self.payload).map_err(|_| SignedError::Encoding)
    }

    fn check(&self, purpose: Purpose, payload: &[u8], key: &PublicKey) -> Result<(), SignedError> {
        let signature = URL_SAFE_NO_PAD.decode(&self.signature).map_err(|_| SignedError::Encoding)?;
        if key.verifies(&message(purpose, payload), &signature) { Ok(()) } else { Err(SignedError::Signature) }
    }
}

fn message(purpose: Purpose, payload: &[u8]) -> Vec<u8> {
    [purpose.label(), payload].concat()
}
