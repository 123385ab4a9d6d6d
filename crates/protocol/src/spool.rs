//! The spool: events that a device sealed for headquarters while its own key was away, or events and contacts
//! that were unsent when it was wiped, and the file that holds them. Whoever has the device writes it and cannot read it.

use crate::{OpeningKey, PublicKey, Sealed, SealedError, SealedFor, SealingKey, SigningKey, limits};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorbook_model::{DeviceId, Rng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const SIGNED_FOR: &str = "floorbook/v1/spool-record\0";
/// What a spool file begins with; another number will name another form.
pub const SPOOL_HEAD: &[u8] = b"FLOORBOOK-SPOOL-1\n";
/// A frame begins with the length of its payload and the first bytes of the payload's SHA-256.
const LENGTH_BYTES: usize = 4;
const DIGEST_BYTES: usize = 8;

/// One event or contact, sealed: one line of `POST /v1/spools`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpoolRecord {
    /// The paired device that wrote it.
    pub device: DeviceId,
    /// The device that the event names as its origin: a stand-in for the time without a key, or the device
    /// itself.
    pub spool: DeviceId,
    /// Its number in the file, from 1.
    pub n: u64,
    sealed: Sealed,
    /// Ed25519 of `device`, base64url: then another device of its store may bring it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl SpoolRecord {
    /// Seals `line`, an event or a contact as it travels, so that it opens only as this record.
    ///
    /// # Errors
    /// [`SealedError`] when `key` is no key.
    pub fn seal(
        device: DeviceId,
        spool: DeviceId,
        n: u64,
        line: &str,
        key: &SealingKey,
        rng: &dyn Rng,
    ) -> Result<Self, SealedError> {
        let bound_to = bound_to(device, spool, n);
        let sealed = Sealed::seal(SealedFor::Spool, &bound_to, line.as_bytes(), key, rng)?;
        Ok(Self { device, spool, n, sealed, signature: None })
    }

    /// The same, signed by the device that wrote it, while it still has its key.
    #[must_use]
    pub fn signed(self, key: &SigningKey) -> Self {
        let signature = URL_SAFE_NO_PAD.encode(key.sign(&self.to_be_signed()));
        Self { signature: Some(signature), ..self }
    }

    /// Whether anybody signed it.
    pub fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether the device with this key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = self.signature.as_ref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        signature.is_some_and(|signature| key.verifies(&self.to_be_signed(), &signature))
    }

    fn to_be_signed(&self) -> Vec<u8> {
        let Self { device, spool, n, sealed, .. } = self;
        format!("{SIGNED_FOR}{device}/{spool}/{n}/{}", sealed.to_line()).into_bytes()
    }

    /// The line, as it was sealed.
    ///
    /// # Errors
    /// [`SealedError`] when it was sealed to another key, or as another record.
    pub fn open(&self, key: &OpeningKey) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        key.open(SealedFor::Spool, &bound_to(self.device, self.spool, self.n), &self.sealed)
    }

    /// The record as it stands in a file.
    ///
    /// # Errors
    /// [`SpoolTooLong`] when it would not fit in a batch.
    pub fn to_frame(&self) -> Result<Vec<u8>, SpoolTooLong> {
        let payload = serde_json::to_vec(self).map_err(|_| SpoolTooLong)?;
        let length = u32::try_from(payload.len()).map_err(|_| SpoolTooLong)?;
        if payload.len() > limits::RECORD_BYTES_MAX {
            return Err(SpoolTooLong);
        }
        Ok([&length.to_le_bytes()[..], &digest(&payload), &payload].concat())
    }
}

/// A record that is longer than [`limits::RECORD_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the spool record is too long")]
pub struct SpoolTooLong;

/// What is whole in a spool file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spool {
    /// Its records as they travel, in order: each is a [`SpoolRecord`] in JSON.
    pub lines: Vec<String>,
    /// Bytes that are no whole record: cut off by a power cut, or changed.
    pub lost_bytes: usize,
}

impl Spool {
    /// Reads a file, whatever became of it. A frame that was changed is stepped over; what comes after it is
    /// read.
    pub fn read(file: &[u8]) -> Self {
        let Some(mut rest) = file.strip_prefix(SPOOL_HEAD) else {
            return Self { lines: Vec::new(), lost_bytes: file.len() };
        };
        let mut spool = Self::default();
        while !rest.is_empty() {
            let Some((marked, payload, after)) = split_frame(rest) else {
                spool.lost_bytes += rest.len();
                break;
            };
            match line_of(marked, payload) {
                Some(line) => spool.lines.push(line),
                None => spool.lost_bytes += rest.len() - after.len(),
            }
            rest = after;
        }
        spool
    }
}

/// Digest, payload and what follows; `None` when there is not so much.
fn split_frame(bytes: &[u8]) -> Option<([u8; DIGEST_BYTES], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    let (marked, rest) = rest.split_first_chunk::<DIGEST_BYTES>()?;
    let (payload, after) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    Some((*marked, payload, after))
}

fn line_of(marked: [u8; DIGEST_BYTES], payload: &[u8]) -> Option<String> {
    if digest(payload) != marked || payload.len() > limits::RECORD_BYTES_MAX || payload.contains(&b'\n') {
        return None;
    }
    serde_json::from_slice::<SpoolRecord>(payload).ok()?;
    String::from_utf8(payload.to_vec()).ok()
}

fn digest(payload: &[u8]) -> [u8; DIGEST_BYTES] {
    let digest: [u8; 32] = Sha256::digest(payload).into();
    *digest.first_chunk().expect("a digest has 32 bytes")
}

/// What a record says of itself, so that it cannot be passed off as another.
fn bound_to(device: DeviceId, spool: DeviceId, n: u64) -> Vec<u8> {
    format!("{device}/{spool}/{n}").into_bytes()
}
