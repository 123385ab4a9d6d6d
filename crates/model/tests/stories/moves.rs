//! What a visit is after hand-overs, times set by hand, recognitions and corrections.

use crate::anything::visit_id;
use floorbook_model::{
    Body, Closing, Correction, CorrectionReason, DeviceId, DwellSource, Event, EventId, FieldValue, HandOver, Hlc,
    Opening, Outcome, PackRef, Patch, Recorded, SCHEMA, Status, Visit, VisitState,
};

fn opening() -> Opening {
    Opening::new(1_000, 2, PackRef { id: "apparel".to_owned(), version: 1 })
}

/// The visit of these bodies, one after the other.
fn visit(bodies: impl IntoIterator<Item = Body>) -> Visit {
    opened_as(opening(), bodies)
}

fn opened_as(opening: Opening, bodies: impl IntoIterator<Item = Body>) -> Visit {
    let bodies = std::iter::once(Body::VisitOpened(opening)).chain(bodies);
    let events: Vec<Event> = bodies.zip(1..).map(|(body, seq)| event(body, seq)).collect();
    Visit::fold(visit_id(1), &events)
}

fn event(body: Body, seq: u64) -> Event {
    Event {
        schema: SCHEMA,
        id: EventId::from_bytes([7; 16]),
        store: "north".parse().unwrap(),
        device: DeviceId::from_bytes([1; 16]),
        seq,
        hlc: Hlc(i64::try_from(seq).unwrap(), 0),
        recorded: Recorded { wall_ms: 5_000, offset_min: 480, steady_ms: 1, boot: 1, server_offset_ms: None },
        actor: "c01".parse().unwrap(),
        visit: Some(visit_id(1)),
        body,
    }
}

fn over(from: &str, to: &str) -> Body {
    Body::VisitHandedOver(HandOver { from: from.parse().unwrap(), to: to.parse().unwrap(), note: None })
}

fn closing(dwell_source: DwellSource) -> Closing {
    Closing { left_ms: 9_000, dwell_source, outcome: Outcome::of("none") }
}

fn serving(visit: &Visit) -> &str {
    visit.serving().unwrap().as_str()
}

#[test]
fn the_last_hand_over_says_who_serves_and_can_be_taken_back() {
    let handed = visit([over("c01", "c02"), over("c02", "c03")]);
    assert_eq!((serving(&handed), handed.handed().unwrap().over.from.as_str()), ("c03", "c02"));
    let back = visit([over("c01", "c02"), over("c01", "c01")]);
    assert_eq!((serving(&back), back.handed()), ("c01", None));
}

#[test]
fn a_time_set_by_hand_is_told_from_one_that_was_seen() {
    let closed = || Body::VisitClosed(closing(DwellSource::Observed));
    let retimed = |entered_ms| Body::VisitRetimed { entered_ms };
    assert_eq!(visit([closed()]).dwell_source(), Some(DwellSource::Observed));
    let set = visit([retimed(500), closed()]);
    assert_eq!((set.entered_ms(), set.dwell_source()), (Some(500), Some(DwellSource::Adjusted)));
    let back = visit([retimed(500), retimed(1_000), closed()]);
    assert_eq!((back.entered_ms(), back.dwell_source()), (Some(1_000), Some(DwellSource::Observed)));
    let guessed = visit([retimed(500), Body::VisitClosed(closing(DwellSource::Estimated))]);
    assert_eq!(guessed.dwell_source(), Some(DwellSource::Estimated), "a guess stays one");
    assert_eq!(visit([retimed(500)]).dwell_source(), None, "it is still here");
}

#[test]
fn a_correction_changes_what_it_names_and_nothing_else() {
    let correction = |entered_ms, reason| {
        Body::VisitCorrected(Correction { patch: Patch::new(), entered_ms, closing: None, reason })
    };
    let closed = Body::VisitClosed(closing(DwellSource::Observed));
    let corrected = visit([closed.clone(), correction(Some(700), Some(CorrectionReason::Time))]);
    assert_eq!((corrected.entered_ms(), corrected.closing()), (Some(700), Some(&closing(DwellSource::Observed))));
    assert_eq!(corrected.corrected(), Some(CorrectionReason::Time));
    let back = visit([closed, correction(Some(700), Some(CorrectionReason::Time)), correction(Some(1_000), None)]);
    assert_eq!(
        (back.entered_ms(), back.corrected(), back.dwell_source()),
        (Some(1_000), None, Some(DwellSource::Observed))
    );
}

#[test]
fn a_merged_card_comes_back_when_the_merge_is_taken_back() {
    let merged = visit([Body::VisitMerged { into: visit_id(2) }]);
    assert_eq!(
        (merged.status(), VisitState::from(merged.status())),
        (&Status::Merged(visit_id(2)), VisitState::Merged)
    );
    assert_eq!(merged.closing(), None);
    assert_eq!(visit([Body::VisitMerged { into: visit_id(2) }, Body::VisitReopened]).status(), &Status::Open);
}

#[test]
fn a_recognition_is_taken_back() {
    let link = |earlier| Body::VisitLinked { earlier };
    assert_eq!(visit([link(Some(visit_id(2)))]).earlier(), Some(visit_id(2)));
    assert_eq!(visit([link(Some(visit_id(2))), link(None)]).earlier(), None);
}

#[test]
fn a_party_waits_for_words_until_something_is_said_of_it() {
    let later = || Opening { later: true, ..opening() };
    let said = || Patch::from([("age".to_owned(), FieldValue::Text("a20".to_owned()))]);
    assert!(!visit([]).waits_for_words(), "it was described at once");
    assert!(!Visit::new(visit_id(1)).waits_for_words(), "nobody came yet");
    assert!(opened_as(later(), []).waits_for_words());
    assert!(!opened_as(later(), [Body::VisitNoted { patch: said() }]).waits_for_words());
    assert!(!opened_as(later(), []).overlaid(&said()).waits_for_words(), "a tap is a word before it is sealed");
}
