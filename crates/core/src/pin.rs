//! PINs: what they may be and how they are hashed.
//!
//! A PIN gates a session, it is not a key: the database key is random and lives in the keyring.

use crate::CoreError;
use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Digits of a PIN.
const DIGITS: usize = 6;

/// What it costs to hash a PIN or a phrase, and so to guess at one. Argon2id in one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinCost {
    /// Memory, KiB; at least 8.
    pub memory_kib: u32,
    /// Passes over it; at least one.
    pub passes: u32,
}

impl PinCost {
    /// RFC 9106's second recommendation: 64 MiB, three passes.
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3 };

    pub(crate) fn params(self) -> Result<Params, CoreError> {
        Params::new(self.memory_kib, self.passes, 1, None).map_err(CoreError::storage)
    }
}

/// Refuses what is not six digits, and what is guessed first: one digit repeated, a run up or down.
pub(crate) fn check(pin: &str) -> Result<(), CoreError> {
    let digits: Vec<u8> = pin.bytes().collect();
    if digits.len() != DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return Err(CoreError::BadInput);
    }
    let steps: Vec<i16> =
        digits.iter().zip(digits.iter().skip(1)).map(|(a, b)| i16::from(*b) - i16::from(*a)).collect();
    let trivial = [0, 1, -1].iter().any(|step| steps.iter().all(|taken| taken == step));
    if trivial { Err(CoreError::PinTrivial) } else { Ok(()) }
}

/// The PHC string to keep.
pub(crate) fn hash(pin: &str, salt: &[u8], pepper: &[u8; 32], cost: PinCost) -> Result<String, CoreError> {
    let hash = hasher(pepper, cost.params()?)?.hash_password_with_salt(pin.as_bytes(), salt);
    Ok(hash.map_err(CoreError::storage)?.to_string())
}

/// A PIN as it is kept.
pub(crate) struct KeptPin {
    phc: PasswordHash,
    salt: Salt,
    params: Params,
}

impl KeptPin {
    /// From the PHC string that was kept.
    pub(crate) fn read(phc: &str) -> Result<Self, CoreError> {
        let phc = PasswordHash::new(phc).map_err(|_| CoreError::DatabaseDamaged)?;
        let salt = phc.salt.ok_or(CoreError::DatabaseDamaged)?;
        let params = Params::try_from(&phc).map_err(|_| CoreError::DatabaseDamaged)?;
        Ok(Self { phc, salt, params })
    }

    /// Tells it from every other PIN that ever was: its salt.
    pub(crate) fn name(&self) -> String {
        self.salt.to_string()
    }

    /// Whether `pin` is the one. Verified at the cost it was hashed at, whatever is usual today.
    pub(crate) fn fits(&self, pin: &str, pepper: &[u8; 32]) -> Result<bool, CoreError> {
        Ok(hasher(pepper, self.params.clone())?.verify_password(pin.as_bytes(), &self.phc).is_ok())
    }

    /// The same PIN at the cost that is usual today; `None` when it did not cost less. It keeps its
    /// salt, for the tries at it are counted under that.
    pub(crate) fn renewed(&self, pin: &str, pepper: &[u8; 32], cost: PinCost) -> Result<Option<String>, CoreError> {
        let is_cheaper = self.params.m_cost() < cost.memory_kib || self.params.t_cost() < cost.passes;
        if is_cheaper { hash(pin, &self.salt, pepper, cost).map(Some) } else { Ok(None) }
    }
}

fn hasher(pepper: &[u8; 32], params: Params) -> Result<Argon2<'_>, CoreError> {
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(CoreError::storage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        for pin in ["000000", "123456", "987654"] {
            assert!(matches!(check(pin), Err(CoreError::PinTrivial)), "{pin}");
        }
        for pin in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(matches!(check(pin), Err(CoreError::BadInput)), "{pin}");
        }
        assert!(check("204816").is_ok());
    }

    #[test]
    fn a_pin_is_verified_at_the_cost_it_was_hashed_at_and_renewed_when_that_was_less() {
        let (less, today) = (PinCost { memory_kib: 8, passes: 1 }, PinCost { memory_kib: 16, passes: 1 });
        let kept = KeptPin::read(&hash("204816", &[7; 16], &[1; 32], less).unwrap()).unwrap();
        assert!(kept.fits("204816", &[1; 32]).unwrap());
        assert!(!kept.fits("204817", &[1; 32]).unwrap() && !kept.fits("204816", &[2; 32]).unwrap());

        let renewed = KeptPin::read(&kept.renewed("204816", &[1; 32], today).unwrap().unwrap()).unwrap();
        assert!(renewed.fits("204816", &[1; 32]).unwrap());
        assert_eq!((renewed.params.m_cost(), renewed.name()), (16, kept.name()));
        assert!(renewed.renewed("204816", &[1; 32], today).unwrap().is_none());
        assert!(renewed.renewed("204816", &[1; 32], less).unwrap().is_none(), "never for less");
    }

    #[test]
    fn what_is_no_hash_of_a_pin_is_damage() {
        for phc in ["", "a hash", "$argon2id$v=19$m=8,t=1,p=1"] {
            assert!(matches!(KeptPin::read(phc), Err(CoreError::DatabaseDamaged)), "{phc}");
        }
    }
}
