//! Everything that is bounded. A device obeys these before it sends, headquarters before it reads.

/// Records in one batch.
pub const BATCH_RECORDS_MAX: usize = 1_000;
/// Bytes of a batch as it travels, compressed.
pub const BATCH_ENCODED_BYTES_MAX: usize = 1 << 20;
/// Bytes of a batch once decompressed.
pub const BATCH_DECODED_BYTES_MAX: usize = 8 << 20;
/// Bytes of one record.
pub const RECORD_BYTES_MAX: usize = 64 << 10;
/// Bytes of any other request body.
pub const REQUEST_BYTES_MAX: usize = 16 << 10;
/// Bytes of any answer that a device reads.
pub const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How long headquarters waits before it says that nothing came, milliseconds.
pub const FEED_WAIT_MS_MAX: u32 = 25_000;
/// How long a challenge may be used, milliseconds.
pub const CHALLENGE_LIFE_MS: i64 = 10 * 60 * 1_000;
/// How long a pairing code may be used, milliseconds.
pub const PAIRING_CODE_LIFE_MS: i64 = 15 * 60 * 1_000;
/// How long a page for a phone is open, milliseconds.
pub const PHONE_PAGE_LIFE_MS: u64 = 10 * 60 * 1_000;
/// How long a device waits for news of such a page in one request, seconds.
pub const PHONE_WAIT_S: u64 = 25;
