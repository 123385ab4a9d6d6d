//! Anything that may be said, drawn at random.

use floorbook_model::{
    Body, Brief, BusinessDay, ClerkId, Closing, Correction, CorrectionReason, DeviceId, DwellSource, Event, EventId,
    FieldValue, HandOver, Hlc, Opening, Outcome, PackRef, Patch, Recorded, SCHEMA, Step, UNSEEN, VisitId, VisitState,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// A failure prints its smallest input, so nothing has to be kept beside the tests.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub(crate) fn visit_id(n: u8) -> VisitId {
    VisitId::from_bytes([n; 16])
}

pub(crate) fn code() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["age", "size", "interest", "note", "path", "a20", "hat", "3", "5"])
        .prop_map(str::to_owned)
}

/// Empty lists have no form of their own in JSON, so none is drawn.
pub(crate) fn value() -> impl Strategy<Value = FieldValue> {
    let step = (code(), any::<i64>()).prop_map(|(zone, at_ms)| Step { zone, at_ms });
    prop_oneof![
        Just(FieldValue::Nothing),
        code().prop_map(FieldValue::Text),
        any::<String>().prop_map(FieldValue::Text),
        vec(code(), 1..4).prop_map(FieldValue::List),
        vec(step, 1..4).prop_map(FieldValue::Path),
    ]
}

pub(crate) fn patch() -> impl Strategy<Value = Patch> {
    btree_map(code(), value(), 0..5)
}

pub(crate) fn outcome() -> impl Strategy<Value = Outcome> {
    let known = prop::sample::select(vec!["buy", "multi", "none", "lead", UNSEEN]);
    (known, vec(code(), 0..3), option::of(0..2_000_000_u32), option::of(code())).prop_map(
        |(code, reasons, amount_minor, receipt)| Outcome { reasons, amount_minor, receipt, ..Outcome::of(code) },
    )
}

fn opening() -> impl Strategy<Value = Opening> {
    let pack = || PackRef { id: "apparel".to_owned(), version: 1 };
    (any::<i64>(), 1..=5_u8, option::of(clerk()), any::<bool>(), option::of(Just(visit_id(2)))).prop_map(
        move |(entered_ms, size, serving, later, split_from)| Opening {
            serving,
            later,
            split_from,
            ..Opening::new(entered_ms, size, pack())
        },
    )
}

fn clerk() -> impl Strategy<Value = ClerkId> {
    (1..4_u8).prop_map(|n| format!("c0{n}").parse().unwrap())
}

fn closing() -> impl Strategy<Value = Closing> {
    let dwell = prop_oneof![Just(DwellSource::Observed), Just(DwellSource::Adjusted), Just(DwellSource::Estimated)];
    (any::<i64>(), dwell, outcome()).prop_map(|(left_ms, dwell_source, outcome)| Closing {
        left_ms,
        dwell_source,
        outcome,
    })
}

fn correction() -> impl Strategy<Value = Correction> {
    let reason = option::of(prop_oneof![Just(CorrectionReason::Mistap), Just(CorrectionReason::Time)]);
    (patch(), option::of(any::<i64>()), option::of(closing()), reason)
        .prop_map(|(patch, entered_ms, closing, reason)| Correction { patch, entered_ms, closing, reason })
}

fn body() -> impl Strategy<Value = Body> {
    let over = (clerk(), clerk(), option::of(any::<String>()));
    prop_oneof![
        opening().prop_map(Body::VisitOpened),
        patch().prop_map(|patch| Body::VisitNoted { patch }),
        over.prop_map(|(from, to, note)| Body::VisitHandedOver(HandOver { from, to, note })),
        any::<i64>().prop_map(|entered_ms| Body::VisitRetimed { entered_ms }),
        option::of(Just(visit_id(2))).prop_map(|earlier| Body::VisitLinked { earlier }),
        closing().prop_map(Body::VisitClosed),
        Just(Body::VisitReopened),
        Just(Body::VisitMerged { into: visit_id(2) }),
        correction().prop_map(Body::VisitCorrected),
        Just(Body::VisitVoided),
        Just(Body::Unknown),
    ]
}

/// One event of visit 1, 2 or of none. Few different times and devices, so that ties are common.
pub(crate) fn event() -> impl Strategy<Value = Event> {
    let about = option::weighted(0.95, prop_oneof![4 => Just(1_u8), 1 => Just(2_u8)]);
    let hlc = (0..4_i64, 0..2_u16).prop_map(|(ms, counter)| Hlc(ms, counter));
    let clocks = (any::<i64>(), any::<i32>(), any::<u64>(), any::<u32>(), option::of(any::<i64>()));
    (body(), about, hlc, 1..4_u8, any::<[u8; 16]>(), clocks).prop_map(|(body, about, hlc, device, id, clocks)| Event {
        schema: SCHEMA,
        id: EventId::from_bytes(id),
        store: "north".parse().unwrap(),
        device: DeviceId::from_bytes([device; 16]),
        seq: 1,
        hlc,
        recorded: Recorded {
            wall_ms: clocks.0,
            offset_min: clocks.1,
            steady_ms: clocks.2,
            boot: clocks.3,
            server_offset_ms: clocks.4,
        },
        actor: format!("c0{device}").parse().unwrap(),
        visit: about.map(visit_id),
        body,
    })
}

/// Events as devices may have made them: no number comes twice on one device.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 0..24).prop_map(|mut events| {
        for (seq, event) in (1..).zip(&mut events) {
            event.seq = seq;
        }
        events
    })
}

/// One line of a day list, of visit `n`.
pub(crate) fn brief(n: u8) -> impl Strategy<Value = Brief> {
    let end = option::of((outcome(), 0..10_000_000_i64, any::<bool>()));
    (0..10_000_000_i64, 0..24_u8, 1..=5_u8, option::of(code()), end, any::<bool>()).prop_map(
        move |(entered_ms, hour, size, interest, end, voided)| {
            let dwell_source = end.as_ref().map(|(_, _, guessed)| match guessed {
                true => DwellSource::Estimated,
                false => DwellSource::Observed,
            });
            let (outcome, left_ms) = end.map(|(outcome, left_ms, _)| (outcome, left_ms)).unzip();
            let state = match (&outcome, voided) {
                (_, true) => VisitState::Voided,
                (Some(_), _) => VisitState::Closed,
                (None, _) => VisitState::Open,
            };
            Brief {
                id: visit_id(n),
                day: BusinessDay::from_number(20_000),
                entered_ms,
                hour,
                left_ms,
                dwell_source,
                corrected: false,
                earlier: None,
                state,
                size,
                serving: "c01".parse().unwrap(),
                age: None,
                company: None,
                style: None,
                interest,
                attention: Vec::new(),
                gesture: Vec::new(),
                outcome,
            }
        },
    )
}
