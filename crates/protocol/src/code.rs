//! The pairing code: 25 characters that carry a one-time secret and the fingerprint of the
//! certificate authority to trust, so that typing it once both proves the right to pair and pins
//! headquarters.

use crate::letters::{grouped, letters, read_letters};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

const SECRET_CHARS: usize = 9; // 45 bits
const PIN_CHARS: usize = 16; // 80 bits

/// Text that is not 25 characters of the code's alphabet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pairing code")]
pub struct BadPairingCode;

/// A pairing code, written `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`: 45 secret bits, then the first 80
/// bits of SHA-256 over the CA certificate (DER).
#[derive(Clone, PartialEq, Eq)]
pub struct PairingCode {
    secret: String,
    pin: String,
}

impl PairingCode {
    /// The code for `random` and the CA certificate that headquarters serves under.
    pub fn new(random: [u8; 9], ca_der: &[u8]) -> Self {
        Self { secret: letters(random.iter().copied()), pin: pin_of(ca_der) }
    }

    /// The secret part: what is sent to headquarters, once the pin fits.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether `ca_der` is the certificate that this code names.
    pub fn pins(&self, ca_der: &[u8]) -> bool {
        self.pin == pin_of(ca_der)
    }
}

impl fmt::Display for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&format!("{}{}", self.secret, self.pin)))
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode(redacted)")
    }
}

impl FromStr for PairingCode {
    type Err = BadPairingCode;

    /// Takes it as people type it, see [`read_letters`].
    fn from_str(text: &str) -> Result<Self, BadPairingCode> {
        let typed = read_letters(text).filter(|typed| typed.len() == SECRET_CHARS + PIN_CHARS);
        let typed = typed.ok_or(BadPairingCode)?;
        let (secret, pin) = typed.split_at(SECRET_CHARS);
        Ok(Self { secret: letters(secret.iter().copied()), pin: letters(pin.iter().copied()) })
    }
}

fn pin_of(ca_der: &[u8]) -> String {
    let digest = Sha256::digest(ca_der);
    let bit = |n: usize| digest.get(n / 8).map_or(0, |byte| byte >> (7 - n % 8) & 1);
    letters((0..PIN_CHARS).map(|at| (0..5).fold(0, |five, n| five << 1 | bit(at * 5 + n))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_typed_carelessly() {
        let code = PairingCode::new([0, 1, 10, 17, 24, 31, 2, 3, 4], b"certificate");
        let typed = code.to_string().to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert_eq!(PairingCode::from_str(&typed).unwrap(), code);
    }

    #[test]
    fn a_code_pins_one_authority_only() {
        let code = PairingCode::new([7; 9], b"ours");
        assert!(code.pins(b"ours") && !code.pins(b"theirs"));
    }

    #[test]
    fn letters_outside_the_alphabet_and_wrong_lengths_are_refused() {
        for text in ["", "ABCDE", "UUUUU-UUUUU-UUUUU-UUUUU-UUUUU", "店店店店店-00000-00000-00000-00000"] {
            assert_eq!(PairingCode::from_str(text), Err(BadPairingCode), "{text:?}");
        }
    }
}
