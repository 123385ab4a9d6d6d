//! Which answers of a visitor count.

use crate::{FieldValue, Patch, Question};

/// The answers to questions that were asked: one that hangs on another is asked only after an answer that it waits
/// for. A page without a script may show them all.
#[must_use]
pub fn due(mut answers: Patch, questions: &[Question]) -> Patch {
    for question in questions {
        let is_due = question.only_if.as_ref().is_none_or(|only_if| match answers.get(&only_if.key) {
            Some(FieldValue::Text(code)) => only_if.any_of.contains(code),
            Some(FieldValue::List(codes)) => codes.iter().any(|code| only_if.any_of.contains(code)),
            _ => false,
        });
        if !is_due {
            answers.remove(&question.group.key);
        }
    }
    answers
}
