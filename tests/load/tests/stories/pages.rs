//! A database as a thief reads it who has the key: every page of the file and of its log, the free and the
//! overwritten ones too.

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use std::fs;
use std::path::Path;

/// SQLCipher 4: pages of 4,096 bytes, of which the last 80 are an IV and a digest. AES-256-CBC.
const PAGE: usize = 4_096;
const RESERVED: usize = 80;
const IV: usize = 16;
const SALT: usize = 16;
/// The log of SQLite: a header, then a head before every page, which begins with the number of the page.
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// Everything that ever stood in the pages that are still there, in clear.
pub(crate) fn in_clear(database: &Path, key: &[u8; 32]) -> Vec<u8> {
    let file = fs::read(database).unwrap();
    let mut clear: Vec<u8> =
        file.chunks_exact(PAGE).zip(1..).flat_map(|(page, number)| opened(page, number, key)).collect();
    assert!(clear.windows(13).any(|window| window == b"CREATE TABLE "), "the key opens it");
    let log = fs::read(database.with_extension("db-wal")).unwrap_or_default();
    for frame in log.get(LOG_HEAD..).unwrap_or_default().chunks_exact(FRAME_HEAD + PAGE) {
        let number = u32::from_be_bytes(*frame.first_chunk().unwrap());
        clear.extend(opened(&frame[FRAME_HEAD..], number, key));
    }
    clear
}

fn opened(page: &[u8], number: u32, key: &[u8; 32]) -> Vec<u8> {
    let start = if number == 1 { SALT } else { 0 };
    let (sealed, reserve) = page.split_at(PAGE - RESERVED);
    let mut text = sealed[start..].to_vec();
    let iv: &[u8; IV] = reserve.first_chunk().unwrap();
    cbc::Decryptor::<aes::Aes256>::new(key.into(), iv.into()).decrypt_padded::<NoPadding>(&mut text).unwrap();
    text
}
