//! PINs: what they may be, how they are hashed, how guessing is slowed down.
//!
//! A PIN gates a session, it is not a key: the database key is random and lives in the keyring.

use crate::CoreError;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version, password_hash};
use floorbook_model::Rng;

/// Digits of a PIN.
const DIGITS: usize = 6;
/// Argon2id, RFC 9106's second recommendation: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// So many tries are free.
const FREE_TRIES: u32 = 5;
const FIRST_WAIT_S: u32 = 30;
const LONGEST_WAIT_S: u32 = 60 * 60;

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
pub(crate) fn hash(pin: &str, pepper: &[u8; 32], rng: &dyn Rng) -> Result<String, CoreError> {
    let mut salt = [0; 16];
    rng.fill(&mut salt);
    let hash = hasher(pepper)?.hash_password_with_salt(pin.as_bytes(), &salt).map_err(CoreError::storage)?;
    Ok(hash.to_string())
}

/// Whether `pin` is the one whose PHC string was kept.
pub(crate) fn fits(pin: &str, kept: &str, pepper: &[u8; 32]) -> Result<bool, CoreError> {
    let kept = password_hash::phc::PasswordHash::new(kept).map_err(|_| CoreError::DatabaseDamaged)?;
    Ok(hasher(pepper)?.verify_password(pin.as_bytes(), &kept).is_ok())
}

/// Seconds to wait after so many failures in a row: none for the first four, then 30 s doubling
/// with each up to an hour.
pub(crate) fn wait_s(failures: u32) -> u32 {
    match failures.checked_sub(FREE_TRIES) {
        None => 0,
        Some(doublings) => FIRST_WAIT_S.saturating_mul(1 << doublings.min(16)).min(LONGEST_WAIT_S),
    }
}

fn hasher(pepper: &[u8; 32]) -> Result<Argon2<'_>, CoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(CoreError::storage)?;
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
    fn guessing_gets_slower_up_to_an_hour() {
        assert_eq!([4, 5, 6, 7, 12, 500].map(wait_s), [0, 30, 60, 120, 3600, 3600]);
    }
}
