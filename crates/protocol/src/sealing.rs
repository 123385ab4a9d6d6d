//! Sealing for headquarters: HPKE in base mode (RFC 9180) with X25519, HKDF-SHA256 and
//! ChaCha20-Poly1305. Whoever holds only the public half can write and never read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorbook_model::{ContactId, DeviceId, Rng, StoreId, VisitId};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

type X25519 = X25519HkdfSha256;

/// X25519, HKDF-SHA256, ChaCha20-Poly1305. Another number will name another set.
const SUITE: u8 = 1;
/// Plaintexts are filled up to a multiple of this, so that a length tells nothing of a name.
const PAD_BYTES: usize = 512;

/// What is sealed. It is part of the key that seals, so that nothing passes for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedFor {
    /// What a visitor typed, for headquarters.
    Contact,
    /// The root secrets of a device, for its recovery code.
    Recovery,
    /// The same, for a code that headquarters made.
    RecoveryByHq,
    /// Headquarters' key that opens contacts, for the code of its file.
    ContactKey,
    /// The root secret of a device, for headquarters' key that opens contacts.
    Escrow,
    /// An event that was logged while the device's own key was away, or an event or contact that was unsent when
    /// it was wiped.
    Spool,
}

impl SealedFor {
    fn info(self) -> &'static [u8] {
        match self {
            Self::Contact => b"floorbook/v1/contact",
            Self::Recovery => b"floorbook/v1/recovery",
            Self::RecoveryByHq => b"floorbook/v1/recovery-by-hq",
            Self::ContactKey => b"floorbook/v1/contact-key",
            Self::Escrow => b"floorbook/v1/escrow",
            Self::Spool => b"floorbook/v1/spool",
        }
    }
}

/// What cannot be opened: by another key, of another record, or changed on the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed record cannot be opened")]
pub struct SealedError;

/// The private half, 32 bytes; it is kept offline.
#[derive(ZeroizeOnDrop)]
pub struct OpeningKey([u8; 32]);

impl OpeningKey {
    /// A new key.
    pub fn make(rng: &dyn Rng) -> Self {
        let mut material = Zeroizing::new([0; 32]);
        rng.fill(&mut *material);
        Self::derived(&*material)
    }

    /// From its 32 bytes.
    ///
    /// # Errors
    /// [`SealedError`] when they are no key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealedError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| SealedError)?;
        <X25519 as Kem>::PrivateKey::from_bytes(&bytes).map_err(|_| SealedError)?;
        Ok(Self(bytes))
    }

    /// Its 32 bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// The public half.
    pub fn sealing_key(&self) -> SealingKey {
        let public = self.private().map(|private| X25519::sk_to_pk(&private).to_bytes().into());
        SealingKey::of(public.expect("it was checked when it was made"))
    }

    /// The pair that follows from a secret of at least 128 bits.
    pub(crate) fn derived(secret: &[u8]) -> Self {
        let (private, _) = X25519::derive_keypair(secret);
        Self(private.to_bytes().into())
    }

    /// Opens a JSON document that was sealed to this key, as what it is and bound to what it was bound to.
    ///
    /// # Errors
    /// [`SealedError`].
    pub fn open(&self, what: SealedFor, bound_to: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let Sealed { suite, key, enc, text } = sealed;
        if *suite != SUITE || *key != self.sealing_key().id {
            return Err(SealedError);
        }
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| SealedError);
        let enc = <X25519 as Kem>::EncappedKey::from_bytes(&decode(enc)?).map_err(|_| SealedError)?;
        let padded = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519>(
            &OpModeR::Base,
            &self.private()?,
            &enc,
            what.info(),
            &decode(text)?,
            bound_to,
        );
        let mut plain = Zeroizing::new(padded.map_err(|_| SealedError)?);
        let length = plain.trim_ascii_end().len();
        plain.truncate(length);
        Ok(plain)
    }

    fn private(&self) -> Result<<X25519 as Kem>::PrivateKey, SealedError> {
        <X25519 as Kem>::PrivateKey::from_bytes(&self.0).map_err(|_| SealedError)
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(redacted)")
    }
}

/// The public half, given to every device at pairing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealingKey {
    /// Names it in what was sealed by it.
    pub id: String,
    /// 32 bytes, base64url.
    public: String,
}

impl SealingKey {
    fn of(public: [u8; 32]) -> Self {
        let digest: [u8; 32] = Sha256::digest(public).into();
        let id = digest.iter().take(4).fold(String::from("kem-"), |id, byte| format!("{id}{byte:02x}"));
        Self { id, public: URL_SAFE_NO_PAD.encode(public) }
    }
}

/// A JSON document that only the private half of a key opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sealed {
    suite: u8,
    key: String,
    enc: String,
    text: String,
}

impl Sealed {
    /// Seals `plain`, a JSON document; `bound_to` has to be said again to open it.
    ///
    /// # Errors
    /// [`SealedError`] when `key` is no key.
    pub fn seal(
        what: SealedFor,
        bound_to: &[u8],
        plain: &[u8],
        key: &SealingKey,
        rng: &dyn Rng,
    ) -> Result<Self, SealedError> {
        let public = URL_SAFE_NO_PAD.decode(&key.public).map_err(|_| SealedError)?;
        let public = <X25519 as Kem>::PublicKey::from_bytes(&public).map_err(|_| SealedError)?;
        let mut padded = Zeroizing::new(plain.to_vec());
        padded.resize(plain.len().next_multiple_of(PAD_BYTES), b' ');
        let (enc, text) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519>(
            &OpModeS::Base,
            &public,
            what.info(),
            &padded,
            bound_to,
            &mut Handed(rng),
        )
        .map_err(|_| SealedError)?;
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self { suite: SUITE, key: key.id.clone(), enc: encode(&enc.to_bytes()), text: encode(&text) })
    }

    /// All of it in one line, to be signed.
    pub(crate) fn to_line(&self) -> String {
        let Self { suite, key, enc, text } = self;
        format!("{suite}/{key}/{enc}/{text}")
    }
}

/// What a contact record says of itself in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactName {
    /// The contact.
    pub contact: ContactId,
    /// The visit in which it was left.
    pub visit: VisitId,
    /// Store of the device.
    pub store: StoreId,
    /// Device that took it.
    pub device: DeviceId,
    /// As in the event that tells of it.
    pub revision: u32,
}

/// What a visitor typed, sealed: one line of `POST /v1/contacts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactRecord {
    /// The contact.
    pub contact: ContactId,
    /// The visit in which it was left.
    pub visit: VisitId,
    /// Store that it claims.
    pub store: StoreId,
    /// Device that it claims.
    pub device: DeviceId,
    /// As in the event that tells of it.
    pub revision: u32,
    sealed: Sealed,
}

impl ContactRecord {
    /// Seals `plain`, a JSON document, so that it opens only as this record.
    ///
    /// # Errors
    /// [`SealedError`] when `key` is no key.
    pub fn seal(name: ContactName, plain: &[u8], key: &SealingKey, rng: &dyn Rng) -> Result<Self, SealedError> {
        let sealed = Sealed::seal(SealedFor::Contact, &name.bound_to(SUITE, &key.id), plain, key, rng)?;
        let ContactName { contact, visit, store, device, revision } = name;
        Ok(Self { contact, visit, store, device, revision, sealed })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`SealedError`] when it was sealed to another key, or as another record.
    pub fn open(&self, key: &OpeningKey) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let Self { contact, visit, store, device, revision, sealed } = self;
        let (store, revision) = (store.clone(), *revision);
        let name = ContactName { contact: *contact, visit: *visit, store, device: *device, revision };
        key.open(SealedFor::Contact, &name.bound_to(sealed.suite, &sealed.key), sealed)
    }
}

impl ContactName {
    /// What a record says of itself, so that it cannot be passed off as another.
    fn bound_to(&self, suite: u8, key: &str) -> Vec<u8> {
        let Self { contact, visit, store, device, revision } = self;
        format!("{suite}/{key}/{contact}/{visit}/{store}/{device}/{revision}").into_bytes()
    }
}

/// The randomness that was handed in, in the form that HPKE asks for.
struct Handed<'a>(&'a dyn Rng);

impl TryRng for Handed<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Handed<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn name(revision: u32) -> ContactName {
        let id = [7; 16];
        ContactName {
            contact: ContactId::from_bytes(id),
            visit: VisitId::from_bytes(id),
            store: "north".parse().unwrap(),
            device: DeviceId::from_bytes(id),
            revision,
        }
    }

    #[test]
    fn only_the_private_half_opens_it_and_only_as_the_record_that_it_was() {
        let rng = Counting::default();
        let (ours, theirs) = (OpeningKey::make(&rng), OpeningKey::make(&rng));
        let record = ContactRecord::seal(name(1), b"{\"name\":\"Li\"}", &ours.sealing_key(), &rng).unwrap();
        let line = serde_json::to_string(&record).unwrap();
        let record: ContactRecord = serde_json::from_str(&line).unwrap();
        assert_eq!(record.open(&ours).unwrap().as_slice(), b"{\"name\":\"Li\"}");
        assert!(record.open(&theirs).is_err());
        assert!((ContactRecord { revision: 2, ..record.clone() }).open(&ours).is_err(), "another revision");
        assert!((ContactRecord { store: "south".parse().unwrap(), ..record }).open(&ours).is_err(), "another store");
    }

    #[test]
    fn the_length_of_a_name_does_not_show() {
        let rng = Counting::default();
        let key = OpeningKey::make(&rng).sealing_key();
        let length = |plain: &[u8]| ContactRecord::seal(name(1), plain, &key, &rng).unwrap().sealed.text.len();
        assert_eq!(length(b"{}"), length(&[b'x'; 500]));
    }
}
