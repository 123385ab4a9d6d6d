//! What a phone handed in: pairs of names and values, read into the form that the page shows.

use floorbook_model::{FieldValue, GroupKind, Question, due};
use floorbook_protocol::{NotKept, PhoneForm, PhoneGiven, TypedCard};
use std::collections::BTreeMap;
use zeroize::Zeroize;

/// Begins the name of an answer.
pub(super) const ANSWER: &str = "q-";

/// What a visitor typed and ticked, kept while the page is shown again.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) card: TypedCard,
    pub(super) purposes: Vec<String>,
    pub(super) is_of_age: bool,
    /// Codes by the key of their question.
    pub(super) answers: BTreeMap<String, Vec<String>>,
    /// They would rather not.
    pub(super) refuses: bool,
}

/// Where on the page something is missing or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Phone,
    Wechat,
    Email,
    Purposes,
    Age,
    Form,
}

impl Typed {
    /// Reads a body of `application/x-www-form-urlencoded`. What is not of the page is passed over.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let mut value = value.into_owned();
            match &*name {
                "name" => swap(&mut typed.card.name, value),
                "phone" => swap(&mut typed.card.phone, value),
                "wechat" => swap(&mut typed.card.wechat, value),
                "email" => swap(&mut typed.card.email, value),
                "address" => swap(&mut typed.card.address, value),
                "purpose" => typed.purposes.push(value),
                "age" => typed.is_of_age = true,
                "none" => typed.refuses = true,
                name => match name.strip_prefix(ANSWER) {
                    Some(key) => typed.answers.entry(key.to_owned()).or_default().push(value),
                    None => value.zeroize(),
                },
            }
        }
        typed
    }

    /// As the device takes it.
    pub(super) fn to_given(&self, form: &PhoneForm, locale: &str) -> PhoneGiven {
        let answer = |question: &Question| {
            let (key, codes) = self.answers.get_key_value(&question.group.key)?;
            let value = match question.group.kind {
                GroupKind::Many => FieldValue::List(codes.clone()),
                _ => FieldValue::Text(codes.first()?.clone()),
            };
            Some((key.clone(), value))
        };
        PhoneGiven {
            card: self.card.clone(),
            purposes: self.purposes.clone(),
            is_of_age: self.is_of_age,
            locale: locale.to_owned(),
            answers: due(form.questions.iter().filter_map(answer).collect(), &form.questions),
        }
    }

    /// Where to look for what the device does not take; the window of the device knows the same places.
    pub(super) fn place_of(&self, why: NotKept) -> Place {
        match why {
            NotKept::PhoneInvalid | NotKept::ContactMissing => Place::Phone,
            NotKept::EmailInvalid => Place::Email,
            NotKept::ConsentMissing if self.purposes.is_empty() => Place::Purposes,
            NotKept::ConsentMissing => Place::Age,
            NotKept::BadInput if !is_wechat(self.card.wechat.trim()) => Place::Wechat,
            NotKept::BadInput | NotKept::Failed => Place::Form,
        }
    }

    pub(super) fn answers(&self, key: &str, code: &str) -> bool {
        self.answers.get(key).is_some_and(|codes| codes.iter().any(|answer| answer == code))
    }
}

fn swap(field: &mut String, value: String) {
    field.zeroize();
    *field = value;
}

fn is_wechat(text: &str) -> bool {
    text.is_empty()
        || (5..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_page_is_passed_over() {
        let typed =
            Typed::read("name=%E9%99%88+x&phone=1&phone=2&purpose=a&purpose=b&age=yes&q-k=c&evil=1&%ff=%ff".as_bytes());
        assert_eq!((typed.card.name.as_str(), typed.card.phone.as_str()), ("陈 x", "2"));
        assert_eq!(typed.purposes, ["a", "b"]);
        assert!(typed.is_of_age && !typed.refuses && typed.answers("k", "c") && typed.answers.len() == 1);
    }

    #[test]
    fn a_mistake_has_its_place() {
        let mut typed = Typed::default();
        assert_eq!(typed.place_of(NotKept::ConsentMissing), Place::Purposes);
        typed.purposes.push("notify".to_owned());
        assert_eq!(typed.place_of(NotKept::ConsentMissing), Place::Age);
        assert_eq!(typed.place_of(NotKept::BadInput), Place::Form);
        typed.card.wechat = "陈".to_owned();
        assert_eq!(typed.place_of(NotKept::BadInput), Place::Wechat);
    }
}
