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
    /// The order number of the last event that there was before anything was read for it: whatever another
    /// device did since is not what the step gives back.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::tests::{Desk, clerk};
    use crate::{CoreError, Device, SystemClock, SystemRng};
    use floorbook_ledger::Page;
    use floorbook_model::{
        Body, Clock, DeviceId, DwellSource, Event, EventId, FieldValue, Hlc, Outcome, Recorded, SCHEMA,
    };
    use floorbook_protocol::encode_batch;
    use std::sync::{Arc, Mutex};

    /// A clock beside which something happens once, when it is next looked at.
    struct Meanwhile {
        clock: SystemClock,
        then: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    }

    impl Clock for Meanwhile {
        fn now(&self) -> Recorded {
            let then = self.then.lock().unwrap().take();
            then.into_iter().for_each(|then| then());
            self.clock.now()
        }
    }

    fn noted(value: &str) -> Patch {
        Patch::from([("note".to_owned(), FieldValue::Text(value.to_owned()))])
    }

    /// What another device of the store did with `visit`, as headquarters gives it.
    fn elsewhere(visit: VisitId, body: Body, clock: &Meanwhile) -> Page {
        let recorded = clock.clock.now();
        let event = Event {
            schema: SCHEMA,
            id: EventId::make(recorded.wall_ms, &SystemRng),
            store: "north".parse().unwrap(),
            device: DeviceId::from_bytes([3; 16]),
            seq: 1,
            hlc: Hlc(recorded.wall_ms, 0),
            recorded,
            actor: "m01".parse().unwrap(),
            visit: Some(visit),
            body,
        };
        Page::read(encode_batch(&[serde_json::to_string(&event).unwrap()]).unwrap(), 0).unwrap()
    }

    /// A clerk does something to a visit, and while it is being done what another device did with it comes in.
    fn crossed(body: Body, act: impl FnOnce(&Device, VisitId)) -> Device {
        let mut desk = Desk::locked();
        let clock = Arc::new(Meanwhile { clock: SystemClock::new(&SystemRng), then: Mutex::default() });
        desk.environment.clock = clock.clone();
        let device = desk.goes_on();
        device.unlock(&clerk(), "").unwrap();
        let visit = device.arrive(2).unwrap().visit.id();
        let (paired, page) = (device.paired().unwrap(), elsewhere(visit, body, &clock));
        let comes = move || assert_eq!(paired.book.absorb(vec![page]).unwrap().len(), 1);
        *clock.then.lock().unwrap() = Some(Box::new(comes));
        act(&device, visit);
        assert!(clock.then.lock().unwrap().is_none(), "it came meanwhile");
        assert!(matches!(device.undo(), Err(CoreError::NothingToUndo)));
        device
    }

    #[tokio::test]
    async fn a_sale_that_comes_in_while_somebody_closes_the_visit_is_not_taken_back_by_them() {
        let outcome = Outcome::of("pickup");
        let sale = Closing { left_ms: 1, dwell_source: DwellSource::Observed, outcome: outcome.clone() };
        let device = crossed(Body::VisitClosed(sale), |device, visit| {
            device.close_visit(visit, outcome).unwrap();
        });
        assert!(device.board().unwrap().running.is_empty(), "it stays closed");
    }

    #[tokio::test]
    async fn a_note_that_comes_in_while_somebody_taps_is_not_taken_back_by_them() {
        let device = crossed(Body::VisitNoted { patch: noted("blue") }, |device, visit| {
            device.note(visit, &noted("red")).unwrap();
        });
        assert_eq!(device.board().unwrap().running.first().unwrap().text("note"), Some("red"));
    }
}
