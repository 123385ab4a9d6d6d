//! What a device sealed while its own key was away arrives once, and as nobody else's.

use crate::house::{Device, House};
use floorbook_hq::{Because, ExportFilter, SpoolSummary};
use floorbook_model::DeviceId;
use floorbook_protocol::{
    FeedRequest, OpeningKey, ProblemKind, QuarantineCode, Receipt, RecordResult, SPOOL_HEAD, SealingKey, SigningKey,
    SpoolRecord,
};

const ACCEPTED: RecordResult = RecordResult::Accepted;
const DUPLICATE: RecordResult = RecordResult::Duplicate;
const MALFORMED: RecordResult = RecordResult::Quarantined(QuarantineCode::Malformed);
const FOREIGN: RecordResult = RecordResult::Quarantined(QuarantineCode::ForeignOrigin);
const CONFLICT: RecordResult = RecordResult::Quarantined(QuarantineCode::Conflict);

/// `events` of `origin`, sealed by `writer`.
fn sealed_to(key: &SealingKey, house: &House, writer: &Device, origin: DeviceId, events: &[String]) -> Vec<String> {
    let seal = |(n, line): (u64, &String)| {
        let record = SpoolRecord::seal(writer.grant.device, origin, n, line, key, &*house.rng).unwrap();
        serde_json::to_string(&record).unwrap()
    };
    (1..).zip(events).map(seal).collect()
}

fn sealed(house: &House, writer: &Device, origin: DeviceId, events: &[String]) -> Vec<String> {
    sealed_to(writer.grant.spool_key.as_ref().unwrap(), house, writer, origin, events)
}

fn file_of(lines: &[String]) -> Vec<u8> {
    let frame = |line: &String| serde_json::from_str::<SpoolRecord>(line).unwrap().to_frame().unwrap();
    [SPOOL_HEAD, &lines.iter().flat_map(frame).collect::<Vec<u8>>()].concat()
}

fn results(receipt: &Receipt) -> Vec<RecordResult> {
    receipt.record_results().cloned().collect()
}

fn visits_of_north(house: &House) -> usize {
    let (mut out, store) = (Vec::new(), Some("north".parse().unwrap()));
    house.hq.export_jsonl(&mut out, &ExportFilter { store, with_voided: true }).unwrap();
    String::from_utf8(out).unwrap().lines().count()
}

#[tokio::test]
async fn what_a_stand_in_logged_is_a_visit_of_the_store_and_comes_once() {
    let house = House::open();
    let device = house.device_of("north").await;
    let mut stand_in = device.stand_in();
    let lines = sealed(&house, &device, stand_in.grant.device, &stand_in.opens_many(3));
    assert_eq!(results(&house.send_spools(&device, &lines).await.unwrap()), [ACCEPTED; 3]);
    assert_eq!(results(&house.send_spools(&device, &lines).await.unwrap()), [DUPLICATE; 3]);
    assert_eq!(visits_of_north(&house), 3);
}

#[tokio::test]
async fn a_stand_in_signs_nothing_and_is_no_device_of_its_own() {
    let house = House::open();
    let device = house.device_of("north").await;
    let mut stand_in = device.stand_in();
    let lines = sealed(&house, &device, stand_in.grant.device, &stand_in.opens_many(1));
    assert_eq!(house.send_spools(&stand_in, &lines).await.unwrap_err(), ProblemKind::SignatureInvalid);
    house.send_spools(&device, &lines).await.unwrap();
    let events = stand_in.opens_many(1);
    assert_eq!(house.send(&stand_in, &events).await.unwrap_err(), ProblemKind::SignatureInvalid);
    assert_eq!(house.send_spools(&stand_in, &lines).await.unwrap_err(), ProblemKind::SignatureInvalid);
    assert_eq!(house.hq.devices().unwrap().len(), 1);
    let devices: u32 = house.hq.stores().unwrap().iter().map(|store| store.devices).sum();
    assert_eq!(devices, 1);
}

#[tokio::test]
async fn nobody_brings_what_another_device_sealed_or_speaks_in_its_name() {
    let house = House::open();
    let (mut owner, rogue) = (house.device_of("north").await, house.device_of("north").await);
    let mut stand_in = owner.stand_in();
    let lines = sealed(&house, &owner, stand_in.grant.device, &stand_in.opens_many(1));
    assert_eq!(results(&house.send_spools(&rogue, &lines).await.unwrap()), [FOREIGN]);
    house.send_spools(&owner, &lines).await.unwrap();
    for origin in [&mut owner, &mut stand_in] {
        let forged = sealed(&house, &rogue, origin.grant.device, &origin.opens_many(1));
        assert_eq!(results(&house.send_spools(&rogue, &forged).await.unwrap()), [FOREIGN]);
    }
    let mut elsewhere = house.device_of("south").await.stand_in();
    let claimed = rogue.stand_in();
    let lines = sealed(&house, &rogue, claimed.grant.device, &elsewhere.opens_many(1));
    assert_eq!(results(&house.send_spools(&rogue, &lines).await.unwrap()), [FOREIGN], "another store's event");
    assert_eq!(visits_of_north(&house), 1);
}

#[tokio::test]
async fn what_a_device_signed_before_it_was_wiped_another_one_of_its_store_brings() {
    let house = House::open();
    let (mut wiped, anew) = (house.device_of("north").await, house.device_of("north").await);
    let events = wiped.opens_many(3);
    house.send(&wiped, &events[..1]).await.unwrap();
    house.hq.revoke_device(wiped.grant.device, Because::default()).unwrap();
    let lines = sealed(&house, &wiped, wiped.grant.device, &events[1..]);
    let sign = |key: &SigningKey| -> Vec<String> {
        let record = |line: &String| serde_json::from_str::<SpoolRecord>(line).unwrap().signed(key);
        lines.iter().map(|line| serde_json::to_string(&record(line)).unwrap()).collect()
    };
    let elsewhere = house.device_of("south").await;
    assert_eq!(results(&house.send_spools(&elsewhere, &sign(&wiped.key)).await.unwrap()), [FOREIGN; 2]);
    assert_eq!(results(&house.send_spools(&anew, &sign(&anew.key)).await.unwrap()), [FOREIGN; 2], "not its signature");
    assert_eq!(results(&house.send_spools(&anew, &lines).await.unwrap()), [FOREIGN; 2], "nobody's");
    assert_eq!(results(&house.send_spools(&anew, &sign(&wiped.key)).await.unwrap()), [ACCEPTED; 2]);
    assert_eq!(results(&house.send_spools(&anew, &sign(&wiped.key)).await.unwrap()), [DUPLICATE; 2]);
    assert_eq!(visits_of_north(&house), 3);
}

#[tokio::test]
async fn unsent_events_of_the_device_itself_continue_its_numbers() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let events = device.opens_many(4);
    house.send(&device, &events[..2]).await.unwrap();
    let receipt =
        house.send_spools(&device, &sealed(&house, &device, device.grant.device, &events[1..])).await.unwrap();
    assert_eq!(results(&receipt), [DUPLICATE, ACCEPTED, ACCEPTED]);
    assert_eq!(receipt.acked_through, 4);
    assert_eq!(visits_of_north(&house), 4);
}

#[tokio::test]
async fn what_does_not_open_or_is_at_odds_is_said_and_holds_nothing_up() {
    let house = House::open();
    let device = house.device_of("north").await;
    let (mut stand_in, mut liar) = (device.stand_in(), device.stand_in());
    liar.grant.device = stand_in.grant.device;
    let good = sealed(&house, &device, stand_in.grant.device, &stand_in.opens_many(1));
    let other = sealed(&house, &device, liar.grant.device, &liar.opens_many(1));
    let to_another_key = OpeningKey::make(&*house.rng).sealing_key();
    let closed = sealed_to(&to_another_key, &house, &device, stand_in.grant.device, &stand_in.opens_many(1));
    let empty = sealed(&house, &device, stand_in.grant.device, &["{}".to_owned()]);
    let lines = [vec!["{}".to_owned()], closed, empty, good, other].concat();
    let receipt = house.send_spools(&device, &lines).await.unwrap();
    assert_eq!(results(&receipt), [MALFORMED, MALFORMED, MALFORMED, ACCEPTED, CONFLICT]);
    assert_eq!(visits_of_north(&house), 1);
}

#[tokio::test]
async fn a_device_that_was_shut_out_brings_nothing_but_a_person_may() {
    let house = House::open();
    let device = house.device_of("north").await;
    let mut stand_in = device.stand_in();
    let lines = sealed(&house, &device, stand_in.grant.device, &stand_in.opens_many(2));
    house.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    assert_eq!(house.send_spools(&device, &lines).await.unwrap_err(), ProblemKind::DeviceRevoked);
    let file = [file_of(&lines), b"torn".to_vec()].concat();
    let first = SpoolSummary { accepted: 2, lost_bytes: 4, ..SpoolSummary::default() };
    assert_eq!(house.hq.import_spool(&file, Because::default()).unwrap(), first);
    let again = SpoolSummary { duplicates: 2, lost_bytes: 4, ..SpoolSummary::default() };
    assert_eq!(house.hq.import_spool(&file, Because::default()).unwrap(), again);
    assert_eq!(visits_of_north(&house), 2);
}

#[tokio::test]
async fn a_file_of_a_device_that_nobody_knows_is_refused() {
    let (house, elsewhere) = (House::open(), House::open());
    let stranger = elsewhere.device_of("north").await;
    let mut stand_in = stranger.stand_in();
    let file = file_of(&sealed(&elsewhere, &stranger, stand_in.grant.device, &stand_in.opens_many(2)));
    let refused = SpoolSummary { refused: 2, ..SpoolSummary::default() };
    assert_eq!(house.hq.import_spool(&file, Because::default()).unwrap(), refused);
    assert_eq!(
        house.hq.import_spool(b"no spool", Because::default()).unwrap(),
        SpoolSummary { lost_bytes: 8, ..SpoolSummary::default() }
    );
}

#[tokio::test]
async fn a_name_under_which_nothing_was_logged_is_no_stand_in() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let (named, unopened, mut later) = (device.stand_in(), device.stand_in(), device.stand_in());
    let own = device.opens_many(1);
    let lines = sealed(&house, &device, named.grant.device, &own);
    assert_eq!(results(&house.send_spools(&device, &lines).await.unwrap()), [FOREIGN]);
    let stranger = OpeningKey::make(&*house.rng).sealing_key();
    let lines = sealed_to(&stranger, &house, &device, unopened.grant.device, &own);
    assert_eq!(results(&house.send_spools(&device, &lines).await.unwrap()), [MALFORMED]);
    let wanted = FeedRequest { have: [].into(), days: 14, wait_ms: 0, epoch: 0, ahead: None, lines: None };
    let other = house.device_of("north").await;
    assert!(house.feed(&other, &wanted).await.unwrap().1.is_empty());
    let events = later.opens_many(2);
    let mixed = [own[0].clone(), events[0].clone(), events[1].clone()];
    let lines = sealed(&house, &device, later.grant.device, &mixed);
    assert_eq!(results(&house.send_spools(&device, &lines).await.unwrap()), [FOREIGN, ACCEPTED, ACCEPTED]);
    assert_eq!(house.feed(&other, &wanted).await.unwrap().1, events);
}

#[tokio::test]
async fn a_device_has_no_more_stand_ins_than_it_can_have_needed() {
    let house = House::open();
    let device = house.device_of("north").await;
    let line_of = |_| {
        let mut stand_in = device.stand_in();
        sealed(&house, &device, stand_in.grant.device, &stand_in.opens_many(1)).remove(0)
    };
    let lines: Vec<String> = (0..401).map(line_of).collect();
    let results = results(&house.send_spools(&device, &lines).await.unwrap());
    assert_eq!((&results[..400], &results[400..]), (&[ACCEPTED; 400][..], &[FOREIGN][..]));
    assert_eq!(visits_of_north(&house), 400);
}
