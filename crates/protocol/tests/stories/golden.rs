//! The wire, held byte for byte against `tests/golden`.
//!
//! Devices in shops and a headquarters elsewhere are of different versions: what stands in these
//! files is spoken by programs that nobody can change any more. A change of one of them is a new
//! version of the protocol, not an edit. What a test would have written lies in the build folder
//! under `tmp/golden` when it differs.

use crate::letters::{self, HEAD, device_key, hq_key};
use floorbook_model::{DeviceId, Event};
use floorbook_protocol::{
    ContactRecord, PairingCode, Problem, ProblemKind, Purpose, Receipt, Signed, SigningKey, Spool, SpoolRecord,
    SpoolTooLong, content_digest, decode_batch, erased_contact, limits, read_receipt_code, receipt_code, sign_head,
    verify_head,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn assert_golden(name: &str, written: &str) {
    let agreed = fs::read_to_string(golden(name)).unwrap_or_default();
    if agreed != written {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), written).unwrap();
    }
    assert_eq!(written, agreed, "{name} is not what other versions speak; ours is in the build folder, tmp/golden");
}

/// A document is written as agreed, and what was agreed is read as this document.
fn assert_document<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, document: &T) {
    assert_golden(name, &(serde_json::to_string(document).unwrap() + "\n"));
    let read: T = serde_json::from_slice(&fs::read(golden(name)).unwrap()).unwrap();
    assert_eq!(read, *document, "{name} is read as something else");
}

#[test]
fn every_kind_of_event_is_the_agreed_line() {
    for (name, events) in [
        ("events.jsonl", letters::events()),
        ("events-floor.jsonl", letters::floor_events()),
        ("events-contact.jsonl", letters::contact_events()),
    ] {
        let written: String = events.iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
        assert_golden(name, &written);
        let agreed = fs::read_to_string(golden(name)).unwrap();
        let read: Vec<Event> = agreed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, events, "{name} is read as something else");
    }
}

#[test]
fn documents_are_the_agreed_bytes() {
    assert_document("hello.json", &letters::hello());
    assert_document("pair-request.json", &letters::pair_request());
    assert_document("pair-grant.json", &letters::pair_grant());
    assert_document("pair-grant-full.json", &letters::pair_grant_full());
    assert_document("receipt.json", &letters::receipt());
    assert_document("config-request.json", &letters::config_request());
    assert_document("config-request-full.json", &letters::config_request_full());
    assert_document("config.json", &letters::config());
    assert_document("config-held.json", &letters::config_held());
    assert_document("feed-request.json", &letters::feed_request());
    assert_document("feed-head.json", &letters::feed_head());
    assert_document("day-ledger.json", &letters::day_ledger());
}

#[test]
fn what_is_said_of_a_page_for_a_phone_is_the_agreed_line() {
    assert_lines("phone-requests.jsonl", &letters::phone_requests());
    assert_lines("phone-answers.jsonl", &letters::phone_answers());
}

fn assert_lines<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, lines: &[T]) {
    assert_golden(name, &lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect::<String>());
    let agreed = fs::read_to_string(golden(name)).unwrap();
    let read: Vec<T> = agreed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, lines, "{name} is read as something else");
}

#[test]
fn signed_documents_are_the_agreed_bytes() {
    let request = Signed::seal(Purpose::PairRequest, &letters::pair_request(), &device_key()).unwrap();
    assert_document("pair-request.signed.json", &request);
    let grant = Signed::seal(Purpose::PairGrant, &letters::pair_grant(), &hq_key()).unwrap();
    assert_document("pair-grant.signed.json", &grant);
    let receipt = Signed::seal(Purpose::Receipt, &letters::receipt(), &hq_key()).unwrap();
    assert_document("receipt.signed.json", &receipt);
    assert_document("config.signed.json", &Signed::seal(Purpose::Config, &letters::config(), &hq_key()).unwrap());
    assert_document("feed-head.signed.json", &Signed::seal(Purpose::Feed, &letters::feed_head(), &hq_key()).unwrap());
    let answer = Signed::seal(Purpose::Phone, letters::phone_answers().last().unwrap(), &hq_key()).unwrap();
    assert_document("phone-answer.signed.json", &answer);
    assert_document("day-ledger.signed.json", &letters::signed_ledger());
    let opened: Receipt = receipt.open(Purpose::Receipt, &hq_key().public()).unwrap();
    assert_eq!(opened, letters::receipt());
}

#[test]
fn a_batch_head_is_signed_over_the_agreed_text() {
    let (input, signature) = sign_head(&HEAD, &device_key());
    assert_golden("head.txt", &format!("Signature-Input: {input}\nSignature: {signature}\n"));
    assert_eq!(verify_head(&HEAD, &input, &signature, &device_key().public()), Ok(()));
    let base = fs::read_to_string(golden("head-base.txt")).unwrap();
    let over_base = device_key().sign(base.trim_end_matches('\n').as_bytes());
    assert_eq!(
        signature,
        format!("sig=:{}:", base64(&over_base)),
        "RFC 9421 §2.5: one line a component, no last newline"
    );
}

#[test]
fn problem_documents_are_the_agreed_bytes() {
    let documents = ProblemKind::ALL.iter().map(|kind| serde_json::to_string(&Problem::from(*kind)).unwrap() + "\n");
    assert_golden("problems.jsonl", &documents.collect::<String>());
    for (line, kind) in fs::read_to_string(golden("problems.jsonl")).unwrap().lines().zip(ProblemKind::ALL) {
        let problem: Problem = serde_json::from_str(line).unwrap();
        assert_eq!(ProblemKind::from_uri(&problem.kind), Some(*kind));
    }
}

#[test]
fn a_pairing_code_is_the_agreed_text() {
    let code = PairingCode::new([0, 1, 10, 17, 24, 31, 2, 3, 4], b"certificate of an authority");
    assert_golden("pairing-code.txt", &format!("{code}\nsecret {}\n", code.secret()));
}

/// Compressors may write the same text in other bytes; what was written once must be read for ever.
#[test]
fn a_batch_of_the_past_is_read() {
    let encoded = unhex(&fs::read_to_string(golden("batch.zst.hex")).unwrap());
    let batch = decode_batch(&encoded).unwrap();
    assert_eq!(batch.records().collect::<Vec<_>>(), letters::lines());
    assert_golden("batch-digest.txt", &(content_digest(&encoded) + "\n"));
}

/// Sealing is never the same twice; what was sealed once must open for ever.
#[test]
fn a_contact_of_the_past_is_opened() {
    let line = fs::read_to_string(golden("contact.json")).unwrap();
    let record: ContactRecord = serde_json::from_str(&line).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap() + "\n", line);
    assert_eq!(record.open(&letters::contact_key()).unwrap().as_slice(), "{\"name\":\"陈女士\"}".as_bytes());
    let public = serde_json::to_string(&letters::contact_key().sealing_key()).unwrap();
    assert_golden("contact-key.json", &(public + "\n"));
    assert_eq!(receipt_code(record.contact), "XN74R-M2NRF");
    assert_eq!(read_receipt_code(" xn74r m2nrf").as_deref(), Some("XN74R-M2NRF"));
}

/// The same of a spool file: devices keep some for months.
#[test]
fn a_spool_of_the_past_is_opened() {
    let spool = Spool::read(&unhex(&fs::read_to_string(golden("spool.hex")).unwrap()));
    assert_eq!(spool.lost_bytes, 0);
    assert_golden("spool.jsonl", &spool.lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let open = |line: &String| {
        let record: SpoolRecord = serde_json::from_str(line).unwrap();
        let (mut renumbered, mut elsewhere) = (record.clone(), record.clone());
        (renumbered.n, elsewhere.spool) = (record.n + 1, record.device);
        assert!([renumbered, elsewhere].iter().all(|other| other.open(&letters::contact_key()).is_err()));
        String::from_utf8(record.open(&letters::contact_key()).unwrap().to_vec()).unwrap()
    };
    assert_eq!(spool.lines.iter().map(open).collect::<Vec<_>>(), letters::lines()[..3]);
    let signed: Vec<bool> = spool.lines.iter().map(|line| is_signed_by(line, &device_key())).collect();
    assert_eq!(signed, [false, false, true]);
    assert!(!spool.lines.iter().any(|line| is_signed_by(line, &hq_key())));
}

fn is_signed_by(line: &str, key: &SigningKey) -> bool {
    serde_json::from_str::<SpoolRecord>(line).unwrap().is_signed_by(&key.public())
}

#[test]
fn a_spool_record_that_no_batch_would_hold_is_not_written() {
    let (device, line) = (DeviceId::from_bytes([2; 16]), "x".repeat(limits::RECORD_BYTES_MAX));
    let key = letters::contact_key().sealing_key();
    let record = SpoolRecord::seal(device, device, 1, &line, &key, &letters::Fixed).unwrap();
    assert_eq!(record.to_frame(), Err(SpoolTooLong));
}

#[test]
fn only_an_erasing_line_erases() {
    let lines = letters::contact_events().into_iter().map(|event| serde_json::to_string(&event).unwrap());
    let erased: Vec<_> = lines.map(|line| erased_contact(&line).is_some()).collect();
    assert_eq!(erased, [false, false, false, true]);
    let quoted = r#"{"body":{"kind":"visit_noted","patch":{"note":"contact_erased"}}}"#;
    assert_eq!(erased_contact(quoted), None);
}

#[test]
fn a_key_travels_as_agreed() {
    let key = |seed| serde_json::to_string(&SigningKey::from_seed(&[seed; 32]).public()).unwrap();
    assert_eq!(key(1), "\"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w\"", "RFC 8032 public key, base64url");
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    let mut digits = text.chars().filter_map(|c| c.to_digit(16));
    let mut byte = || Some(u8::try_from(digits.next()? << 4 | digits.next()?).unwrap());
    std::iter::from_fn(&mut byte).collect()
}
