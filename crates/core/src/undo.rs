//! Taking back, step by step. Nothing is erased: an undo is another tap or another event.

use floorbook_model::{ClerkId, Closing, Correction, HandOver, Patch, VisitId};

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
    /// A party went to another clerk.
    HandOver,
    /// Some of a party got a card of their own.
    Split,
    /// Two cards became one.
    Merge,
    /// A time was set by hand.
    Time,
    /// A visitor was recognised.
    Earlier,
    /// A closed visit was put right.
    Correction,
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
    /// `turn`: who goes back to the front of the line.
    Arrival {
        turn: Option<ClerkId>,
    },
    Tap {
        before: Patch,
    },
    Outcome {
        before: Option<Closing>,
    },
    HandOver {
        before: HandOver,
    },
    Split {
        part: VisitId,
        before: Patch,
    },
    Merge {
        gone: VisitId,
        before: Patch,
    },
    Entered {
        before_ms: i64,
    },
    Left {
        before: Closing,
    },
    Earlier {
        before: Option<VisitId>,
    },
    Correction {
        before: Box<Correction>,
    },
}

impl Step {
    fn kind(&self) -> UndoKind {
        match self {
            Self::Arrival { .. } => UndoKind::Arrival,
            Self::Tap { .. } => UndoKind::Tap,
            Self::Outcome { .. } => UndoKind::Outcome,
            Self::HandOver { .. } => UndoKind::HandOver,
            Self::Split { .. } => UndoKind::Split,
            Self::Merge { .. } => UndoKind::Merge,
            Self::Entered { .. } | Self::Left { .. } => UndoKind::Time,
            Self::Earlier { .. } => UndoKind::Earlier,
            Self::Correction { .. } => UndoKind::Correction,
        }
    }
}

/// A step that was done.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) visit: VisitId,
    pub(crate) step: Step,
    /// The order number of the last event that there was then.
    pub(crate) newest: i64,
}

impl Done {
    /// The visits that taking it back changes.
    pub(crate) fn visits(&self) -> Vec<VisitId> {
        let other = match self.step {
            Step::Split { part: other, .. } | Step::Merge { gone: other, .. } => Some(other),
            _ => None,
        };
        [self.visit].into_iter().chain(other).collect()
    }
}

/// One clerk's steps, latest last. They outlive a lock of the screen, but nobody takes back what
/// another clerk did.
#[derive(Debug, Default)]
pub(crate) struct UndoStack {
    owner: Option<ClerkId>,
    steps: Vec<Done>,
}

impl UndoStack {
    /// `clerk` signs in: what somebody else did can no longer be taken back.
    pub(crate) fn begin(&mut self, clerk: &ClerkId) {
        if self.owner.as_ref() != Some(clerk) {
            *self = Self { owner: Some(clerk.clone()), steps: Vec::new() };
        }
    }

    pub(crate) fn push(&mut self, done: Done) {
        if self.steps.len() == STEPS_MAX {
            self.steps.remove(0);
        }
        self.steps.push(done);
    }

    pub(crate) fn pop(&mut self) -> Option<Done> {
        self.steps.pop()
    }

    pub(crate) fn next(&self) -> Option<Undo> {
        let Done { visit, step, .. } = self.steps.last()?;
        Some(Undo { kind: step.kind(), visit: *visit })
    }
}
