//! What a tap says: some fields of a visit take new values.

use crate::{Pack, Unfit, unfit};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Field that holds the party size, `"1"` to `"5"` (five or more).
pub const SIZE: &str = "size";
/// Field that holds the clerk's short note.
pub const NOTE: &str = "note";
/// Field that holds the articles that drew the visitor's attention, as scanned.
pub const ITEMS: &str = "items";
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// Longest code, list or path, so that one visit always fits one record.
const CODE_BYTES_MAX: usize = 32;
pub(crate) const LIST_MAX: usize = 64;
const FIELDS_MAX: usize = 40;
/// Longest article number, in characters; the longest GS1 element string in use has 48.
pub const ITEM_CHARS_MAX: usize = 48;

/// One stop on the way through the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// Zone code of the pack.
    pub zone: String,
    /// When the party got there, milliseconds UTC.
    pub at_ms: i64,
}

/// The value of one field. The group of the pack tells which form it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum FieldValue {
    /// Nothing: the field was cleared.
    Nothing,
    /// One code, or a text.
    Text(String),
    /// Zones in the order of visiting; a zone may come twice. An empty list reads as this.
    Path(Vec<Step>),
    /// Several codes.
    List(Vec<String>),
}

/// Told apart by what is there, without trying one form after the other: a device that comes late reads a
/// hundred thousand of them.
impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = FieldValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing, a text, steps or codes")
    }

    fn visit_unit<E>(self) -> Result<FieldValue, E> {
        Ok(FieldValue::Nothing)
    }

    fn visit_str<E>(self, text: &str) -> Result<FieldValue, E> {
        Ok(FieldValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldValue, A::Error> {
        let Some(first) = items.next_element()? else { return Ok(FieldValue::Path(Vec::new())) };
        match first {
            Item::Step(step) => rest(step, items).map(FieldValue::Path),
            Item::Code(code) => rest(code, items).map(FieldValue::List),
        }
    }
}

/// The first of a list tells what the others are.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Code(String),
    Step(Step),
}

fn rest<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(first: T, mut items: A) -> Result<Vec<T>, A::Error> {
    let mut all = vec![first];
    while let Some(item) = items.next_element()? {
        all.push(item);
    }
    Ok(all)
}

/// Fields and their new values. The last writer of a field wins, see [`crate::Visit`].
pub type Patch = BTreeMap<String, FieldValue>;

/// Why a patch is refused. Nothing of it is stored then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The note is longer than [`NOTE_CHARS_MAX`].
    #[error("the note has more than {NOTE_CHARS_MAX} characters")]
    NoteTooLong,
    /// The note names a person or judges one.
    #[error("the note is unfit to be kept: {0:?}")]
    Unfit(Unfit),
    /// A code, list or path is malformed or too long.
    #[error("a field is malformed or too long")]
    Malformed,
}

/// Holds a patch against the limits that every record obeys.
///
/// # Errors
/// [`PatchError`] names what is too long or malformed.
pub fn check_patch(patch: &Patch) -> Result<(), PatchError> {
    if patch.len() > FIELDS_MAX {
        return Err(PatchError::Malformed);
    }
    patch.iter().try_for_each(|(field, value)| check_field(field, value))
}

fn check_field(field: &str, value: &FieldValue) -> Result<(), PatchError> {
    let fits = match value {
        FieldValue::Text(text) if field == NOTE => {
            return if text.chars().count() <= NOTE_CHARS_MAX { Ok(()) } else { Err(PatchError::NoteTooLong) };
        }
        FieldValue::Text(text) if field == SIZE => matches!(text.as_str(), "1" | "2" | "3" | "4" | "5"),
        FieldValue::List(items) if field == ITEMS => items.len() <= LIST_MAX && items.iter().all(|item| is_item(item)),
        FieldValue::Nothing => field != SIZE,
        FieldValue::Text(text) => is_code(text),
        FieldValue::List(list) => list.len() <= LIST_MAX && list.iter().all(|code| is_code(code)),
        FieldValue::Path(path) => path.len() <= LIST_MAX && path.iter().all(|step| is_code(&step.zone)),
    };
    if fits && is_code(field) { Ok(()) } else { Err(PatchError::Malformed) }
}

/// Holds a patch against the pack of the form: only its groups, [`NOTE`], [`SIZE`] and [`ITEMS`] may be set,
/// and only to its choices. Free text cannot hide anywhere but in the note.
///
/// # Errors
/// As [`check_patch`].
pub fn check_patch_of(pack: &Pack, patch: &Patch) -> Result<(), PatchError> {
    check_patch(patch)?;
    if let Some(FieldValue::Text(note)) = patch.get(NOTE) {
        check_words(pack, note)?;
    }
    let fits = |(field, value): (&String, &FieldValue)| match field.as_str() {
        NOTE | SIZE => true,
        ITEMS => {
            matches!(value, FieldValue::Nothing | FieldValue::List(_))
                || matches!(value, FieldValue::Path(steps) if steps.is_empty())
        }
        _ => pack.group(field).is_some_and(|group| group.takes(value)),
    };
    if patch.iter().all(fits) { Ok(()) } else { Err(PatchError::Malformed) }
}

/// Refuses a text that names a person or judges one.
///
/// # Errors
/// [`PatchError::Unfit`].
pub fn check_words(pack: &Pack, text: &str) -> Result<(), PatchError> {
    unfit(text, &pack.blocked).map_or(Ok(()), |unfit| Err(PatchError::Unfit(unfit)))
}

/// Whether `text` may be the number of an article: what scanners send, without spaces and words.
pub fn is_item(text: &str) -> bool {
    (1..=ITEM_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'+' | b'-'))
}

/// Codes are what packs may hold: short, lower-case, Latin.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=CODE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(field: &str, value: FieldValue) -> Patch {
        Patch::from([(field.to_owned(), value)])
    }

    #[test]
    fn a_megabyte_of_note_is_refused_as_too_long() {
        let long = FieldValue::Text("a".repeat(1 << 20));
        assert_eq!(check_patch(&patch(NOTE, long)), Err(PatchError::NoteTooLong));
    }

    #[test]
    fn a_note_is_counted_in_characters_not_bytes() {
        let chinese = FieldValue::Text("想".repeat(NOTE_CHARS_MAX));
        assert_eq!(check_patch(&patch(NOTE, chinese)), Ok(()));
    }

    #[test]
    fn free_text_cannot_hide_in_a_code_field() {
        let smuggled = FieldValue::Text("13800000000 Li".to_owned());
        assert_eq!(check_patch(&patch("age", smuggled)), Err(PatchError::Malformed));
        assert_eq!(check_patch(&patch("age", FieldValue::Text("a20".into()))), Ok(()));
    }

    #[test]
    fn every_form_of_value_survives_json() {
        let values = [
            FieldValue::Nothing,
            FieldValue::Text("a20".into()),
            FieldValue::List(vec!["hat".into()]),
            FieldValue::Path(vec![Step { zone: "bags".into(), at_ms: 7 }]),
        ];
        for value in values {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<FieldValue>(&json).unwrap(), value, "lost in {json}");
        }
    }
}
