//! The pairing code: 25 characters that carry a one-time secret and the fingerprint of the
//! certificate authority to trust, so that typing it once both proves the right to pair and pins
//! headquarters.

use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SECRET_CHARS: usize = 9; // 45 bits
const PIN_CHARS: usize = 16; // 80 bits
const GROUP: usize = 5;

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
        for (at, letter) in self.secret.chars().chain(self.pin.chars()).enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode(redacted)")
    }
}

impl FromStr for PairingCode {
    type Err = BadPairingCode;

    /// Takes it as people type it: any case, spaces and dashes anywhere, `O` for 0, `I`/`L` for 1.
    fn from_str(text: &str) -> Result<Self, BadPairingCode> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: Vec<char> = kept.map(read_letter).collect::<Option<_>>().ok_or(BadPairingCode)?;
        if letters.len() != SECRET_CHARS + PIN_CHARS {
            return Err(BadPairingCode);
        }
        let (secret, pin) = letters.split_at(SECRET_CHARS);
        Ok(Self { secret: secret.iter().collect(), pin: pin.iter().collect() })
    }
}

fn read_letter(c: char) -> Option<char> {
    let letter = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(letter).ok().filter(|b| ALPHABET.contains(b)).map(char::from)
}

/// Five bits of each byte, as letters.
fn letters(bytes: impl Iterator<Item = u8>) -> String {
    bytes.map(|byte| char::from(*ALPHABET.get(usize::from(byte & 31)).unwrap_or(&b'0'))).collect()
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
