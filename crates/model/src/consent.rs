//! What a visitor agreed to, in the words that they were shown.

use serde::{Deserialize, Serialize};

/// A visitor's consent to be contacted: the proof that outlives the contact itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consent {
    /// The notice that was shown.
    pub notice: NoticeRef,
    /// Language in which it was read, `zh-CN` or `en`.
    pub locale: String,
    /// Purposes agreed to, codes of the pack; never empty.
    pub purposes: Vec<String>,
    /// When the visitor agreed, milliseconds UTC.
    pub given_ms: i64,
}

/// Names a notice beyond doubt: a text that was changed without a new version has another hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoticeRef {
    /// Version of the text.
    pub version: u32,
    /// SHA-256 of the text in the language shown, hexadecimal.
    pub hash: String,
}

/// Why somebody of the store looked at a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RevealReason {
    /// To tell the visitor what was agreed.
    FollowUp,
    /// The visitor asked what is kept.
    VisitorAsked,
    /// To put it right.
    Correction,
}
