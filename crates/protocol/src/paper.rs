//! Codes on paper: 128 secret bits that people write down, and the key that follows from them.

use crate::letters::{grouped, letters, read_letters};
use crate::sealing::OpeningKey;
use floorbook_model::Rng;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const SECRET_BYTES: usize = 16;
/// 128 bits of secret and 22 that tell a slip of the pen, in letters of five.
const LETTERS: usize = 30;

/// Text that is not a paper code, or one with a slip in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of six groups of five letters")]
pub struct BadPaperCode;

/// What is written on paper: six groups of five letters.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PaperCode([u8; SECRET_BYTES]);

impl PaperCode {
    /// A new code.
    pub fn make(rng: &dyn Rng) -> Self {
        let mut secret = [0; SECRET_BYTES];
        rng.fill(&mut secret);
        Self(secret)
    }

    /// Opens what was sealed to this code; whoever seals needs only the public half of it.
    pub fn opening_key(&self) -> OpeningKey {
        let mut material = Zeroizing::new([0; 32]);
        hkdf::Hkdf::<Sha256>::new(Some(b"floorbook/v1/paper"), &self.0)
            .expand(b"pair", &mut *material)
            .expect("32 bytes are within what HKDF gives");
        OpeningKey::derived(&*material)
    }

    /// The secret and the start of its digest, bit by bit.
    fn bits(&self) -> impl Iterator<Item = u8> {
        let check = Sha256::new().chain_update(b"floorbook/v1/paper-check").chain_update(self.0).finalize();
        let bytes: Vec<u8> = self.0.iter().copied().chain(check).collect();
        bytes.into_iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
    }
}

impl fmt::Display for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits: Vec<u8> = self.bits().take(LETTERS * 5).collect();
        let fives = bits.chunks(5).map(|five| five.iter().fold(0, |number, bit| number << 1 | bit));
        f.write_str(&grouped(&letters(fives)))
    }
}

impl fmt::Debug for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaperCode(redacted)")
    }
}

impl FromStr for PaperCode {
    type Err = BadPaperCode;

    /// Takes it as people type it, see [`read_letters`].
    fn from_str(text: &str) -> Result<Self, BadPaperCode> {
        let typed = read_letters(text).filter(|typed| typed.len() == LETTERS).ok_or(BadPaperCode)?;
        let bits: Vec<u8> = typed.iter().flat_map(|five| (0..5).rev().map(move |bit| five >> bit & 1)).collect();
        let mut secret = [0; SECRET_BYTES];
        for (byte, eight) in secret.iter_mut().zip(bits.chunks(8)) {
            *byte = eight.iter().fold(0, |number, bit| number << 1 | bit);
        }
        let code = Self(secret);
        if code.bits().zip(&bits).all(|(right, typed)| right == *typed) { Ok(code) } else { Err(BadPaperCode) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::{Sealed, SealedFor};

    /// Not random, and no byte twice.
    struct Counting;

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(n, byte): (u8, _)| *byte = n.wrapping_mul(37));
        }
    }

    #[test]
    fn a_code_survives_being_typed_carelessly() {
        let code = PaperCode::make(&Counting);
        let typed = code.to_string().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert_eq!(typed.parse(), Ok(code));
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_a_code_of_something_else() {
        let code = PaperCode::make(&Counting).to_string();
        let letters: Vec<char> = code.chars().collect();
        for at in (0..letters.len()).filter(|at| letters[*at] != '-') {
            let mut slipped = letters.clone();
            slipped[at] = if slipped[at] == '7' { '3' } else { '7' };
            assert_eq!(PaperCode::from_str(&String::from_iter(slipped)), Err(BadPaperCode), "{at}");
        }
        for text in [
            "",
            "AAAAA",
            code.rsplit_once('-').unwrap().0,
            &format!("{code}7"),
            "店店店店店-00000-00000-00000-00000-00000",
        ] {
            assert_eq!(PaperCode::from_str(text), Err(BadPaperCode), "{text:?}");
        }
    }

    #[test]
    fn what_is_sealed_to_it_opens_as_what_it_is_and_nothing_else() {
        let key = PaperCode::make(&Counting).opening_key();
        let sealed = Sealed::seal(SealedFor::Recovery, b"", b"[]", &key.sealing_key(), &Counting).unwrap();
        assert_eq!(key.open(SealedFor::Recovery, b"", &sealed).unwrap().as_slice(), b"[]");
        assert!(key.open(SealedFor::ContactKey, b"", &sealed).is_err());
    }
}
