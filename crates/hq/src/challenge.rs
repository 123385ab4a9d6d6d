//! Challenges without memory: the time they were given, marked as ours. They survive a restart
//! and cost no storage however many are asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorbook_protocol::limits::CHALLENGE_LIFE_MS;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A challenge from so far ahead is taken: the clock may have been set back by a little.
const AHEAD_MS: i64 = 60_000;
const LABEL: &[u8] = b"floorbook/v1/challenge\0";

/// The challenge for this moment.
pub(crate) fn derive_challenge(key: &[u8; 32], now_ms: i64) -> String {
    let time = now_ms.to_be_bytes();
    let mark = mac(key, time).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([&time[..], &mark[..]].concat())
}

/// Whether `text` is ours and young enough. The mark is compared in constant time.
pub(crate) fn is_fresh(key: &[u8; 32], text: &str, now_ms: i64) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return false };
    let Some((time, mark)) = bytes.split_first_chunk::<8>() else { return false };
    let age_ms = now_ms.saturating_sub(i64::from_be_bytes(*time));
    mac(key, *time).verify_slice(mark).is_ok() && (-AHEAD_MS..CHALLENGE_LIFE_MS).contains(&age_ms)
}

fn mac(key: &[u8; 32], time: [u8; 8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.chain_update(LABEL).chain_update(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_363_200_000;

    #[test]
    fn a_challenge_serves_for_its_life_and_no_longer() {
        let challenge = derive_challenge(&[1; 32], NOW_MS);
        assert!(is_fresh(&[1; 32], &challenge, NOW_MS + CHALLENGE_LIFE_MS - 1));
        assert!(!is_fresh(&[1; 32], &challenge, NOW_MS + CHALLENGE_LIFE_MS));
        assert!(!is_fresh(&[1; 32], &challenge, NOW_MS - AHEAD_MS - 1), "it was not given yet");
    }

    #[test]
    fn text_that_is_not_ours_is_no_challenge() {
        let theirs = derive_challenge(&[2; 32], NOW_MS);
        for text in ["", "AAAA", "不", &theirs, theirs.get(..20).unwrap()] {
            assert!(!is_fresh(&[1; 32], text, NOW_MS), "{text}");
        }
    }
}
