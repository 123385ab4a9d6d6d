//! What a visitor types to be contacted: read with care, shown masked, encrypted by itself.

use crate::CoreError;
use crate::vault::DeviceRoot;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use floorbook_model::{ContactId, Rng, plain};
use phonenumber::Mode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

const NAME_CHARS_MAX: usize = 40;
const ADDRESS_CHARS_MAX: usize = 120;
const NONCE_BYTES: usize = 24;

/// A visitor's contact. Its debug output leaves everything out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactCard {
    /// How they want to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Phone number, E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// WeChat id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl fmt::Debug for ContactCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactCard(redacted)")
    }
}

/// A contact as clerks see it: the end of a number, the start of a name elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked(pub String);

impl ContactCard {
    /// The card as it is kept: without blanks, the number in E.164. `region` is where numbers without
    /// a country code are from.
    ///
    /// # Errors
    /// [`CoreError::PhoneInvalid`], [`CoreError::EmailInvalid`], [`CoreError::ContactMissing`] when
    /// there is no way to reach the visitor, [`CoreError::BadInput`] for what is too long.
    pub(crate) fn read(&self, region: &str) -> Result<Self, CoreError> {
        let card = Self {
            name: line(self.name.as_ref(), NAME_CHARS_MAX)?,
            phone: line(self.phone.as_ref(), NAME_CHARS_MAX)?.map(|typed| read_phone(&typed, region)).transpose()?,
            wechat: line(self.wechat.as_ref(), NAME_CHARS_MAX)?.map(read_wechat).transpose()?,
            email: line(self.email.as_ref(), ADDRESS_CHARS_MAX)?.map(read_email).transpose()?,
            address: line(self.address.as_ref(), ADDRESS_CHARS_MAX)?,
        };
        let reachable = card.phone.is_some() || card.wechat.is_some() || card.email.is_some();
        if reachable { Ok(card) } else { Err(CoreError::ContactMissing) }
    }

    /// What clerks see of it.
    pub(crate) fn masked(&self) -> Masked {
        let start = |text: &String| format!("{}•••", text.chars().next().unwrap_or('•'));
        let end = |number: &String| {
            let digits: Vec<char> = number.chars().collect();
            format!("•••• {}", digits.iter().skip(digits.len().saturating_sub(4)).collect::<String>())
        };
        let shown = self.phone.as_ref().map(end).or_else(|| self.wechat.as_ref().or(self.email.as_ref()).map(start));
        Masked(shown.unwrap_or_default())
    }
}

/// One line of text without anything that does not show; `None` when nothing is left.
fn line(text: Option<&String>, chars_max: usize) -> Result<Option<String>, CoreError> {
    let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else { return Ok(None) };
    let fits = text.chars().count() <= chars_max && !text.chars().any(is_unseen);
    if fits { Ok(Some(text.to_owned())) } else { Err(CoreError::BadInput) }
}

/// Control characters, and those that turn the direction of what is written around them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A number as people type it, in E.164.
pub(crate) fn read_phone(typed: &str, region: &str) -> Result<String, CoreError> {
    let region = phonenumber::country::Id::from_str(region).map_err(|_| CoreError::BadInput)?;
    let typed = plain(typed.trim());
    let typed = typed.strip_prefix("00").map_or_else(|| typed.clone(), |abroad| format!("+{abroad}"));
    let number = phonenumber::parse(Some(region), &typed).map_err(|_| CoreError::PhoneInvalid)?;
    if number.is_valid() { Ok(number.format().mode(Mode::E164).to_string()) } else { Err(CoreError::PhoneInvalid) }
}

/// WeChat takes 6-20 letters, digits, `-` and `_`; older ids are numbers.
fn read_wechat(typed: String) -> Result<String, CoreError> {
    let fits =
        (5..=20).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if fits { Ok(typed) } else { Err(CoreError::BadInput) }
}

fn read_email(typed: String) -> Result<String, CoreError> {
    if email_address::EmailAddress::is_valid(&typed) { Ok(typed) } else { Err(CoreError::EmailInvalid) }
}

/// A card under the key of its visitor: derived from the keyring's secret and the salt beside the
/// card, so that it exists only while the salt does.
pub(crate) struct Locker<'a> {
    pub(crate) root: &'a DeviceRoot,
    pub(crate) contact: ContactId,
    pub(crate) salt: &'a [u8; 32],
}

impl Locker<'_> {
    pub(crate) fn lock(&self, card: &ContactCard, rng: &dyn Rng) -> Result<Vec<u8>, CoreError> {
        let plain = Zeroizing::new(serde_json::to_vec(card).map_err(CoreError::storage)?);
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        let payload = Payload { msg: &plain, aad: self.contact.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| CoreError::BadInput)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn unlock(&self, bytes: &[u8]) -> Result<ContactCard, CoreError> {
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(CoreError::DatabaseDamaged)?;
        let payload = Payload { msg: sealed, aad: self.contact.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| CoreError::DatabaseDamaged)?;
        serde_json::from_slice(&Zeroizing::new(plain)).map_err(|_| CoreError::DatabaseDamaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.root.contact_key(self.salt)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_phone(phone: &str) -> ContactCard {
        ContactCard { phone: Some(phone.to_owned()), ..ContactCard::default() }
    }

    #[test]
    fn a_number_is_kept_in_one_form_however_it_was_typed() {
        for typed in ["13800138000", " 138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "００８６13800138000"]
        {
            let card = with_phone(typed).read("CN");
            assert_eq!(card.ok().and_then(|card| card.phone.clone()).as_deref(), Some("+8613800138000"), "{typed}");
        }
        assert_eq!(with_phone("+44 20 7946 0958").read("CN").unwrap().phone.as_deref(), Some("+442079460958"));
    }

    #[test]
    fn what_is_no_number_or_address_is_said() {
        for typed in ["1", "1380013800", "hello", "1380013800000000"] {
            assert!(matches!(with_phone(typed).read("CN"), Err(CoreError::PhoneInvalid)), "{typed}");
        }
        let card = ContactCard { email: Some("chen@".to_owned()), ..ContactCard::default() };
        assert!(matches!(card.read("CN"), Err(CoreError::EmailInvalid)));
        let card =
            ContactCard { name: Some("陈女士".to_owned()), phone: Some("  ".into()), ..ContactCard::default() };
        assert!(matches!(card.read("CN"), Err(CoreError::ContactMissing)), "a name reaches nobody");
        let card = ContactCard { name: Some("陈\u{202e}士".to_owned()), ..with_phone("13800138000") };
        assert!(matches!(card.read("CN"), Err(CoreError::BadInput)), "text that turns around");
    }

    #[test]
    fn a_clerk_sees_the_end_of_a_number() {
        assert_eq!(with_phone("+8613800138000").masked().0, "•••• 8000");
        let card = ContactCard { wechat: Some("chen_01".into()), ..ContactCard::default() };
        assert_eq!(card.masked().0, "c•••");
        assert_eq!(format!("{card:?}"), "ContactCard(redacted)");
    }
}
