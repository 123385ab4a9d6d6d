//! Three whole exchanges, byte for byte: hello, pairing, and one batch. `docs/protocol.md` tells how each is made.
//!
//! Each file is a head, an empty line, and the body: JSON as it is, anything else in hexadecimal. The fields of a
//! head may come in any order. What a test would have written lies in the build folder under `tmp/golden` when it
//! differs.

use crate::counter::{Counter, SENT_MS, code_bytes, golden};
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{
    DEVICE_HEADER, Hello, PairGrant, PairRequest, PairingCode, Purpose, Receipt, RecordResult, Signed, SignedHead,
    SigningKey, content_digest, path, sign_head,
};
use http_body_util::BodyExt;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What the device of the example signs with.
fn device_key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

/// A request or an answer as the files have it.
pub(crate) struct Message {
    pub(crate) line: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    fn request(line: &str, fields: &[(&str, &str)], body: Vec<u8>) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { line: line.to_owned(), fields, body }
    }

    pub(crate) async fn of(answer: Response) -> Self {
        let (head, body) = answer.into_parts();
        let line = format!("HTTP/1.1 {}", head.status);
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { line, fields: fields_of(&head.headers), body }
    }

    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
        let (line, fields) = head.split_once('\n').unwrap_or((head, ""));
        let field =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        let fields: Vec<_> = fields.lines().map(field).collect();
        let body = body.trim_end_matches('\n');
        let body = if body.starts_with('{') { body.as_bytes().to_vec() } else { unhex(body) };
        Self { line: line.to_owned(), fields, body }
    }

    fn written(&self) -> String {
        let mut text = format!("{}\n", self.line);
        let mut fields = self.fields.clone();
        fields.sort();
        fields.iter().for_each(|(name, value)| writeln!(text, "{name}: {value}").unwrap());
        text.push('\n');
        match std::str::from_utf8(&self.body).ok().filter(|body| body.starts_with('{')) {
            Some(body) => text.push_str(body),
            None => text.push_str(&hex(&self.body)),
        }
        text.trim_end_matches('\n').to_owned() + "\n"
    }

    pub(crate) fn to_request(&self) -> Request<Body> {
        let mut words = self.line.split(' ');
        let builder = Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
        let builder = self.fields.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        builder.body(Body::from(self.body.clone())).unwrap()
    }
}

fn fields_of(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

fn assert_golden(name: &str, written: &str) {
    let agreed = golden(name);
    if agreed != written {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, written).unwrap();
    }
    assert_eq!(written, agreed, "{name} is not what other versions speak; ours is in the build folder, tmp/golden");
}

/// Says `request`, which has to be the agreed one, and holds the answer against the agreed one.
async fn exchange(counter: &Counter, name: &str, request: Message) -> Message {
    let written = request.written();
    assert_golden(&format!("exchange/{name}-request.txt"), &written);
    let answer = Message::of(counter.answer(Message::read(&written).to_request()).await).await;
    assert_golden(&format!("exchange/{name}-answer.txt"), &answer.written());
    answer
}

async fn hello(counter: &Counter, name: &str) -> Hello {
    let request = Message::request("GET /v1/hello HTTP/1.1", &[("floorbook-versions", "1")], Vec::new());
    serde_json::from_slice(&exchange(counter, name, request).await.body).unwrap()
}

/// Pairs the device of the example, in the agreed bytes.
pub(crate) async fn paired(counter: &Counter) -> PairGrant {
    let challenge = hello(counter, "hello").await.challenge;
    granted(&exchange(counter, "pair", pair_request(0, challenge)).await)
}

/// What the device of the example says with the `n`th code, counted from 0.
pub(crate) fn pair_request(n: u8, challenge: String) -> Message {
    let request = PairRequest {
        code: PairingCode::new(code_bytes(n), b"").secret().to_owned(),
        device_key: device_key().public(),
        device_name: format!("Counter {}", n + 1),
        challenge,
    };
    let signed = Signed::seal(Purpose::PairRequest, &request, &device_key()).unwrap();
    let body = serde_json::to_vec(&signed).unwrap();
    Message::request("POST /v1/pair HTTP/1.1", &[("content-type", "application/json")], body)
}

/// What it is granted.
pub(crate) fn granted(answer: &Message) -> PairGrant {
    let signed: Signed = serde_json::from_slice(&answer.body).unwrap();
    signed.open_self_signed(Purpose::PairGrant, |grant: &PairGrant| grant.hq_key).unwrap()
}

#[tokio::test]
async fn a_device_says_hello_pairs_and_sends_in_the_agreed_bytes_and_is_answered_in_them() {
    let counter = Counter::open();
    let grant = paired(&counter).await;
    assert_eq!(grant.device.to_string(), "01930000-0000-7000-8000-000000000002");
    counter.clock_shows(SENT_MS);
    let challenge = hello(&counter, "hello-again").await.challenge;
    let answer = exchange(&counter, "batch", batch(grant.device, &challenge)).await;
    let receipt: Signed = serde_json::from_slice(&answer.body).unwrap();
    let receipt: Receipt = receipt.open(Purpose::Receipt, &grant.hq_key).unwrap();
    assert!(receipt.record_results().all(|result| *result == RecordResult::Accepted), "{receipt:?}");
    assert_eq!((receipt.acked_through, receipt.record_count()), (6, 6));
}

/// The batch of `batch.zst.hex`: compressors may write the same lines in other bytes.
fn batch(device: DeviceId, challenge: &str) -> Message {
    signed(path::BATCHES, unhex(&golden("batch.zst.hex")), device, challenge)
}

/// What the device of the example sends to `path`.
pub(crate) fn signed(path: &str, body: Vec<u8>, device: DeviceId, challenge: &str) -> Message {
    let (digest, device) = (content_digest(&body), device.to_string());
    let name: BatchId = "01930000-0000-7000-8000-000000000009".parse().unwrap();
    let name = name.to_string();
    let head = SignedHead { path, digest: &digest, device: &device, batch: &name, challenge };
    let (input, signature) = sign_head(&head, &device_key());
    let fields = [
        ("content-type", "application/jsonl"),
        ("content-encoding", "zstd"),
        ("content-digest", digest.as_str()),
        (DEVICE_HEADER, device.as_str()),
        ("floorbook-batch", name.as_str()),
        ("floorbook-challenge", challenge),
        ("signature-input", input.as_str()),
        ("signature", signature.as_str()),
    ];
    Message::request(&format!("POST {path} HTTP/1.1"), &fields, body)
}

#[test]
fn the_worked_example_of_the_documents_is_the_agreed_one() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md")).unwrap();
    for name in ["exchange/hello-again-answer.txt", "exchange/batch-request.txt", "exchange/batch-answer.txt"] {
        let text = golden(name);
        let head = text.split("\n\n").next().unwrap();
        for line in head.lines() {
            assert!(document.contains(line), "docs/protocol.md lacks this line of {name}: {line}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.as_bytes().chunks(120).map(|line| String::from_utf8_lossy(line) + "\n").collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
