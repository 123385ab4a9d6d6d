//! Contacts as the window shows them.

use super::boot::Boot;
use super::visit::{Patch, read_patch};
use crate::error::AppError;
use floorbook_core as core;
use floorbook_model as model;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a visitor types; at least one of phone, wechat and email.
#[derive(Clone, Serialize, Deserialize, Type)]
pub(crate) struct ContactCard {
    name: Option<String>,
    /// As typed; given back in E.164.
    phone: Option<String>,
    wechat: Option<String>,
    email: Option<String>,
    address: Option<String>,
}

impl From<core::ContactCard> for ContactCard {
    fn from(card: core::ContactCard) -> Self {
        let core::ContactCard { name, phone, wechat, email, address } = card;
        Self { name, phone, wechat, email, address }
    }
}

/// What a visitor hands in.
#[derive(Clone, Deserialize, Type)]
pub(crate) struct ContactInput {
    card: ContactCard,
    /// Codes of the purposes ticked.
    purposes: Vec<String>,
    /// Whether they said that they are 14 or older.
    is_of_age: bool,
    /// "zh-CN" or "en": the language in which they read the notice.
    locale: String,
    /// Answers by question.
    answers: Patch,
}

impl From<ContactInput> for core::Given {
    fn from(input: ContactInput) -> Self {
        let ContactInput { card, purposes, is_of_age, locale, answers } = input;
        let ContactCard { name, phone, wechat, email, address } = card;
        let card = core::ContactCard { name, phone, wechat, email, address };
        Self { card, purposes, is_of_age, locale, answers: read_patch(answers) }
    }
}

/// A contact was left, and the device is locked.
#[derive(Clone, Serialize, Type)]
pub(crate) struct GivenContact {
    /// The receipt code that the visitor takes along, e.g. "ABCDE-FGHJK".
    pub(crate) code: String,
    pub(crate) boot: Boot,
}

/// A contact as it may be shown.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct MaskedContact {
    id: String,
    visit_id: String,
    /// The receipt code that the visitor holds.
    code: String,
    /// E.g. "•••• 8000".
    masked: String,
    /// Codes of the purposes that still hold.
    purposes: Vec<String>,
    given_ms: i64,
    notice_version: u32,
    /// "zh-CN" or "en".
    locale: String,
}

impl From<core::MaskedContact> for MaskedContact {
    fn from(contact: core::MaskedContact) -> Self {
        let core::MaskedContact { id, visit, code, masked, consent } = contact;
        Self {
            id: id.to_string(),
            visit_id: visit.to_string(),
            code,
            masked: masked.0,
            purposes: consent.purposes,
            given_ms: consent.given_ms,
            notice_version: consent.notice.version,
            locale: consent.locale,
        }
    }
}

/// Why somebody looks at a contact.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RevealReason {
    FollowUp,
    VisitorAsked,
    Correction,
}

impl From<RevealReason> for model::RevealReason {
    fn from(reason: RevealReason) -> Self {
        match reason {
            RevealReason::FollowUp => Self::FollowUp,
            RevealReason::VisitorAsked => Self::VisitorAsked,
            RevealReason::Correction => Self::Correction,
        }
    }
}

/// Everything that is kept of a visitor.
#[derive(Clone, Serialize, Type)]
pub(crate) struct ContactCopy {
    code: String,
    card: ContactCard,
    /// Codes of the purposes that still hold.
    purposes: Vec<String>,
    given_ms: i64,
    /// All of it once more as one JSON document.
    json: String,
}

impl TryFrom<core::ContactCopy> for ContactCopy {
    type Error = AppError;

    fn try_from(copy: core::ContactCopy) -> Result<Self, AppError> {
        let json = copy.to_json()?;
        let core::ContactCopy { code, card, consent, .. } = copy;
        Ok(Self { code, card: card.into(), purposes: consent.purposes, given_ms: consent.given_ms, json })
    }
}
