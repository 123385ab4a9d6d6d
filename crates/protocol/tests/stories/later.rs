//! A version that comes later may say more. What is not known is passed over, on both sides, in every document; two
//! things are taken as a whole or not at all, the envelope of a signed document and a form pack.

use crate::letters;
use floorbook_model::{Event, SCHEMA};
use floorbook_protocol::{
    Config, ConfigRequest, ContactRecord, DayLedger, FeedHead, FeedRequest, Hello, PairGrant, PairRequest, PhoneAnswer,
    PhoneRequest, Problem, ProblemKind, Receipt, RecordHead, SpoolRecord,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::fs;
use std::path::Path;

/// Fields whose content is a map or a choice of names, an envelope, or of a form pack.
const AS_A_WHOLE: [&str; 13] = [
    "patch",
    "answers",
    "have",
    "ahead",
    "through",
    "ahead_through",
    "pack",
    "ledger",
    "notice",
    "purposes",
    "questions",
    "label",
    "result",
];

/// Says something more in every object.
fn with_more(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let inner = fields.iter_mut().filter(|(name, _)| !AS_A_WHOLE.contains(&name.as_str()));
            inner.for_each(|(_, value)| with_more(value));
            fields.insert("of_a_later_version".to_owned(), json!({ "a": [1, null, "x"] }));
        }
        Value::Array(values) => values.iter_mut().for_each(with_more),
        _ => {}
    }
}

/// Every line of the file is read as before when it says more.
fn assert_passed_over<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    for line in fs::read_to_string(path).unwrap().lines() {
        let today: T = serde_json::from_str(line).unwrap();
        let mut later: Value = serde_json::from_str(line).unwrap();
        with_more(&mut later);
        let later = later.to_string();
        let read = serde_json::from_str::<T>(&later);
        assert_eq!(read.unwrap_or_else(|error| panic!("{name}: {error}: {later}")), today, "{name}");
    }
}

#[test]
fn what_is_not_known_is_passed_over_in_every_document() {
    assert_passed_over::<Hello>("hello.json");
    assert_passed_over::<PairRequest>("pair-request.json");
    assert_passed_over::<PairGrant>("pair-grant.json");
    assert_passed_over::<PairGrant>("pair-grant-full.json");
    assert_passed_over::<Receipt>("receipt.json");
    assert_passed_over::<ConfigRequest>("config-request.json");
    assert_passed_over::<ConfigRequest>("config-request-full.json");
    assert_passed_over::<Config>("config.json");
    assert_passed_over::<Config>("config-held.json");
    assert_passed_over::<FeedRequest>("feed-request.json");
    assert_passed_over::<FeedHead>("feed-head.json");
    assert_passed_over::<DayLedger>("day-ledger.json");
    assert_passed_over::<PhoneRequest>("phone-requests.jsonl");
    assert_passed_over::<PhoneAnswer>("phone-answers.jsonl");
    assert_passed_over::<ContactRecord>("contact.json");
    assert_passed_over::<SpoolRecord>("spool.jsonl");
    assert_passed_over::<Problem>("problems.jsonl");
    assert_passed_over::<Event>("events.jsonl");
    assert_passed_over::<Event>("events-floor.jsonl");
    assert_passed_over::<Event>("events-contact.jsonl");
}

#[test]
fn an_event_of_a_later_schema_is_named_and_not_read() {
    let mut event = letters::events().remove(0);
    event.schema = SCHEMA + 1;
    let line = serde_json::to_string(&event).unwrap();
    let head = RecordHead::parse(&line).unwrap();
    assert_eq!((head.id, head.seq, head.visit), (event.id, event.seq, event.visit), "it can be stored and passed on");
    assert!(Event::parse(&line).is_err(), "what it says may mean something else by then");
    event.schema = SCHEMA;
    assert_eq!(Event::parse(&serde_json::to_string(&event).unwrap()).unwrap(), event);
}

#[test]
fn a_problem_of_a_later_version_is_none_of_the_list() {
    assert_eq!(ProblemKind::from_uri("urn:floorbook:problem:of-a-later-version"), None);
}
