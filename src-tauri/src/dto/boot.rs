//! What the window needs to show its first screen.

use crate::error::AppError;
use floorbook_core as core;
use floorbook_model as model;
use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    Setup,
    Trouble,
    Locked,
    /// The screen is turned to a visitor.
    Turned,
    Open,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Boot {
    phase: Phase,
    /// Set when phase is "trouble".
    trouble: Option<AppError>,
    /// True where this machine carries the HQ program, so that "try it here" works.
    can_try_here: bool,
    /// Set when phase is "locked", "turned" or "open".
    profile: Option<Profile>,
    /// Who is signed in; set when phase is "open".
    clerk_id: Option<String>,
    /// Whether nobody has shown yet that the recovery code is on paper; never of a trial.
    recovery_due: bool,
    /// Whether headquarters wants nobody to be let in.
    shut_out: bool,
    /// Set when headquarters had the device wiped, until it is paired again.
    wiped: Option<Wiped>,
    /// Whether a phrase stands for the keyring.
    by_phrase: bool,
    /// Whether the clerks go on although the database cannot be opened.
    without_key: bool,
    /// Whether they could; never but when phase is "trouble".
    can_log_without_key: bool,
    prefs: Prefs,
    /// Of the program, e.g. "0.1.0".
    version: &'static str,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Wiped {
    at_ms: i64,
    /// Records that are kept, sealed to headquarters.
    sealed: u64,
}

impl From<core::Wiped> for Wiped {
    fn from(core::Wiped { at_ms, sealed, .. }: core::Wiped) -> Self {
        Self { at_ms, sealed }
    }
}

impl Boot {
    pub(crate) fn of(device: &core::Device, can_try_here: bool) -> Result<Self, AppError> {
        let (phase, trouble, clerk_id) = match device.state() {
            core::State::Trouble(error) => (Phase::Trouble, Some(AppError::from(error)), None),
            core::State::Setup => (Phase::Setup, None, None),
            core::State::Locked => (Phase::Locked, None, None),
            core::State::Turned(_) => (Phase::Turned, None, None),
            core::State::Open(clerk) => (Phase::Open, None, Some(clerk.into())),
        };
        let (profile, recovery_due) = match device.profile() {
            Some(profile) => {
                let due = !profile.is_trial && device.is_recovery_due()?;
                (Some(Profile::of(profile, &device.clerks_with_pin()?, device.had_pins()?)), due)
            }
            None => (None, false),
        };
        Ok(Self {
            phase,
            trouble,
            can_try_here,
            profile,
            clerk_id,
            recovery_due,
            shut_out: device.is_shut_out(),
            wiped: device.wiped().map(Wiped::from),
            by_phrase: device.is_by_phrase(),
            without_key: device.is_without_key(),
            can_log_without_key: device.can_log_without_key(),
            prefs: device.prefs().into(),
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub(crate) enum Locale {
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hand {
    Right,
    Left,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub(crate) struct Prefs {
    /// null: follow the system.
    locale: Option<Locale>,
    theme: Theme,
    hand: Hand,
    /// Size of the text in percent, 100 to 200.
    text_pct: u16,
    sound: bool,
    /// Seconds without a hand on it after which the device is locked, 60 to 600.
    lock_s: u16,
}

impl From<core::Prefs> for Prefs {
    fn from(prefs: core::Prefs) -> Self {
        let locale = prefs.locale.map(|locale| match locale {
            core::Locale::ZhCn => Locale::ZhCn,
            core::Locale::En => Locale::En,
        });
        let theme = match prefs.theme {
            core::Theme::System => Theme::System,
            core::Theme::Light => Theme::Light,
            core::Theme::Dark => Theme::Dark,
        };
        let hand = match prefs.hand {
            core::Hand::Right => Hand::Right,
            core::Hand::Left => Hand::Left,
        };
        Self { locale, theme, hand, text_pct: prefs.text_pct, sound: prefs.sound, lock_s: prefs.lock_s }
    }
}

impl From<Prefs> for core::Prefs {
    fn from(prefs: Prefs) -> Self {
        let locale = prefs.locale.map(|locale| match locale {
            Locale::ZhCn => core::Locale::ZhCn,
            Locale::En => core::Locale::En,
        });
        let theme = match prefs.theme {
            Theme::System => core::Theme::System,
            Theme::Light => core::Theme::Light,
            Theme::Dark => core::Theme::Dark,
        };
        let hand = match prefs.hand {
            Hand::Right => core::Hand::Right,
            Hand::Left => core::Hand::Left,
        };
        Self { locale, theme, hand, text_pct: prefs.text_pct, sound: prefs.sound, lock_s: prefs.lock_s }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Profile {
    store_id: String,
    store_name: String,
    device_name: String,
    hq_url: String,
    is_trial: bool,
    /// IANA name, e.g. "Asia/Shanghai".
    time_zone: String,
    /// ISO 4217, e.g. "CNY".
    currency: String,
    pack: Pack,
    /// Whether contacts can be left: the pack has a screen for it and headquarters a key.
    takes_contacts: bool,
    clerks: Vec<Clerk>,
    /// Whether anybody ever had a PIN here; a manager's then wants a word too.
    had_pins: bool,
}

impl Profile {
    fn of(profile: core::Profile, with_pin: &[String], had_pins: bool) -> Self {
        let clerks = profile.roster.into_iter().map(|member| Clerk {
            has_pin: with_pin.iter().any(|id| id == member.id.as_str()),
            id: member.id.into(),
            name: member.name,
            role: match member.role {
                core::Role::Clerk => Role::Clerk,
                core::Role::Manager => Role::Manager,
            },
        });
        Self {
            store_id: profile.store.id.into(),
            store_name: profile.store.name,
            device_name: profile.device_name,
            hq_url: profile.hq_url,
            is_trial: profile.is_trial,
            time_zone: profile.store.time_zone,
            currency: profile.store.currency,
            had_pins,
            takes_contacts: profile.contact_key.is_some() && profile.pack.contact.is_some(),
            clerks: clerks.collect(),
            pack: profile.pack.into(),
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Clerk,
    Manager,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Clerk {
    id: String,
    name: String,
    role: Role,
    has_pin: bool,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Label {
    zh: String,
    en: String,
}

impl From<model::Label> for Label {
    fn from(label: model::Label) -> Self {
        Self { zh: label.zh, en: label.en }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Choice {
    code: String,
    label: Label,
    /// Further words for the quick line.
    also: Vec<String>,
}

impl From<model::Choice> for Choice {
    fn from(choice: model::Choice) -> Self {
        Self { code: choice.code, label: choice.label.into(), also: choice.also }
    }
}

/// single: one code. many: several codes. path: zones in order, each with its time. scale: one
/// code of an ordered list.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupKind {
    Single,
    Many,
    Path,
    Scale,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Group {
    key: String,
    kind: GroupKind,
    label: Label,
    /// A quiet word beside the label, e.g. "a guess is fine".
    hint: Option<Label>,
    /// How many choices stand on the form; the others are behind "more".
    front: u32,
    choices: Vec<Choice>,
}

impl From<model::Group> for Group {
    fn from(group: model::Group) -> Self {
        let kind = match group.kind {
            model::GroupKind::Single => GroupKind::Single,
            model::GroupKind::Many => GroupKind::Many,
            model::GroupKind::Path => GroupKind::Path,
            model::GroupKind::Scale => GroupKind::Scale,
        };
        Self {
            key: group.key,
            kind,
            label: group.label.into(),
            hint: group.hint.map(Label::from),
            front: group.front,
            choices: group.choices.into_iter().map(Choice::from).collect(),
        }
    }
}

/// What an outcome asks for in place after its tap.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ask {
    Amount,
    Pieces,
    Receipt,
    Reasons,
    FollowUp,
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct OutcomeChoice {
    code: String,
    label: Label,
    /// Shown as one of the big pads.
    pad: bool,
    asks: Vec<Ask>,
}

impl From<model::OutcomeChoice> for OutcomeChoice {
    fn from(outcome: model::OutcomeChoice) -> Self {
        let asks = outcome.asks.into_iter().map(|ask| match ask {
            model::Ask::Amount => Ask::Amount,
            model::Ask::Receipt => Ask::Receipt,
            model::Ask::Reasons => Ask::Reasons,
            model::Ask::Pieces => Ask::Pieces,
            model::Ask::FollowUp => Ask::FollowUp,
        });
        Self { code: outcome.code, label: outcome.label.into(), pad: outcome.pad, asks: asks.collect() }
    }
}

/// A zone of the plan: corners in plan units, from the upper left.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Shape {
    zone: String,
    points: Vec<[u16; 2]>,
}

/// The store's plan; its zones take the place of the path's chips.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Plan {
    width: u16,
    height: u16,
    shapes: Vec<Shape>,
}

impl From<model::Plan> for Plan {
    fn from(plan: model::Plan) -> Self {
        let shape = |shape: model::Shape| Shape { zone: shape.zone, points: shape.points };
        Self { width: plan.width, height: plan.height, shapes: plan.shapes.into_iter().map(shape).collect() }
    }
}

#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Pack {
    id: String,
    version: u32,
    name: Label,
    groups: Vec<Group>,
    outcomes: Vec<OutcomeChoice>,
    reasons: Vec<Choice>,
    /// Whether arrivals go round among the clerks on the floor.
    rotation: bool,
    plan: Option<Plan>,
    /// What a visitor may be asked, in this order.
    questions: Vec<Question>,
    contact: Option<ContactForm>,
}

/// A question to the visitor; its group's key is the field that is filled.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Question {
    group: Group,
    only_if: Option<OnlyIf>,
}

/// Asked only after one of these answers to an earlier question.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct OnlyIf {
    key: String,
    any_of: Vec<String>,
}

impl From<model::Question> for Question {
    fn from(question: model::Question) -> Self {
        let only_if = question.only_if.map(|only_if| OnlyIf { key: only_if.key, any_of: only_if.any_of });
        Self { group: question.group.into(), only_if }
    }
}

/// What the visitor reads and ticks.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct ContactForm {
    notice: Label,
    notice_version: u32,
    purposes: Vec<Choice>,
    keep_months: u16,
}

impl From<model::ContactForm> for ContactForm {
    fn from(form: model::ContactForm) -> Self {
        Self {
            notice: form.notice.text.into(),
            notice_version: form.notice.version,
            purposes: form.purposes.into_iter().map(Choice::from).collect(),
            keep_months: form.keep_months,
        }
    }
}

impl From<model::Pack> for Pack {
    fn from(pack: model::Pack) -> Self {
        Self {
            id: pack.id,
            version: pack.version,
            name: pack.name.into(),
            groups: pack.groups.into_iter().map(Group::from).collect(),
            outcomes: pack.outcomes.into_iter().map(OutcomeChoice::from).collect(),
            reasons: pack.reasons.into_iter().map(Choice::from).collect(),
            rotation: pack.rotation,
            plan: pack.plan.map(Plan::from),
            questions: pack.questions.into_iter().map(Question::from).collect(),
            contact: pack.contact.map(ContactForm::from),
        }
    }
}
