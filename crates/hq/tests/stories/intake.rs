//! A receipt says what is durable, record by record; what is refused leaves no trace.

use crate::house::{House, Letter, strange_signature};
use floorbook_hq::{Because, ExportFilter};
use floorbook_protocol::{
    CHALLENGE_HEADER, DEVICE_HEADER, ProblemKind, QuarantineCode, Receipt, RecordResult, Run, limits, path,
};

fn results(receipt: &Receipt) -> Vec<RecordResult> {
    receipt.record_results().cloned().collect()
}

fn set_aside(code: QuarantineCode) -> RecordResult {
    RecordResult::Quarantined(code)
}

fn visits(house: &House) -> u64 {
    house.hq.export_jsonl(&mut Vec::new(), &ExportFilter::default()).unwrap().visits
}

#[tokio::test]
async fn the_same_batch_twice_is_one_batch_and_two_good_receipts() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(3);
    let first = house.send(&device, &lines).await.unwrap();
    assert_eq!(first.results, [Run { count: 3, result: RecordResult::Accepted }]);
    assert_eq!(first.acked_through, 3);
    let again = house.send(&device, &lines).await.unwrap();
    assert_eq!(again.results, [Run { count: 3, result: RecordResult::Duplicate }]);
    assert_eq!(again.acked_through, 3);
    assert_eq!(visits(&house), 3);
}

#[tokio::test]
async fn other_bytes_under_a_known_number_or_id_never_replace_what_is_there() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(2);
    house.send(&device, &lines).await.unwrap();
    let same_number = device_says(&mut device, 1);
    let same_id = lines[0].replace("\"seq\":1,", "\"seq\":9,");
    let same_both = lines[0].replace("\"size\":2", "\"size\":4");
    let receipt = house.send(&device, &[same_number, same_id, same_both]).await.unwrap();
    assert_eq!(receipt.results, [Run { count: 3, result: set_aside(QuarantineCode::Conflict) }]);
    let mut out = Vec::new();
    house.hq.export_jsonl(&mut out, &ExportFilter::default()).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().count() == 2 && !text.contains("\"size\":4"), "{text}");
}

/// A new event under an old number.
fn device_says(device: &mut crate::house::Device, seq: u64) -> String {
    let before = std::mem::replace(&mut device.seq, seq - 1);
    let (_, line) = device.opens();
    device.seq = before;
    line
}

#[tokio::test]
async fn records_of_others_and_records_that_are_none_are_set_aside_alone() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut other = house.device_of("south").await;
    let foreign_device = other.opens().1;
    let good = device.opens().1;
    let foreign_store = device.opens().1.replace("\"north\"", "\"south\"");
    let lines = [foreign_device, good, foreign_store, "{}".to_owned(), String::new(), "不是".to_owned()];
    let receipt = house.send(&device, &lines).await.unwrap();
    let foreign = set_aside(QuarantineCode::ForeignOrigin);
    let malformed = set_aside(QuarantineCode::Malformed);
    assert_eq!(
        results(&receipt),
        [foreign.clone(), RecordResult::Accepted, foreign, malformed.clone(), malformed.clone(), malformed]
    );
    assert_eq!(receipt.acked_through, 2, "its own number 2 is held, in quarantine");
    assert_eq!(results(&house.send(&device, &lines).await.unwrap())[1], RecordResult::Duplicate);
    assert_eq!(visits(&house), 1);
}

#[tokio::test]
async fn the_acknowledged_number_waits_for_gaps_and_jumps_when_they_close() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(6);
    let broken = lines[2].replace("\"id\":\"", "\"id\":\"broken");
    assert_eq!(house.send(&device, &lines[3..5]).await.unwrap().acked_through, 0);
    assert_eq!(house.send(&device, &lines[0..1]).await.unwrap().acked_through, 1);
    assert_eq!(house.send(&device, &[broken]).await.unwrap().acked_through, 1);
    assert_eq!(house.send(&device, &lines[1..2]).await.unwrap().acked_through, 5, "3 is held in quarantine");
    assert_eq!(house.send(&device, &lines[5..6]).await.unwrap().acked_through, 6);
    assert_eq!(house.hq.devices().unwrap()[0].acked_through, 6);
}

#[tokio::test]
async fn a_number_that_no_device_can_have_reached_harms_nothing() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    for seq in [i64::MAX.unsigned_abs(), u64::MAX, 0] {
        let line = device.opens().1;
        let line = line.replace(&format!("\"seq\":{}", device.seq), &format!("\"seq\":{seq}"));
        let receipt = house.send(&device, &[line]).await.unwrap();
        assert_eq!(receipt.acked_through, 0, "{seq}");
    }
}

#[tokio::test]
async fn a_tampered_request_is_refused_and_nothing_is_stored() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let other = house.device_of("north").await;
    let lines = device.opens_many(2);
    let body = floorbook_protocol::encode_batch(&lines).unwrap();
    let letter = device.letter(body, house.challenge().await);
    let spoil = |change: &dyn Fn(&mut Letter)| {
        let mut spoiled = letter.clone();
        change(&mut spoiled);
        spoiled
    };
    let spoiled = [
        spoil(&|letter| letter.body[9] ^= 1),
        spoil(&|letter| letter.set("signature", &strange_signature())),
        spoil(&|letter| letter.set("signature", "")),
        spoil(&|letter| letter.set(DEVICE_HEADER, &other.grant.device.to_string())),
        spoil(&|letter| letter.set(DEVICE_HEADER, "nobody")),
        spoil(&|letter| letter.set("content-encoding", "gzip")),
    ];
    for letter in &spoiled {
        assert_eq!(house.deliver(&device, letter).await, Err(ProblemKind::SignatureInvalid));
    }
    assert_eq!(visits(&house), 0);
    assert!(house.deliver(&device, &letter).await.is_ok(), "unspoiled it is good");
}

#[tokio::test]
async fn a_recorded_request_cannot_be_replayed_for_long() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let body = floorbook_protocol::encode_batch(&device.opens_many(1)).unwrap();
    let letter = device.letter(body.clone(), house.challenge().await);
    house.clock.pass(limits::CHALLENGE_LIFE_MS);
    assert_eq!(house.deliver(&device, &letter).await, Err(ProblemKind::ChallengeStale));
    let invented = device.letter(body, "AAAA".to_owned());
    assert_eq!(house.deliver(&device, &invented).await, Err(ProblemKind::ChallengeStale));
    assert_eq!(visits(&house), 0);
}

#[tokio::test]
async fn a_good_answer_brings_the_next_challenge() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let body = floorbook_protocol::encode_batch(&device.opens_many(1)).unwrap();
    let letter = device.letter(body, house.challenge().await);
    let mut request = house.post(path::BATCHES).body(letter.body);
    for (name, value) in &letter.fields {
        request = request.header(*name, value);
    }
    let answer = request.send().await.unwrap();
    let next = answer.headers()[CHALLENGE_HEADER].to_str().unwrap().to_owned();
    house.clock.pass(limits::CHALLENGE_LIFE_MS - 1);
    let body = floorbook_protocol::encode_batch(&device.opens_many(1)).unwrap();
    assert!(house.deliver(&device, &device.letter(body, next)).await.is_ok());
}

#[tokio::test]
async fn a_revoked_device_is_told_so_and_a_stranger_is_not() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(1);
    house.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    assert_eq!(house.send(&device, &lines).await, Err(ProblemKind::DeviceRevoked));
    let body = floorbook_protocol::encode_batch(&lines).unwrap();
    let mut letter = device.letter(body, house.challenge().await);
    letter.set("signature", &strange_signature());
    assert_eq!(house.deliver(&device, &letter).await, Err(ProblemKind::SignatureInvalid));
    assert_eq!(visits(&house), 0);
}

#[tokio::test]
async fn bombs_and_bytes_that_are_no_batch_are_refused() {
    let house = House::open();
    let device = house.device_of("north").await;
    let bomb = zstd::bulk::compress(&vec![b'a'; limits::BATCH_DECODED_BYTES_MAX + 1], 19).unwrap();
    let many = zstd::bulk::compress("\n".repeat(limits::BATCH_RECORDS_MAX).as_bytes(), 3).unwrap();
    for (body, kind) in [
        (bomb, ProblemKind::TooLarge),
        (vec![0; limits::BATCH_ENCODED_BYTES_MAX + 1], ProblemKind::TooLarge),
        (many, ProblemKind::Malformed),
        (b"no batch".to_vec(), ProblemKind::Malformed),
        (Vec::new(), ProblemKind::Malformed),
    ] {
        let letter = device.letter(body, house.challenge().await);
        assert_eq!(house.deliver(&device, &letter).await, Err(kind), "{} bytes", letter.body.len());
    }
}
