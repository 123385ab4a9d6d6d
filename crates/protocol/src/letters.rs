//! The letters of codes that people read off a page and type: five bits each.

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

fn read_letter(c: char) -> Option<u8> {
    let letter = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(ALPHABET.iter().position(|known| char::from(*known) == letter)?).ok()
}
