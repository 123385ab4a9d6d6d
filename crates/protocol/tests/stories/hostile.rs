//! Whatever comes in, it is read or refused; it never stops the program and never passes for another.

use crate::letters;
use floorbook_protocol::{
    Config, Hello, Order, PairGrant, PairRequest, PairingCode, PhoneAnswer, PhoneRequest, Problem, PublicKey, Purpose,
    Receipt, RecordHead, SPOOL_HEAD, Signed, SigningKey, Spool, decode_batch, encode_batch, limits, verify_head,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
}

/// `bytes` with one byte changed, and cut off somewhere.
fn spoil(mut bytes: Vec<u8>, at: Index, byte: u8, cut: Index) -> Vec<u8> {
    *at.get_mut(&mut bytes) = byte;
    bytes.truncate(cut.index(bytes.len()) + 1);
    bytes
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn hostile_bytes_are_no_batch_or_a_bounded_one(bytes in vec(any::<u8>(), 0..2_000)) {
        let framed = [&[0x28, 0xb5, 0x2f, 0xfd], &bytes[..]].concat();
        let compressed = zstd::bulk::compress(&bytes, 3).unwrap();
        for hostile in [bytes, framed, compressed] {
            if let Ok(batch) = decode_batch(&hostile) {
                prop_assert!(batch.records().count() <= limits::BATCH_RECORDS_MAX);
                prop_assert!(batch.records().all(|record| record.len() <= limits::RECORD_BYTES_MAX));
                batch.records().for_each(|record| drop(RecordHead::parse(record)));
            }
        }
    }

    #[test]
    fn a_spoilt_batch_never_stops_the_program(at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        drop(decode_batch(&spoil(encode_batch(&letters::lines()).unwrap(), at, byte, cut)));
    }

    #[test]
    fn a_batch_of_any_lines_comes_back(lines in vec("[^\n]{1,80}", 1..40)) {
        let batch = decode_batch(&encode_batch(&lines).unwrap()).unwrap();
        prop_assert_eq!(batch.records().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn hostile_text_is_no_record(text in any::<String>(), at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        drop(RecordHead::parse(&text));
        let line = spoil(letters::lines()[1].clone().into_bytes(), at, byte, cut);
        drop(RecordHead::parse(&String::from_utf8_lossy(&line)));
    }

    #[test]
    fn hostile_bytes_are_no_spool_and_every_byte_is_accounted_for(bytes in vec(any::<u8>(), 0..2_000)) {
        let behind_a_head = [SPOOL_HEAD, &bytes[..]].concat();
        for (hostile, head) in [(&bytes, 0), (&behind_a_head, SPOOL_HEAD.len())] {
            let spool = Spool::read(hostile);
            prop_assert!(spool.lines.is_empty());
            prop_assert_eq!(spool.lost_bytes + head, hostile.len());
        }
    }

    #[test]
    fn of_a_cut_spool_every_whole_record_is_read(cut in any::<Index>()) {
        let (file, lines) = (letters::spool_file(), letters::spool_lines());
        let length = cut.index(file.len() + 1);
        let spool = Spool::read(&file[..length]);
        prop_assert!(lines.starts_with(&spool.lines), "in order, and none that was not written");
        let frame = |line: &String| 12 + line.len();
        let whole: usize = SPOOL_HEAD.len() + spool.lines.iter().map(frame).sum::<usize>();
        let is_head = length >= SPOOL_HEAD.len();
        prop_assert_eq!(spool.lost_bytes, if is_head { length - whole } else { length });
        prop_assert!(lines.get(spool.lines.len()).is_none_or(|next| !is_head || length - whole < frame(next)));
    }

    #[test]
    fn of_a_changed_spool_nothing_is_read_that_was_not_written(at in any::<Index>(), byte in any::<u8>()) {
        let mut file = letters::spool_file();
        *at.get_mut(&mut file) = byte;
        let (spool, lines) = (Spool::read(&file), letters::spool_lines());
        prop_assert!(spool.lines.iter().all(|line| lines.contains(line)));
        prop_assert!(spool.lines.len() == lines.len() || spool.lost_bytes > 0, "what is missing is said");
    }

    #[test]
    fn hostile_text_is_no_pairing_code(text in any::<String>(), typed in "[0-9A-Za-z -]{0,40}") {
        drop(text.parse::<PairingCode>());
        if let Ok(code) = typed.parse::<PairingCode>() {
            prop_assert_eq!(code.to_string().parse::<PairingCode>(), Ok(code), "a code is read back as itself");
        }
    }

    #[test]
    fn hostile_documents_never_stop_the_program(bytes in vec(any::<u8>(), 0..600)) {
        drop(serde_json::from_slice::<Signed>(&bytes));
        drop(serde_json::from_slice::<Hello>(&bytes));
        drop(serde_json::from_slice::<PairRequest>(&bytes));
        drop(serde_json::from_slice::<PairGrant>(&bytes));
        drop(serde_json::from_slice::<Receipt>(&bytes));
        drop(serde_json::from_slice::<Problem>(&bytes));
        drop(serde_json::from_slice::<PublicKey>(&bytes));
        drop(serde_json::from_slice::<PhoneRequest>(&bytes));
        drop(serde_json::from_slice::<PhoneAnswer>(&bytes));
    }

    #[test]
    fn a_changed_receipt_is_never_opened(at in any::<Index>(), byte in any::<u8>()) {
        let key = letters::hq_key();
        let sealed = Signed::seal(Purpose::Receipt, &letters::receipt(), &key).unwrap();
        let honest = serde_json::to_vec(&sealed).unwrap();
        let mut changed = honest.clone();
        *at.get_mut(&mut changed) = byte;
        if let Ok(signed) = serde_json::from_slice::<Signed>(&changed) {
            let opened = signed.open::<Receipt>(Purpose::Receipt, &key.public());
            prop_assert_eq!(opened.is_ok(), changed == honest, "only the very bytes that were signed pass");
        }
    }

    #[test]
    fn hostile_payloads_under_a_good_signature_are_refused(text in any::<String>(), seed in any::<[u8; 32]>()) {
        let key = SigningKey::from_seed(&seed);
        let signed = Signed::seal(Purpose::Receipt, &text, &key).unwrap();
        prop_assert!(signed.open::<Receipt>(Purpose::Receipt, &key.public()).is_err());
        prop_assert!(signed.open::<String>(Purpose::PairGrant, &key.public()).is_err(), "another purpose");
        prop_assert!(signed.open_self_signed(Purpose::Receipt, |request: &PairRequest| request.device_key).is_err());
    }

    #[test]
    fn hostile_fields_sign_nothing(input in any::<String>(), signature in any::<String>()) {
        let key = letters::device_key().public();
        prop_assert!(verify_head(&letters::HEAD, &input, &signature, &key).is_err());
        let framed = format!("sig=:{signature}:");
        prop_assert!(verify_head(&letters::HEAD, &input, &framed, &key).is_err());
    }
}

#[test]
fn a_kit_of_a_later_version_takes_nothing_else_of_the_answer_with_it() {
    let mut later = serde_json::to_value(letters::config()).unwrap();
    later["order"] = "wipe".into();
    later["kit"]["pack"]["fragrance"] = "of a later version".into();
    let read: Config = serde_json::from_value(later).unwrap();
    assert_eq!((read.order, &read.erased, &read.kit), (Order::Wipe, &letters::config().erased, &None));
    let today = serde_json::to_value(letters::config()).unwrap();
    assert_eq!(serde_json::from_value::<Config>(today).unwrap(), letters::config());
}

#[test]
fn a_document_with_something_added_is_refused() {
    let sealed = Signed::seal(Purpose::Receipt, &letters::receipt(), &letters::hq_key()).unwrap();
    let text = serde_json::to_string(&sealed).unwrap().replacen('{', "{\"alg\":\"none\",", 1);
    assert!(serde_json::from_str::<Signed>(&text).is_err(), "there is nothing to negotiate");
}

#[test]
fn a_key_that_signs_everything_is_no_key() {
    let weak = PublicKey::from_bytes(&{
        let mut identity = [0; 32];
        identity[0] = 1;
        identity
    });
    let signature = [&[1_u8][..], &[0; 63]].concat();
    assert!(weak.is_err() || !weak.unwrap().verifies(b"anything", &signature), "a small-order key must not verify");
}
