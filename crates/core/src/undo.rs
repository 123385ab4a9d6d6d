//! Taking back, step by step. Nothing is erased: an undo is another tap or another event.

use floorbook_model::{Closing, Patch, VisitId};

/// So many steps are kept.
const STEPS_MAX: usize = 200;

/// What kind of step would be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoKind {
    /// A card was opened.
    Arrival,
    /// Fields were set.
    Tap,
    /// A visit was closed or its outcome amended.
    Outcome,
}

/// What the next undo takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The kind of step.
    pub kind: UndoKind,
    /// The visit it was about.
    pub visit: VisitId,
}

/// How a step is taken back.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrival,
    Tap { before: Patch },
    Outcome { before: Option<Closing> },
}

/// The steps of this session, latest last.
#[derive(Debug, Default)]
pub(crate) struct UndoStack {
    steps: Vec<(VisitId, Step)>,
}

impl UndoStack {
    pub(crate) fn push(&mut self, visit: VisitId, step: Step) {
        if self.steps.len() == STEPS_MAX {
            self.steps.remove(0);
        }
        self.steps.push((visit, step));
    }

    pub(crate) fn pop(&mut self) -> Option<(VisitId, Step)> {
        self.steps.pop()
    }

    pub(crate) fn next(&self) -> Option<Undo> {
        let (visit, step) = self.steps.last()?;
        let kind = match step {
            Step::Arrival => UndoKind::Arrival,
            Step::Tap { .. } => UndoKind::Tap,
            Step::Outcome { .. } => UndoKind::Outcome,
        };
        Some(Undo { kind, visit: *visit })
    }
}
