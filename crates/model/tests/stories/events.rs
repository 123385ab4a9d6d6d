//! Events are read back as they were written, and nothing that comes in does harm.

use crate::anything::{cases, event, patch};
use floorbook_model::{Body, Event, Pack, Patch};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

const APPAREL: &str = include_str!("../../../../assets/packs/apparel.json");

fn with_body(body: serde_json::Value) -> serde_json::Value {
    json!({
        "schema": 2, "id": "01930000-0000-7000-8000-000000000001", "store": "north",
        "device": "01930000-0000-7000-8000-000000000002", "seq": 7, "hlc": [1, 0],
        "recorded": { "wall_ms": 1, "offset_min": 480, "steady_ms": 1, "boot": 1 },
        "actor": "c01", "visit": "01930000-0000-7000-8000-000000000003", "body": body,
    })
}

#[test]
fn a_kind_of_a_later_version_is_read_as_unknown() {
    let bodies = [
        json!({ "kind": "visit_praised" }),
        json!({ "kind": "visit_praised", "stars": 5, "by": { "name": [1, null, "x"] } }),
    ];
    for body in bodies {
        let event: Event = serde_json::from_value(with_body(body.clone())).unwrap();
        assert_eq!(event.body, Body::Unknown, "a later version must not stop this one: {body}");
    }
}

#[test]
fn a_field_of_a_later_version_does_not_keep_an_event_from_being_read() {
    let mut event = with_body(json!({ "kind": "visit_reopened", "mood": "bright" }));
    event["weather"] = json!("rain");
    let event: Event = serde_json::from_value(event).unwrap();
    assert_eq!((event.schema, event.body), (2, Body::VisitReopened));
}

#[test]
fn a_known_kind_with_a_broken_body_is_refused() {
    let bodies = [
        json!({ "kind": "visit_opened" }),
        json!({ "kind": "visit_opened", "entered_ms": 1, "size": 300, "pack": { "id": "x", "version": 1 } }),
        json!({ "kind": "visit_noted", "patch": { "age": { "zone": 1 } } }),
        json!({ "kind": "visit_closed", "left_ms": 1, "dwell_source": "guessed", "outcome": { "code": "buy" } }),
        json!({}),
        json!("visit_reopened"),
    ];
    for body in bodies {
        assert!(serde_json::from_value::<Event>(with_body(body.clone())).is_err(), "{body} passed");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = "[".repeat(100_000);
    assert!(serde_json::from_str::<Patch>(&format!("{{\"note\":{deep}")).is_err());
    assert!(serde_json::from_str::<Event>(&deep).is_err());
}

proptest! {
    #![proptest_config(cases(1_024))]

    #[test]
    fn an_event_survives_its_line(event in event()) {
        let line = serde_json::to_string(&event).unwrap();
        prop_assert!(!line.contains('\n'), "one event is one line");
        prop_assert_eq!(&serde_json::from_str::<Event>(&line).unwrap(), &event);
        prop_assert_eq!(serde_json::to_string(&serde_json::from_str::<Event>(&line).unwrap()).unwrap(), line);
    }

    #[test]
    fn a_patch_survives_its_json(patch in patch()) {
        let json = serde_json::to_string(&patch).unwrap();
        prop_assert_eq!(serde_json::from_str::<Patch>(&json).unwrap(), patch);
    }

    #[test]
    fn hostile_bytes_never_stop_the_program(bytes in vec(any::<u8>(), 0..600)) {
        drop(serde_json::from_slice::<Event>(&bytes));
        drop(serde_json::from_slice::<Pack>(&bytes));
        drop(serde_json::from_slice::<Patch>(&bytes));
    }

    #[test]
    fn a_spoilt_event_never_stops_the_program(
        event in event(), at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>(),
    ) {
        let mut line = serde_json::to_vec(&event).unwrap();
        *at.get_mut(&mut line) = byte;
        drop(serde_json::from_slice::<Event>(&line));
        drop(serde_json::from_slice::<Event>(&line[..cut.index(line.len())]));
    }

    #[test]
    fn a_spoilt_pack_never_stops_the_program(at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        let mut pack = APPAREL.as_bytes().to_vec();
        *at.get_mut(&mut pack) = byte;
        if let Ok(pack) = serde_json::from_slice::<Pack>(&pack) {
            drop(floorbook_model::check_pack(&pack));
        }
        prop_assert!(serde_json::from_slice::<Pack>(&pack[..cut.index(pack.len() - 2)]).is_err(), "half a pack");
    }
}
