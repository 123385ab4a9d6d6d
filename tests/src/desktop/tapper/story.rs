//! The latest acts, for whoever has to find out why.

use super::log::{Act, Entry};
use std::collections::VecDeque;

/// So many acts are remembered.
const LATEST: usize = 600;
/// So many acts before a failure are told, whatever they are about.
const JUST_BEFORE: usize = 200;
/// Of the name of a visit, and of the part of it that tells it from others.
const ID_LENGTH: usize = 36;
const TELLING: usize = 8;

/// Acts with their numbers.
#[derive(Debug, Default)]
pub(super) struct Story(VecDeque<(usize, Entry)>);

impl Story {
    pub(super) fn remember(&mut self, number: usize, entry: &Entry) {
        if self.0.len() == LATEST {
            self.0.pop_front();
        }
        self.0.push_back((number, entry.clone()));
    }

    /// Something that happened between two bursts.
    pub(super) fn mark(&mut self, number: usize, what: String) {
        self.remember(number, &Entry { at: 0.0, act: Act::Look { what } });
    }

    /// The acts about the visits that `message` names, and those just before the end; one a line.
    pub(super) fn tell(&self, message: &str) -> String {
        let from = self.0.back().map_or(0, |(last, _)| last.saturating_sub(JUST_BEFORE));
        let acts = self.0.iter().filter(|(number, entry)| *number >= from || is_named(&entry.act, message));
        acts.map(|(number, entry)| format!("{number} at {:.0}: {}\n", entry.at, brief(&entry.act))).collect()
    }
}

fn is_named(act: &Act, message: &str) -> bool {
    format!("{act:?}").split('"').any(|word| word.len() == ID_LENGTH && message.contains(word))
}

fn brief(act: &Act) -> String {
    let said = format!("{act:?}");
    let cut = |word| if str::len(word) == ID_LENGTH { word.get(ID_LENGTH - TELLING..).unwrap_or(word) } else { word };
    said.split('"').map(cut).collect::<Vec<_>>().join("'")
}
