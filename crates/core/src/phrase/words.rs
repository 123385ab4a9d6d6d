//! The words of a phrase: how they are read, what is too weak, and what the program proposes.
//!
//! How they are read must never change: a key hangs on every byte of it.

use crate::CoreError;
use floorbook_model::Rng;
use zeroize::Zeroizing;

/// Characters of a phrase as it is typed.
pub(super) const CHARS_MAX: usize = 200;
const WORDS_MIN: usize = 6;
const HAN_MIN: usize = 12;

/// A proposal: six words of two syllables, 72 bits. It can be said aloud, typed by any keyboard without an
/// input method, and learnt; a code of random letters would be copied from a note beside the machine.
const SYLLABLES: usize = 12;
const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstwz";
const VOWELS: &[u8; 4] = b"aiou";

/// A phrase as the key is derived from it: small letters of ordinary width, single spaces, none beside a
/// Chinese character.
pub(super) fn read(typed: &str) -> Zeroizing<String> {
    let mut phrase = Zeroizing::new(String::with_capacity(typed.len() * 2));
    let mut is_apart = false;
    for c in typed.trim().chars().map(narrow) {
        if c.is_whitespace() {
            is_apart = true;
            continue;
        }
        if is_apart && !is_han(c) && phrase.chars().next_back().is_some_and(|last| !is_han(last)) {
            phrase.push(' ');
        }
        is_apart = false;
        phrase.extend(c.to_lowercase());
    }
    phrase
}

/// The same for one that is chosen.
///
/// # Errors
/// [`CoreError::PhraseWeak`] for fewer than six words, or twelve Chinese characters; for the same few again
/// and again; for more than [`CHARS_MAX`] characters.
pub(super) fn chosen(typed: &str) -> Result<Zeroizing<String>, CoreError> {
    let phrase = read(typed);
    let words = phrase.split(|c: char| c == ' ' || is_han(c));
    let words: Vec<&str> = words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).collect();
    let han: Vec<char> = phrase.chars().filter(|c| is_han(*c)).collect();
    let is_long = enough(&words, WORDS_MIN) || enough(&han, HAN_MIN);
    if is_long && typed.chars().count() <= CHARS_MAX { Ok(phrase) } else { Err(CoreError::PhraseWeak) }
}

/// So many of them, and half of those not the same.
fn enough<T: Ord + Clone>(parts: &[T], least: usize) -> bool {
    let mut different = parts.to_vec();
    different.sort();
    different.dedup();
    parts.len() >= least && different.len() > least / 2
}

pub(super) fn proposed(rng: &dyn Rng) -> Zeroizing<String> {
    let mut dice = Zeroizing::new([0; SYLLABLES]);
    rng.fill(&mut *dice);
    let mut phrase = Zeroizing::new(String::with_capacity(SYLLABLES * 3));
    for (at, die) in dice.iter().enumerate() {
        if at > 0 && at % 2 == 0 {
            phrase.push(' ');
        }
        let sounds = [CONSONANTS.get(usize::from(die & 15)), VOWELS.get(usize::from(die >> 4 & 3))];
        phrase.extend(sounds.into_iter().flatten().copied().map(char::from));
    }
    phrase
}

/// Full-width letters and signs, as machines write them.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRng;

    #[test]
    fn a_phrase_is_the_same_however_it_is_typed() {
        let said = "six grey cats sleep under boats";
        for typed in [
            "  Six grey  CATS sleep\tunder boats ",
            "six\u{3000}grey cats sleep under boats",
            "ｓｉｘ grey cats sleep under boats",
        ] {
            assert_eq!(*read(typed), said, "{typed}");
        }
        for typed in ["春眠不觉晓 处处闻啼鸟", "春 眠 不 觉 晓\u{3000}处处闻啼鸟"] {
            assert_eq!(*read(typed), "春眠不觉晓处处闻啼鸟", "{typed}");
        }
        assert_eq!(*read("我的 floor book 很好"), "我的floor book很好");
    }

    #[test]
    fn six_words_or_twelve_characters_are_wanted() {
        for strong in
            ["six grey cats sleep under boats", "春眠不觉晓处处闻啼鸟夜来", "ÄPFEL und birnen wachsen im garten hier"]
        {
            assert!(chosen(strong).is_ok(), "{strong}");
        }
        for weak in [
            "",
            "five grey cats sleep here",
            "a b c d e f g h",
            "cat cat cat cat cat cat cat",
            "cat dog cat dog cat dog",
            "1234 5678 9012 3456 7890 1234",
            "春眠不觉晓处处闻啼鸟夜",
            "哈哈哈哈哈哈哈哈哈哈哈哈哈",
            &"grey cats ".repeat(30),
            &format!("six grey cats sleep under boats {}", "x".repeat(CHARS_MAX)),
        ] {
            assert!(matches!(chosen(weak), Err(CoreError::PhraseWeak)), "{weak}");
        }
    }

    #[test]
    fn a_proposal_is_strong_enough_and_never_the_same() {
        for _ in 0..50 {
            let proposal = proposed(&SystemRng);
            assert_eq!(*chosen(&proposal).unwrap(), *proposal);
            assert_eq!(proposal.len(), 29, "{}", *proposal);
            assert_ne!(proposal, proposed(&SystemRng));
        }
    }
}
