//! Signed requests in the manner of HTTP Message Signatures (RFC 9421): one fixed list of
//! covered components, one algorithm, so there is nothing to negotiate and nothing to leave out.

use crate::keys::{PublicKey, SigningKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Field that names the device.
pub const DEVICE_HEADER: &str = "floorbook-device";
/// Field that names the batch.
pub const BATCH_HEADER: &str = "floorbook-batch";
/// Field that carries the challenge; headquarters also hands out the next one in it.
pub const CHALLENGE_HEADER: &str = "floorbook-challenge";

const COVERED: &str = concat!(
    r#"("@method" "@path" "content-digest" "content-encoding" "#,
    r#""floorbook-device" "floorbook-batch" "floorbook-challenge");alg="ed25519""#
);

/// A head whose signature is missing, malformed or not the key's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("request signature does not fit")]
pub struct SignatureError;

/// The covered components of a batch request. Values are as they stand in the fields.
#[derive(Clone, Copy, Debug)]
pub struct SignedHead<'a> {
    /// Path, without query.
    pub path: &'a str,
    /// `Content-Digest`.
    pub digest: &'a str,
    /// [`DEVICE_HEADER`].
    pub device: &'a str,
    /// [`BATCH_HEADER`].
    pub batch: &'a str,
    /// [`CHALLENGE_HEADER`].
    pub challenge: &'a str,
}

impl SignedHead<'_> {
    /// The signature base of RFC 9421 §2.5.
    fn base(&self) -> String {
        let Self { path, digest, device, batch, challenge } = self;
        format!(
            "\"@method\": POST\n\"@path\": {path}\n\"content-digest\": {digest}\n\"content-encoding\": zstd\n\
             \"floorbook-device\": {device}\n\"floorbook-batch\": {batch}\n\"floorbook-challenge\": {challenge}\n\
             \"@signature-params\": {COVERED}"
        )
    }
}

/// The values of the `Signature-Input` and `Signature` fields.
pub fn sign_head(head: &SignedHead<'_>, key: &SigningKey) -> (String, String) {
    let signature = STANDARD.encode(key.sign(head.base().as_bytes()));
    (format!("sig={COVERED}"), format!("sig=:{signature}:"))
}

/// Holds the two fields against the head.
///
/// # Errors
/// [`SignatureError`] unless they are exactly what [`sign_head`] writes with the private half of
/// `key`.
pub fn verify_head(head: &SignedHead<'_>, input: &str, signature: &str, key: &PublicKey) -> Result<(), SignatureError> {
    let encoded = signature.strip_prefix("sig=:").and_then(|rest| rest.strip_suffix(':')).ok_or(SignatureError)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SignatureError)?;
    let covers_all = input.strip_prefix("sig=") == Some(COVERED);
    if covers_all && key.verifies(head.base().as_bytes(), &bytes) { Ok(()) } else { Err(SignatureError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: SignedHead<'_> =
        SignedHead { path: "/v1/batches", digest: "sha-256=:x:", device: "d", batch: "b", challenge: "c" };

    #[test]
    fn changing_any_component_breaks_the_signature() {
        let key = SigningKey::from_seed(&[1; 32]);
        let (input, signature) = sign_head(&HEAD, &key);
        assert_eq!(verify_head(&HEAD, &input, &signature, &key.public()), Ok(()));
        let changed = [
            SignedHead { path: "/v1/pair", ..HEAD },
            SignedHead { digest: "sha-256=:y:", ..HEAD },
            SignedHead { device: "e", ..HEAD },
            SignedHead { batch: "a", ..HEAD },
            SignedHead { challenge: "d", ..HEAD },
        ];
        for head in changed {
            assert!(verify_head(&head, &input, &signature, &key.public()).is_err(), "{head:?} passed");
        }
    }

    #[test]
    fn a_signature_that_covers_less_is_refused() {
        let key = SigningKey::from_seed(&[1; 32]);
        let (_, signature) = sign_head(&HEAD, &key);
        assert!(verify_head(&HEAD, r#"sig=("@method");alg="ed25519""#, &signature, &key.public()).is_err());
    }
}
