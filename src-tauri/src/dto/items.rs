//! Articles, and what can be typed on the quick line.

use super::boot::Label;
use super::small;
use floorbook_core as core;
use serde::Serialize;
use specta::Type;

/// An article; `name` is null when the catalogue does not know it.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Item {
    code: String,
    name: Option<String>,
}

impl From<core::Item> for Item {
    fn from(item: core::Item) -> Self {
        Self { code: item.code, name: item.name }
    }
}

/// The catalogue as a whole.
#[derive(Clone, Copy, Debug, Serialize, Type)]
pub(crate) struct Catalogue {
    count: u32,
    /// Null when none was ever imported.
    imported_ms: Option<i64>,
}

impl From<core::Catalogue> for Catalogue {
    fn from(catalogue: core::Catalogue) -> Self {
        Self { count: small(catalogue.count), imported_ms: catalogue.imported_ms }
    }
}

/// What is wrong with a line of a file.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SkipProblem {
    NoCode,
    NoName,
    BadCode,
    Twice,
    TooLong,
}

impl From<core::Problem> for SkipProblem {
    fn from(problem: core::Problem) -> Self {
        match problem {
            core::Problem::NoCode => Self::NoCode,
            core::Problem::NoName => Self::NoName,
            core::Problem::BadCode => Self::BadCode,
            core::Problem::Twice => Self::Twice,
            core::Problem::TooLong => Self::TooLong,
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
pub(crate) struct Skipped {
    /// From 1.
    line: u32,
    problem: SkipProblem,
}

/// What came of an import: with a count of zero the old catalogue stays.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct Imported {
    count: u32,
    /// The first of them.
    skipped: Vec<Skipped>,
    skipped_count: u32,
}

impl From<core::Imported> for Imported {
    fn from(imported: core::Imported) -> Self {
        let skipped = |skipped: core::Skipped| Skipped { line: small(skipped.line), problem: skipped.problem.into() };
        Self {
            count: small(imported.count),
            skipped: imported.skipped.into_iter().map(skipped).collect(),
            skipped_count: small(imported.skipped_count),
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuickKind {
    Choice,
    Outcome,
    Reason,
}

impl From<core::QuickKind> for QuickKind {
    fn from(kind: core::QuickKind) -> Self {
        match kind {
            core::QuickKind::Choice => Self::Choice,
            core::QuickKind::Outcome => Self::Outcome,
            core::QuickKind::Reason => Self::Reason,
        }
    }
}

/// Something that can be said on the quick line.
#[derive(Clone, Debug, Serialize, Type)]
pub(crate) struct QuickWord {
    kind: QuickKind,
    /// Key of its group; empty for outcomes and reasons.
    group: String,
    code: String,
    label: Label,
    /// What may be typed for it, lower-case: labels, code, pinyin, initials, further words.
    words: Vec<String>,
}

impl From<core::QuickWord> for QuickWord {
    fn from(word: core::QuickWord) -> Self {
        let core::QuickWord { kind, group, code, label, words } = word;
        Self { kind: kind.into(), group, code, label: label.into(), words }
    }
}
