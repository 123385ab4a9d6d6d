//! A root secret under a phrase, as it lies in the folder.

use crate::vault::DeviceRoot;
use crate::{CoreError, PinCost};
use argon2::{Algorithm, Argon2, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use floorbook_model::Rng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const SALT_BYTES: usize = 16;
/// More is damage: 1 GiB, sixteen passes.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;

/// The file, JSON. What the key is derived by is vouched for by what is sealed under it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealedRoot {
    header: Header,
    /// Nonce and what is sealed, base64.
    sealed: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u8,
    /// Of Argon2id in one lane.
    memory_kib: u32,
    passes: u32,
    /// Base64.
    salt: String,
}

/// The key that a phrase is worth, and what it is derived by.
pub(super) struct Wrapping {
    header: Header,
    key: Zeroizing<[u8; 32]>,
}

impl SealedRoot {
    /// From the bytes of the file.
    ///
    /// # Errors
    /// [`CoreError::PhraseDamaged`].
    pub(super) fn read(bytes: &[u8]) -> Result<Self, CoreError> {
        let file: Self = serde_json::from_slice(bytes).map_err(|_| CoreError::PhraseDamaged)?;
        let Header { version, memory_kib, passes, .. } = file.header;
        let is_ours = version == VERSION && memory_kib <= MEMORY_KIB_MAX && passes <= PASSES_MAX;
        if is_ours { Ok(file) } else { Err(CoreError::PhraseDamaged) }
    }

    /// The root secret, and the key that it was sealed under.
    ///
    /// # Errors
    /// [`CoreError::PhraseWrong`], [`CoreError::PhraseDamaged`], or when there is not enough memory.
    pub(super) fn open_by(&self, phrase: &str) -> Result<(DeviceRoot, Wrapping), CoreError> {
        let wrapping = Wrapping::derived(phrase, self.header.clone())?;
        Ok((self.open(&wrapping)?, wrapping))
    }

    /// # Errors
    /// [`CoreError::PhraseWrong`], [`CoreError::PhraseDamaged`].
    pub(super) fn open(&self, wrapping: &Wrapping) -> Result<DeviceRoot, CoreError> {
        let sealed = STANDARD.decode(&self.sealed).map_err(|_| CoreError::PhraseDamaged)?;
        let item = open(&wrapping.key, &self.header.bytes(), &sealed).ok_or(CoreError::PhraseWrong)?;
        DeviceRoot::from_item(&item).ok_or(CoreError::PhraseDamaged)
    }
}

impl Wrapping {
    /// For a phrase that is new.
    pub(super) fn make(phrase: &str, cost: PinCost, rng: &dyn Rng) -> Result<Self, CoreError> {
        let mut salt = [0; SALT_BYTES];
        rng.fill(&mut salt);
        let PinCost { memory_kib, passes } = cost;
        Self::derived(phrase, Header { version: VERSION, memory_kib, passes, salt: STANDARD.encode(salt) })
    }

    fn derived(phrase: &str, header: Header) -> Result<Self, CoreError> {
        let salt: [u8; SALT_BYTES] =
            STANDARD.decode(&header.salt).ok().and_then(|salt| salt.try_into().ok()).ok_or(CoreError::PhraseDamaged)?;
        let cost = PinCost { memory_kib: header.memory_kib, passes: header.passes };
        let params = cost.params().map_err(|_| CoreError::PhraseDamaged)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(phrase.as_bytes(), &salt, &mut *key)
            .map_err(CoreError::storage)?;
        Ok(Self { header, key })
    }

    /// Whether guessing at it costs less than is usual today.
    pub(super) fn is_cheap(&self, cost: PinCost) -> bool {
        self.header.memory_kib < cost.memory_kib || self.header.passes < cost.passes
    }

    /// The bytes of the file.
    pub(super) fn seal(&self, root: &DeviceRoot, rng: &dyn Rng) -> Result<Vec<u8>, CoreError> {
        let sealed = seal(&self.key, &self.header.bytes(), &root.to_item(), rng);
        let file = SealedRoot { header: self.header.clone(), sealed: STANDARD.encode(sealed) };
        serde_json::to_vec(&file).map_err(CoreError::storage)
    }
}

impl Header {
    fn bytes(&self) -> Vec<u8> {
        let Self { version, memory_kib, passes, salt } = self;
        format!("floorbook/v{version}/phrase argon2id {memory_kib} {passes} {salt}").into_bytes()
    }
}

/// Nonce and ciphertext.
pub(super) fn seal(key: &[u8; 32], about: &[u8], secret: &[u8], rng: &dyn Rng) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    rng.fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: about })
        .expect("a few hundred bytes are within what the cipher takes");
    [nonce.as_slice(), &sealed].concat()
}

/// `None` for what was not sealed under the key.
pub(super) fn open(key: &[u8; 32], about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let opened = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: about });
    opened.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRng;

    const CHEAP: PinCost = PinCost { memory_kib: 8, passes: 1 };

    fn sealed(root: &DeviceRoot, cost: PinCost) -> Vec<u8> {
        Wrapping::make("the phrase", cost, &SystemRng).unwrap().seal(root, &SystemRng).unwrap()
    }

    fn opened(bytes: &[u8], phrase: &str) -> Result<DeviceRoot, CoreError> {
        Ok(SealedRoot::read(bytes)?.open_by(phrase)?.0)
    }

    #[test]
    fn only_the_phrase_opens_it() {
        let root = DeviceRoot::make(&SystemRng);
        let bytes = sealed(&root, CHEAP);
        assert_eq!(*opened(&bytes, "the phrase").unwrap().to_item(), *root.to_item());
        assert!(matches!(opened(&bytes, "the phrase "), Err(CoreError::PhraseWrong)));
        assert!(matches!(opened(&bytes, ""), Err(CoreError::PhraseWrong)));
    }

    #[test]
    fn it_opens_at_the_cost_it_was_sealed_at_whatever_is_usual_today() {
        let root = DeviceRoot::make(&SystemRng);
        for cost in [CHEAP, PinCost { memory_kib: 64, passes: 2 }, PinCost::STANDARD] {
            let file = SealedRoot::read(&sealed(&root, cost)).unwrap();
            let (opened, wrapping) = file.open_by("the phrase").unwrap();
            assert_eq!(*opened.to_item(), *root.to_item());
            assert_eq!(wrapping.is_cheap(PinCost::STANDARD), cost != PinCost::STANDARD);
        }
    }

    #[test]
    fn whatever_byte_is_damaged_it_says_so_or_the_phrase_is_wrong() {
        let bytes = sealed(&DeviceRoot::make(&SystemRng), CHEAP);
        for at in 0..bytes.len() {
            for flip in [1, 2, 4, 32, 128] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                let refused = opened(&damaged, "the phrase");
                let is_told = matches!(refused, Err(CoreError::PhraseWrong | CoreError::PhraseDamaged));
                assert!(is_told, "byte {at}: {refused:?}");
            }
            assert!(matches!(opened(&bytes[..at], "the phrase"), Err(CoreError::PhraseDamaged)), "cut at {at}");
        }
    }

    #[test]
    fn the_cost_that_a_file_asks_for_is_bounded() {
        let text = String::from_utf8(sealed(&DeviceRoot::make(&SystemRng), CHEAP)).unwrap();
        for (ours, theirs) in [
            ("\"memory_kib\":8", "\"memory_kib\":4294967295"),
            ("\"passes\":1", "\"passes\":100"),
            ("\"passes\":1", "\"passes\":0"),
            ("\"memory_kib\":8", "\"memory_kib\":0"),
            ("\"version\":1", "\"version\":2"),
        ] {
            let refused = opened(text.replace(ours, theirs).as_bytes(), "the phrase");
            assert!(matches!(refused, Err(CoreError::PhraseDamaged)), "{theirs}");
        }
    }

    #[test]
    fn neither_the_key_nor_the_phrase_can_be_read_in_it() {
        let root = DeviceRoot::make(&SystemRng);
        let text = String::from_utf8(sealed(&root, CHEAP)).unwrap();
        let item: serde_json::Value = serde_json::from_slice(&root.to_item()).unwrap();
        for field in ["install_id", "db_key", "db_salt", "signing_seed", "wrap_key"] {
            assert!(!text.contains(item[field].as_str().unwrap()), "{field}");
        }
        assert!(!text.contains("the phrase"));
    }
}
