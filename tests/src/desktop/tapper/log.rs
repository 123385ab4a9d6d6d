//! What the page's own clerk says was done.

use serde::Deserialize;

/// One act: what was clicked or struck, for which card, and how it looked then.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entry {
    /// The page's own steady clock.
    pub(super) at: f64,
    #[serde(flatten)]
    pub(super) act: Act,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    Arrive {
        visit: String,
        size: u8,
    },
    Chip(Chip),
    Close {
        visit: String,
        outcome: String,
        reasons: Vec<String>,
    },
    Amend(Amend),
    Shift {
        visit: String,
        by: i64,
    },
    Left {
        visit: String,
        by: i64,
    },
    Note {
        visit: String,
        text: String,
    },
    Hand {
        visit: String,
        to: String,
    },
    Split {
        visit: String,
        size: u8,
        part: Option<String>,
    },
    Merge {
        visit: String,
        gone: String,
    },
    Undo,
    /// Nothing that is written: another card, a drawer, the language.
    Look {
        what: String,
    },
    /// What was clicked did not show.
    Lost {
        what: String,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Chip {
    pub(super) visit: String,
    pub(super) group: String,
    pub(super) code: String,
    /// Whether it looked chosen.
    pub(super) on: bool,
    /// Nothing was being taken back, so it looked as it is.
    pub(super) clear: bool,
    /// The second tap of two, before the first one was painted.
    #[serde(default)]
    pub(super) again: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Amend {
    pub(super) visit: String,
    pub(super) what: String,
    pub(super) code: String,
    pub(super) on: bool,
}

/// What a burst of acts gives back.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Burst {
    pub(super) log: Vec<Entry>,
    /// The codes of the errors that came in sight.
    pub(super) codes: Vec<String>,
    /// The visit that the strip over the pads is about.
    pub(super) strip: Option<String>,
    /// What the floor said was not written yet.
    pub(super) unsaved: usize,
    pub(super) now: f64,
}

/// What the floor shows.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Floor {
    pub(super) error: Option<String>,
    pub(super) cards: Vec<Shown>,
    /// Whether something can be taken back.
    pub(super) undo: bool,
    /// Errors that the page itself ran into.
    pub(super) faults: Vec<String>,
    pub(super) now: f64,
}

/// One card, and its form where it was turned to.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Shown {
    pub(super) id: String,
    /// Of the stay, as the card says.
    pub(super) minutes: i64,
    /// The stay to the second, where the card was turned to.
    pub(super) stay: Option<String>,
    /// When the minutes were read.
    pub(super) at: f64,
    pub(super) chips: Option<Vec<ShownChip>>,
    /// How many may leave its party.
    pub(super) split: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ShownChip {
    pub(super) group: String,
    pub(super) code: String,
    pub(super) on: bool,
    pub(super) stops: String,
}
