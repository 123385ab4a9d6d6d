//! What a pack may not hold. The same check runs at headquarters before a pack is published and
//! on the device before it is taken.

mod asked;

pub use asked::TOO_YOUNG;

use crate::field::is_code;
use crate::pack::{Choice, Group, GroupKind, Label, Pack, Plan};
use std::collections::BTreeSet;
use std::fmt;

const GROUPS_MAX: usize = 24;
const CHOICES_MAX: usize = 40;
const LABEL_CHARS_MAX: usize = 24;
const WORDS_MAX: usize = 8;
const CORNERS_MAX: usize = 24;

/// Fields and words of what is never collected: body and face, belief and origin, health and
/// sexuality, politics, identity and payment numbers, judgements of a person. A field of that name
/// is refused; a choice may be called alike ("photo": the visitor photographed an item).
const NEVER_FIELDS: [&str; 27] = [
    "appearance",
    "attractive",
    "bank",
    "bodytype",
    "card_no",
    "disability",
    "ethnicity",
    "face",
    "health",
    "height",
    "id_card",
    "idcard",
    "looks_rating",
    "nationality",
    "passport",
    "phone",
    "photo",
    "plate",
    "politics",
    "race",
    "religion",
    "sexuality",
    "skin",
    "voice",
    "wealth",
    "weight_body",
    "wechat",
];
/// Names that a visit or an export uses for something else.
const RESERVED_FIELDS: [&str; 27] = [
    "amount_minor",
    "answers",
    "clerk",
    "contact",
    "currency",
    "day",
    "device",
    "dwell_s",
    "dwell_source",
    "earlier",
    "entered",
    "fields",
    "follow_up",
    "handed_from",
    "items",
    "left",
    "note",
    "outcome",
    "pack",
    "pack_version",
    "pieces",
    "reasons",
    "receipt",
    "size",
    "state",
    "store",
    "visit",
];
const NEVER_WORDS_ZH: [&str; 25] = [
    "身高",
    "体重",
    "肤色",
    "长相",
    "颜值",
    "民族",
    "种族",
    "宗教",
    "信仰",
    "健康",
    "残疾",
    "性取向",
    "政治",
    "党员",
    "身份证",
    "护照",
    "车牌",
    "银行卡",
    "手机号",
    "人脸",
    "拍照存档",
    "有钱",
    "穷",
    "丑",
    "难缠",
];
const NEVER_WORDS_EN: [&str; 24] = [
    "height",
    "skin",
    "beautiful",
    "ugly",
    "ethnic",
    "race",
    "religion",
    "faith",
    "health",
    "disab",
    "sexual",
    "gay",
    "politic",
    "passport",
    "id card",
    "licence plate",
    "license plate",
    "bank card",
    "phone number",
    "face",
    "rich",
    "poor",
    "cheap",
    "difficult",
];

/// One thing that keeps a pack from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A code is not 1-32 characters of `a-z 0-9 _`.
    BadCode(String),
    /// A code or key comes twice in one list.
    Twice(String),
    /// A label is empty or longer than a chip can show.
    BadLabel(String),
    /// It asks for something that is never collected.
    NeverCollected(String),
    /// Its name is used for something else.
    Reserved(String),
    /// A list that must have entries has none, or one has too many.
    BadLength(String),
    /// A single choice without a way to say "unsure".
    NoUnsure(String),
    /// `front` points past the last choice.
    BadFront(String),
    /// An outcome that every store needs is missing.
    MissingOutcome(&'static str),
    /// A time that no store could want.
    BadTime(&'static str),
    /// A shape of the plan that cannot be drawn.
    BadShape(String),
    /// A question that could never be asked, or is none.
    BadQuestion(String),
    /// A notice too short or too long to be read, a region or a time to keep that is none.
    BadContact,
    /// It takes contacts, and cannot say of whom it must not.
    NoAge,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadCode(at) => write!(f, "{at}: not a code of a-z, 0-9, '_'"),
            Self::Twice(at) => write!(f, "{at}: comes twice"),
            Self::BadLabel(at) => write!(f, "{at}: label empty or longer than {LABEL_CHARS_MAX} characters"),
            Self::NeverCollected(at) => write!(f, "{at}: is never collected"),
            Self::Reserved(at) => write!(f, "{at}: is a name used otherwise"),
            Self::BadLength(at) => write!(f, "{at}: too few or too many entries"),
            Self::NoUnsure(at) => write!(f, "{at}: does not end with 'unsure'"),
            Self::BadFront(at) => write!(f, "{at}: front is larger than the list"),
            Self::MissingOutcome(code) => write!(f, "outcome '{code}' is missing"),
            Self::BadTime(at) => write!(f, "{at}: not between 10 minutes and 12 hours"),
            Self::BadQuestion(at) => write!(f, "{at}: not a question, or its condition names no earlier answer"),
            Self::BadContact => {
                f.write_str("contact: notice of 20-600 characters, region of two capital letters, 1-36 months to keep")
            }
            Self::NoAge => f.write_str("contact: wants a group 'age' with 'child' and 'teen', who are never asked"),
            Self::BadShape(at) => write!(f, "{at}: not a polygon of the path's zone inside the plan"),
        }
    }
}

/// Everything wrong with `pack`, in the order of its lists; empty when it may be used.
pub fn check_pack(pack: &Pack) -> Vec<Finding> {
    let mut found = Vec::new();
    check_entry("pack", &pack.id, &pack.name, &mut found);
    check_length("groups", pack.groups.len(), GROUPS_MAX, &mut found);
    let asked = pack.questions.iter().map(|question| &question.group);
    check_once("groups", pack.groups.iter().chain(asked).map(|group| group.key.as_str()), &mut found);
    pack.groups.iter().for_each(|group| check_group("groups", group, &mut found));
    asked::check_asked(pack, &mut found);
    check_choices("reasons", &pack.reasons, &mut found);
    check_length("outcomes", pack.outcomes.len(), CHOICES_MAX, &mut found);
    check_once("outcomes", pack.outcomes.iter().map(|outcome| outcome.code.as_str()), &mut found);
    for outcome in &pack.outcomes {
        check_entry("outcomes", &outcome.code, &outcome.label, &mut found);
    }
    for code in ["buy", "none"] {
        if pack.outcomes.iter().all(|outcome| outcome.code != code) {
            found.push(Finding::MissingOutcome(code));
        }
    }
    if !(10..=720).contains(&pack.idle_close_min) {
        found.push(Finding::BadTime("idle_close_min"));
    }
    if let Some(plan) = &pack.plan {
        check_plan(pack, plan, &mut found);
    }
    found
}

fn check_group(list: &str, group: &Group, found: &mut Vec<Finding>) {
    check_entry(list, &group.key, &group.label, found);
    if NEVER_FIELDS.contains(&group.key.as_str()) {
        found.push(Finding::NeverCollected(format!("{list}.{}", group.key)));
    }
    if RESERVED_FIELDS.contains(&group.key.as_str()) {
        found.push(Finding::Reserved(format!("{list}.{}", group.key)));
    }
    if let Some(hint) = &group.hint {
        check_entry("hints", &group.key, hint, found);
    }
    check_choices(&group.key, &group.choices, found);
    if group.kind == GroupKind::Single && group.choices.last().is_none_or(|last| last.code != "unsure") {
        found.push(Finding::NoUnsure(group.key.clone()));
    }
    if usize::try_from(group.front).is_ok_and(|front| front > group.choices.len()) {
        found.push(Finding::BadFront(group.key.clone()));
    }
}

/// Every shape is a polygon inside the plan, and every zone of the path has exactly one: a zone
/// without a shape could not be tapped.
fn check_plan(pack: &Pack, plan: &Plan, found: &mut Vec<Finding>) {
    let zones = pack.path().map_or(&[][..], |path| &path.choices);
    check_once("plan", plan.shapes.iter().map(|shape| shape.zone.as_str()), found);
    for shape in &plan.shapes {
        let inside = shape.points.iter().all(|[x, y]| *x <= plan.width && *y <= plan.height);
        let known = zones.iter().any(|zone| zone.code == shape.zone);
        if !inside || !known || !(3..=CORNERS_MAX).contains(&shape.points.len()) {
            found.push(Finding::BadShape(format!("plan.{}", shape.zone)));
        }
    }
    let drawn = |zone: &&Choice| plan.shapes.iter().any(|shape| shape.zone == zone.code);
    let missing = zones.iter().filter(|zone| !drawn(zone));
    found.extend(missing.map(|zone| Finding::BadShape(format!("plan.{}", zone.code))));
}

fn check_choices(list: &str, choices: &[Choice], found: &mut Vec<Finding>) {
    check_length(list, choices.len(), CHOICES_MAX, found);
    check_once(list, choices.iter().map(|choice| choice.code.as_str()), found);
    for choice in choices {
        check_entry(list, &choice.code, &choice.label, found);
        check_words(list, choice, found);
    }
}

/// Further words obey what labels obey: nobody may judge a person by the back door.
fn check_words(list: &str, choice: &Choice, found: &mut Vec<Finding>) {
    if choice.also.len() > WORDS_MAX {
        found.push(Finding::BadLength(format!("{list}.{}", choice.code)));
    }
    for word in &choice.also {
        check_entry(list, &choice.code, &Label { zh: word.clone(), en: word.clone() }, found);
    }
}

fn check_entry(list: &str, code: &str, label: &Label, found: &mut Vec<Finding>) {
    let at = || format!("{list}.{code}");
    if !is_code(code) {
        found.push(Finding::BadCode(at()));
    }
    for text in [&label.zh, &label.en] {
        let length = text.chars().count();
        if text.trim().is_empty() || length > LABEL_CHARS_MAX {
            found.push(Finding::BadLabel(at()));
        }
    }
    let english = label.en.to_lowercase();
    let never = NEVER_WORDS_ZH.iter().any(|word| label.zh.contains(word))
        || NEVER_WORDS_EN.iter().any(|word| starts_a_word(&english, word));
    if never {
        found.push(Finding::NeverCollected(at()));
    }
}

/// Whether `word` stands in `text` at the beginning of a word: "trace" is not "race".
fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !before.is_alphanumeric())
    })
}

fn check_length(list: &str, length: usize, max: usize, found: &mut Vec<Finding>) {
    if length == 0 || length > max {
        found.push(Finding::BadLength(list.to_owned()));
    }
}

fn check_once<'a>(list: &str, codes: impl Iterator<Item = &'a str>, found: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    found.extend(codes.filter(|code| !seen.insert(*code)).map(|code| Finding::Twice(format!("{list}.{code}"))));
}
