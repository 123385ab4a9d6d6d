//! A page on which a visitor fills the form of a turned screen on their own phone. Headquarters carries it
//! between the two and keeps nothing; what is taken, the device decides.

use floorbook_model::{BatchId, Choice, DeviceId, Notice, Patch, Question};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a device sends to `POST /v1/phone`, as the one line of a signed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PhoneRequest {
    /// Opens a page; an earlier one of the device is closed by that.
    Open(PhoneForm),
    /// Waits for what a phone does with the page.
    Wait {
        /// The page.
        page: String,
        /// What the device says to what it was given last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
    /// Closes the page: the screen is not turned any more. What was given and not answered is not kept.
    Close {
        /// The page.
        page: String,
    },
}

/// What stands on the page: all of it is shown as it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhoneForm {
    /// Name of the store.
    pub store: String,
    /// Who uses what for what.
    pub notice: Notice,
    /// What the visitor may agree to, each by itself.
    pub purposes: Vec<Choice>,
    /// A few simple questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

/// Headquarters' answer, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhoneAnswer {
    /// The device that asked.
    pub device: DeviceId,
    /// The name of its request, as in `floorbook-batch`.
    pub request: BatchId,
    /// What there is to say.
    pub said: PhoneSaid,
}

/// What headquarters says of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PhoneSaid {
    /// It is open.
    Opened {
        /// Its name.
        page: String,
        /// Where a phone finds it.
        url: String,
    },
    /// Headquarters has no pages for phones.
    NotOffered,
    /// Nothing happened so far: wait again.
    Quiet,
    /// Somebody opened it on a phone; said once.
    Seen,
    /// A visitor handed this in.
    Given(PhoneGiven),
    /// The visitor leaves nothing; the page is closed.
    Refused,
    /// It is closed, or there is none.
    Closed,
}

/// What a visitor handed in, as they typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhoneGiven {
    /// What they typed.
    pub card: TypedCard,
    /// Purposes that they ticked.
    pub purposes: Vec<String>,
    /// Whether they said that they are old enough.
    pub is_of_age: bool,
    /// Language in which they read the notice.
    pub locale: String,
    /// Their answers to the questions.
    #[serde(default, skip_serializing_if = "Patch::is_empty")]
    pub answers: Patch,
}

/// A contact as it was typed. It is wiped from memory when dropped, and its debug output leaves everything out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypedCard {
    /// How they want to be called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Phone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// WeChat id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wechat: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Postal address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

impl fmt::Debug for TypedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCard(redacted)")
    }
}

/// What the device says to what it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// It is kept.
    Kept {
        /// Receipt code.
        code: String,
    },
    /// Nothing of it is kept.
    NotKept {
        /// Why.
        why: NotKept,
    },
}

/// Why the device keeps nothing of what it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotKept {
    /// No purpose is ticked, or nothing is said of age.
    ConsentMissing,
    /// There is no way to reach the visitor.
    ContactMissing,
    /// What was typed is no phone number.
    PhoneInvalid,
    /// What was typed is no e-mail address.
    EmailInvalid,
    /// Something else of it is not of the form.
    BadInput,
    /// The device could not keep it.
    Failed,
}
