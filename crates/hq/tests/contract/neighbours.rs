//! Devices of the version before and of the version after. Those of before are the agreed bytes, which never change;
//! those of after say more than is known here.

use crate::counter::{Counter, SENT_MS, golden};
use crate::exchange::{Message, granted, pair_request, paired, signed};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use floorbook_hq::{Because, ExportFilter};
use floorbook_protocol::{
    Config, FEED_HEADER, FeedHead, FeedRequest, Hello, PROTOCOL_MAX, PROTOCOL_MIN, PairGrant, Purpose, Receipt,
    RecordResult, Signed, VERSIONS_HEADER, decode_batch, encode_batch, path,
};
use serde_json::Value;

async fn hello(counter: &Counter, versions: Option<&str>) -> Hello {
    let request = Request::builder().method(Method::GET).uri(path::HELLO);
    let request = match versions {
        Some(versions) => request.header(VERSIONS_HEADER, versions),
        None => request,
    };
    let answer = Message::of(counter.answer(request.body(Body::empty()).unwrap()).await).await;
    assert_eq!(answer.line, "HTTP/1.1 200 OK");
    serde_json::from_slice(&answer.body).unwrap()
}

/// Sends lines as the device of the example.
async fn send(counter: &Counter, grant: &PairGrant, path: &str, lines: &[String]) -> Message {
    let challenge = hello(counter, None).await.challenge;
    let request = signed(path, encode_batch(lines).unwrap(), grant.device, &challenge);
    Message::of(counter.answer(request.to_request()).await).await
}

fn opened<T: serde::de::DeserializeOwned>(answer: &Message, purpose: Purpose, grant: &PairGrant) -> T {
    let signed: Signed = serde_json::from_slice(&answer.body).unwrap();
    signed.open(purpose, &grant.hq_key).unwrap()
}

/// The same document with something more in it.
fn with_more(line: &str) -> String {
    let mut document: Value = serde_json::from_str(line).unwrap();
    document["of_a_later_version"] = serde_json::json!({ "a": [1] });
    document.to_string()
}

/// A line of a schema that is not known here, about the visit of the others.
fn of_a_later_schema(line: &str, seq: u64) -> String {
    let mut event: Value = serde_json::from_str(line).unwrap();
    event["schema"] = 2.into();
    event["seq"] = seq.into();
    event["id"] = "01930000-0000-7000-8000-0000000000ff".into();
    event["body"] = serde_json::json!({ "kind": "visit_noted", "patch": "means something else by then" });
    event.to_string()
}

#[tokio::test]
async fn hello_is_answered_whatever_versions_a_device_speaks() {
    let (counter, spoken) = (Counter::open(), (PROTOCOL_MIN..=PROTOCOL_MAX).collect::<Vec<u16>>());
    for versions in [None, Some("1"), Some("1, 2"), Some("7"), Some(""), Some("x")] {
        assert_eq!(hello(&counter, versions).await.versions, spoken, "{versions:?}");
    }
    assert_eq!(counter.probe(Method::POST, "/v2/batches").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_device_of_before_asks_is_answered() {
    let counter = Counter::open();
    let grant = paired(&counter).await;
    counter.clock_shows(SENT_MS);
    for line in [golden("config-request.json"), with_more(&golden("config-request.json"))] {
        let answer = send(&counter, &grant, path::CONFIG, &[line.trim_end().to_owned()]).await;
        let config: Config = opened(&answer, Purpose::Config, &grant);
        assert_eq!(config.device, grant.device);
    }
}

#[tokio::test]
async fn an_event_of_a_later_schema_is_stored_passed_on_and_counted_as_not_read() {
    let counter = Counter::open();
    let grant = paired(&counter).await;
    counter.clock_shows(SENT_MS);
    let mut lines: Vec<String> = golden("events.jsonl").lines().map(str::to_owned).collect();
    lines.push(of_a_later_schema(&lines[0], 7));
    lines[0] = with_more(&lines[0]);
    let receipt: Receipt = opened(&send(&counter, &grant, path::BATCHES, &lines).await, Purpose::Receipt, &grant);
    assert!(receipt.record_results().all(|result| *result == RecordResult::Accepted), "{receipt:?}");
    let summary = counter.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap();
    assert_eq!(summary.unreadable_events, 1);
    assert_eq!(fed(&counter, &grant).await, lines);
}

/// What another device of the store is told.
async fn fed(counter: &Counter, sender: &PairGrant) -> Vec<String> {
    counter.hq.make_code(&"north-gate".parse().unwrap(), 1, Because::default()).unwrap();
    let request = pair_request(1, hello(counter, None).await.challenge);
    let other = granted(&Message::of(counter.answer(request.to_request()).await).await);
    assert_ne!(other.device, sender.device);
    let asked = FeedRequest { have: [].into(), days: 3_650, wait_ms: 0, epoch: other.epoch, ahead: None, lines: None };
    let line = with_more(&serde_json::to_string(&asked).unwrap());
    let answer = send(counter, &other, path::FEED, &[line]).await;
    let (_, head) = answer.fields.iter().find(|(name, _)| name == FEED_HEADER).unwrap();
    let head: Signed = serde_json::from_str(head).unwrap();
    let head: FeedHead = head.open(Purpose::Feed, &other.hq_key).unwrap();
    assert_eq!(head.device, other.device);
    decode_batch(&answer.body).unwrap().records().map(str::to_owned).collect()
}
