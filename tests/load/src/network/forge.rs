//! Answers that somebody makes up, as well as they can.

use super::house::FRESH;
use super::op::{Call, Forgery};
use floorbook_model::{BatchId, Body, DeviceId, Event, EventId, Hlc, Recorded, VisitId};
use floorbook_protocol::{
    BATCH_HEADER, Config, DEVICE_HEADER, FEED_HEADER, FeedHead, Hello, Order, PROTOCOL_MAX, Purpose, Receipt,
    RecordResult, Signed, SigningKey, content_digest, decode_batch, encode_batch, runs_of,
};
use http::{Request, Response};
use serde::Serialize;

/// What somebody answers in the place of headquarters: that all is stored, that the device is to destroy
/// itself, that another device voided a visit.
pub(crate) fn answer(call: Call, request: &Request<Vec<u8>>, forgery: Forgery) -> Response<Vec<u8>> {
    match call {
        Call::Config => json(&signed(Purpose::Config, &config(request, forgery), forgery)),
        Call::Feed => page(request, forgery),
        Call::Hello => {
            json(&Hello { versions: vec![PROTOCOL_MAX], challenge: "made up".to_owned(), server_time_ms: 0 })
        }
        Call::Batches | Call::Contacts | Call::Any => {
            json(&signed(Purpose::Receipt, &receipt(request, forgery), forgery))
        }
    }
}

fn receipt(request: &Request<Vec<u8>>, forgery: Forgery) -> Receipt {
    let records = decode_batch(request.body()).map_or(0, |batch| batch.records().count());
    let records = match forgery {
        Forgery::Fewer => records - 1,
        Forgery::More => records + 1,
        _ => records,
    };
    Receipt {
        batch: name(request, forgery),
        device: device(request, forgery),
        digest: digest(request.body(), forgery),
        results: runs_of((0..records).map(|_| RecordResult::Accepted)),
        acked_through: 1_000,
        server_time_ms: 0,
    }
}

fn config(request: &Request<Vec<u8>>, forgery: Forgery) -> Config {
    Config {
        device: device(request, forgery),
        request: name(request, forgery),
        server_time_ms: 0,
        order: Order::Wipe,
        acked_through: None,
        erased: Vec::new(),
        kit: None,
    }
}

fn page(request: &Request<Vec<u8>>, forgery: Forgery) -> Response<Vec<u8>> {
    let event = Event {
        schema: 1,
        id: EventId::from_bytes([7; 16]),
        store: FRESH.grants[0].store.id.clone(),
        device: DeviceId::from_bytes([7; 16]),
        seq: 1,
        hlc: Hlc(1 << 45, 0),
        recorded: Recorded { wall_ms: 1 << 45, offset_min: 480, steady_ms: 0, boot: 1, server_offset_ms: None },
        actor: "m01".parse().expect("a code"),
        visit: Some(VisitId::from_bytes([7; 16])),
        body: Body::VisitVoided,
    };
    let body = encode_batch(&[serde_json::to_string(&event).expect("an event has a form")]).expect("one line");
    let head = FeedHead {
        device: device(request, forgery),
        request: name(request, forgery),
        digest: digest(&body, forgery),
        more: false,
        config: false,
        epoch: 0,
        ahead: 0,
        ahead_through: [].into(),
        through: [(event.device, event.seq)].into(),
    };
    let head = serde_json::to_string(&signed(Purpose::Feed, &head, forgery)).expect("a document has a form");
    let mut answer = Response::new(body);
    answer.headers_mut().insert(FEED_HEADER, head.parse().expect("base64url is fit for a header"));
    answer
}

/// What is wrong with who signed. Where an answer counts nothing, or is about no bytes, the key is wrong instead.
fn signed<T: Serialize>(purpose: Purpose, document: &T, forgery: Forgery) -> Signed {
    let (counts, has_digest) = (purpose == Purpose::Receipt, purpose != Purpose::Config);
    let (purpose, seed) = match forgery {
        Forgery::Stranger => (purpose, [9; 32]),
        Forgery::Purpose => (Purpose::PairGrant, FRESH.seed),
        Forgery::Fewer | Forgery::More if !counts => (purpose, [9; 32]),
        Forgery::Digest if !has_digest => (purpose, [9; 32]),
        _ => (purpose, FRESH.seed),
    };
    let signed = Signed::seal(purpose, document, &SigningKey::from_seed(&seed)).expect("a document has a form");
    if forgery == Forgery::Unsigned { without_signature(&signed) } else { signed }
}

fn without_signature(signed: &Signed) -> Signed {
    let mut fields = serde_json::to_value(signed).expect("a document has a form");
    fields["signature"] = "".into();
    serde_json::from_value(fields).expect("it still has its form")
}

fn name(request: &Request<Vec<u8>>, forgery: Forgery) -> BatchId {
    let asked = field(request, BATCH_HEADER).parse().expect("a batch has a name");
    if forgery == Forgery::Request { BatchId::from_bytes([8; 16]) } else { asked }
}

fn device(request: &Request<Vec<u8>>, forgery: Forgery) -> DeviceId {
    let asked = field(request, DEVICE_HEADER).parse().expect("a device has a name");
    if forgery == Forgery::Device { DeviceId::from_bytes([8; 16]) } else { asked }
}

fn digest(body: &[u8], forgery: Forgery) -> String {
    content_digest(if forgery == Forgery::Digest { b"other bytes" } else { body })
}

fn field<'a>(request: &'a Request<Vec<u8>>, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn json<T: Serialize>(document: &T) -> Response<Vec<u8>> {
    Response::new(serde_json::to_vec(document).expect("a document has a form"))
}
