//! What a pack may ask a visitor: questions, and the screen on which a contact is left; and the words
//! that no note may hold.

use super::{Finding, check_choices, check_group, check_length};
use crate::pack::{ContactForm, GroupKind, Pack, Question};

/// Answers to `age` of whom nobody asks anything.
pub const TOO_YOUNG: [&str; 2] = ["child", "teen"];
const QUESTIONS_MAX: usize = 8;
/// A notice that nobody reads to its end informs nobody.
const NOTICE_CHARS: std::ops::RangeInclusive<usize> = 20..=600;
const BLOCKED_MAX: usize = 200;
const BLOCKED_CHARS_MAX: usize = 24;
const KEEP_MONTHS: std::ops::RangeInclusive<u16> = 1..=36;

pub(super) fn check_asked(pack: &Pack, found: &mut Vec<Finding>) {
    if pack.questions.len() > QUESTIONS_MAX {
        found.push(Finding::BadLength("questions".to_owned()));
    }
    for (at, question) in pack.questions.iter().enumerate() {
        check_question(question, pack.questions.get(..at).unwrap_or_default(), found);
    }
    let is_word = |word: &String| (1..=BLOCKED_CHARS_MAX).contains(&word.trim().chars().count());
    if pack.blocked.len() > BLOCKED_MAX || !pack.blocked.iter().all(is_word) {
        found.push(Finding::BadLength("blocked".to_owned()));
    }
    if let Some(contact) = &pack.contact {
        check_contact(contact, found);
        let says = |age: &&str| {
            let groups = pack.groups.iter().filter(|group| group.key == "age");
            groups.flat_map(|group| &group.choices).any(|choice| choice.code == **age)
        };
        if !TOO_YOUNG.iter().all(says) {
            found.push(Finding::NoAge);
        }
    }
}

/// A condition names an answer to an earlier question: one that can never be given would hide the
/// question for ever.
fn check_question(question: &Question, earlier: &[Question], found: &mut Vec<Finding>) {
    let key = &question.group.key;
    check_group("questions", &question.group, found);
    let is_path = question.group.kind == GroupKind::Path;
    let holds = question.only_if.as_ref().is_none_or(|only_if| {
        let asked = earlier.iter().find(|earlier| earlier.group.key == only_if.key);
        let has =
            |code: &String| asked.is_some_and(|asked| asked.group.choices.iter().any(|choice| choice.code == *code));
        !only_if.any_of.is_empty() && only_if.any_of.iter().all(has)
    });
    if is_path || !holds {
        found.push(Finding::BadQuestion(format!("questions.{key}")));
    }
}

fn check_contact(contact: &ContactForm, found: &mut Vec<Finding>) {
    check_choices("purposes", &contact.purposes, found);
    check_length("purposes", contact.purposes.len(), QUESTIONS_MAX, found);
    let notice = &contact.notice.text;
    let readable = [&notice.zh, &notice.en].iter().all(|text| NOTICE_CHARS.contains(&text.chars().count()));
    let region = contact.region.len() == 2 && contact.region.bytes().all(|letter| letter.is_ascii_uppercase());
    if !readable || !region || !KEEP_MONTHS.contains(&contact.keep_months) {
        found.push(Finding::BadContact);
    }
}
