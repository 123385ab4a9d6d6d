//! Batches: event lines, joined by newlines, compressed with zstd (RFC 8878).

use crate::limits;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::Read;

/// zstd level: 3 takes a fifth of the bytes at a few microseconds a record.
const LEVEL: i32 = 3;

/// Why bytes are not a batch.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// No record, or more than [`limits::BATCH_RECORDS_MAX`].
    #[error("batch holds no record or too many")]
    Records,
    /// Longer than a limit allows, compressed or not.
    #[error("batch or record is too long")]
    TooLong,
    /// Not zstd, or not UTF-8.
    #[error("batch cannot be read")]
    Unreadable(#[source] std::io::Error),
}

/// The decoded text of a batch.
#[derive(Debug)]
pub struct Batch {
    text: String,
}

impl Batch {
    /// Its records, one line each, in the order sent.
    pub fn records(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n')
    }
}

/// Compresses event lines.
///
/// # Errors
/// [`BatchError`] when they break a limit.
pub fn encode_batch<S: AsRef<str>>(lines: &[S]) -> Result<Vec<u8>, BatchError> {
    if lines.is_empty() || lines.len() > limits::BATCH_RECORDS_MAX {
        return Err(BatchError::Records);
    }
    let mut text = String::with_capacity(lines.iter().map(|line| line.as_ref().len() + 1).sum());
    for line in lines {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.as_ref());
    }
    check_text(&text)?;
    let encoded = zstd::bulk::compress(text.as_bytes(), LEVEL).map_err(BatchError::Unreadable)?;
    if encoded.len() > limits::BATCH_ENCODED_BYTES_MAX { Err(BatchError::TooLong) } else { Ok(encoded) }
}

/// Decompresses a batch. Memory is bounded before and after: a small bomb is cut off at
/// [`limits::BATCH_DECODED_BYTES_MAX`].
///
/// # Errors
/// [`BatchError`] when the bytes break a limit or are no batch.
pub fn decode_batch(encoded: &[u8]) -> Result<Batch, BatchError> {
    if encoded.len() > limits::BATCH_ENCODED_BYTES_MAX {
        return Err(BatchError::TooLong);
    }
    let decoder = zstd::stream::read::Decoder::with_buffer(encoded).map_err(BatchError::Unreadable)?;
    let mut text = Vec::with_capacity(encoded.len() * 4);
    let bound = u64::try_from(limits::BATCH_DECODED_BYTES_MAX).unwrap_or(u64::MAX);
    decoder.take(bound + 1).read_to_end(&mut text).map_err(BatchError::Unreadable)?;
    let text = String::from_utf8(text)
        .map_err(|error| BatchError::Unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))?;
    check_text(&text)?;
    let records = text.split('\n').count();
    if text.is_empty() || records > limits::BATCH_RECORDS_MAX { Err(BatchError::Records) } else { Ok(Batch { text }) }
}

fn check_text(text: &str) -> Result<(), BatchError> {
    let too_long = text.len() > limits::BATCH_DECODED_BYTES_MAX
        || text.split('\n').any(|line| line.len() > limits::RECORD_BYTES_MAX);
    if too_long { Err(BatchError::TooLong) } else { Ok(()) }
}

/// The `Content-Digest` field (RFC 9530) of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_as_they_were() {
        let lines = ["{\"a\":1}", "{\"b\":\"想\"}"];
        let batch = decode_batch(&encode_batch(&lines).unwrap()).unwrap();
        assert_eq!(batch.records().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_bomb_is_cut_off() {
        let bomb = zstd::bulk::compress(&vec![b'a'; limits::BATCH_DECODED_BYTES_MAX + 1], 19).unwrap();
        assert!(bomb.len() < 10_000, "it must be small on the wire to be a bomb");
        assert!(matches!(decode_batch(&bomb), Err(BatchError::TooLong)));
    }

    #[test]
    fn bytes_that_are_no_batch_are_refused() {
        for bytes in [&b""[..], b"not zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0, 0]] {
            assert!(decode_batch(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn one_record_too_long_is_refused_before_it_travels() {
        let lines = ["x".repeat(limits::RECORD_BYTES_MAX + 1)];
        assert!(matches!(encode_batch(&lines), Err(BatchError::TooLong)));
    }
}
