//! The letters of codes that people read off a page and type: five bits each.

use floorbook_model::ContactId;
use sha2::{Digest, Sha256};

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 5;

/// The low five bits of each number, as letters.
pub fn letters(fives: impl IntoIterator<Item = u8>) -> String {
    fives.into_iter().map(|five| char::from(*ALPHABET.get(usize::from(five & 31)).unwrap_or(&b'0'))).collect()
}

/// The numbers of the letters as people type them: any case, spaces and dashes anywhere, `O` for 0,
/// `I` and `L` for 1. `None` when anything else is among them.
pub fn read_letters(typed: &str) -> Option<Vec<u8>> {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(read_letter).collect()
}

/// Letters in groups of five with dashes between, as they are shown.
pub fn grouped(letters: &str) -> String {
    letters.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// The receipt code of a contact, two groups of five letters: what a visitor shows to see, correct or
/// erase what they left. Device and headquarters derive the same from the contact's name.
pub fn receipt_code(contact: ContactId) -> String {
    let digest = Sha256::new().chain_update(b"floorbook/v1/receipt-code").chain_update(contact.as_bytes()).finalize();
    grouped(&letters(digest.into_iter().take(2 * GROUP)))
}

/// A receipt code as people type it, in the form of [`receipt_code`]; `None` when it is none.
pub fn read_receipt_code(typed: &str) -> Option<String> {
    let letters_of = read_letters(typed).filter(|typed| typed.len() == 2 * GROUP)?;
    Some(grouped(&letters(letters_of)))
}

fn read_letter(c: char) -> Option<u8> {
    let letter = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(ALPHABET.iter().position(|known| char::from(*known) == letter)?).ok()
}
