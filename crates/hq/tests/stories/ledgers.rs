//! What a device says of its own log adds up with what is here, or it is shown what does not.

use crate::house::{Device, House};
use floorbook_hq::{Flaw, LedgerLine};
use floorbook_model::{BusinessDay, Clock};
use floorbook_protocol::{
    ChainHead, ConfigRequest, DayLedger, ProblemKind, Purpose, QuarantineCode, RecordResult, Signed, SigningKey,
};

const DAY_MS: i64 = 86_400_000;

/// The honest word of a device that wrote `lines` and of which `waiting` wait.
fn word(house: &House, device: &Device, lines: &[String], waiting: u64) -> DayLedger {
    let (at_ms, count) = (house.clock.wall_ms(), lines.len() as u64);
    let day = BusinessDay::from_number(i32::try_from(at_ms / DAY_MS).unwrap());
    let chain = lines.iter().fold(ChainHead::default(), |chain, line| chain.after(line));
    DayLedger { device: device.grant.device, day, at_ms, through: count, count, chain, waiting, set_aside: 0 }
}

async fn say(house: &House, device: &Device, said: &DayLedger) -> Result<(), ProblemKind> {
    let signed = Signed::seal(Purpose::Ledger, said, &device.key).unwrap();
    say_signed(house, device, signed).await
}

async fn say_signed(house: &House, device: &Device, signed: Signed) -> Result<(), ProblemKind> {
    let question = ConfigRequest { ledger: Some(signed), ..device.asks(device.grant.epoch) };
    house.ask_with(device, &question).await.map(drop)
}

fn last(house: &House) -> LedgerLine {
    house.hq.ledgers().unwrap().pop().unwrap()
}

#[tokio::test]
async fn what_was_sent_and_what_waits_add_up_to_what_was_written() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(10);
    house.send(&device, &lines[..7]).await.unwrap();
    let said = word(&house, &device, &lines, 3);
    say(&house, &device, &said).await.unwrap();
    let line = last(&house);
    assert_eq!((&line.said, line.said_ms, line.name.as_str()), (&said, house.clock.wall_ms(), "Counter 1"));
    assert_eq!((line.held, line.set_aside, line.pending()), (7, 0, 3));
    assert_eq!((line.missing, line.flaws), (vec![8..=10], vec![]));
    house.send(&device, &lines[7..]).await.unwrap();
    let line = last(&house);
    assert_eq!((line.held, line.pending(), line.missing, line.flaws), (10, 0, vec![], vec![]), "its chain fits too");
}

#[tokio::test]
async fn a_device_that_lost_events_is_shown_with_its_gaps() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(12);
    house.send(&device, &[&lines[..3], &lines[5..8], &lines[9..11]].concat()).await.unwrap();
    say(&house, &device, &word(&house, &device, &lines, 1)).await.unwrap();
    let line = last(&house);
    assert_eq!((line.held, line.pending(), line.missing), (8, 1, vec![4..=5, 9..=9, 12..=12]));
    assert_eq!(line.flaws, [Flaw::Lost(3)], "one of the four that are not here waits");
    let own = DayLedger { count: 9, ..word(&house, &device, &lines, 1) };
    say(&house, &device, &own).await.unwrap();
    assert_eq!(last(&house).flaws, [Flaw::Lost(3), Flaw::LostThere(3)], "it does not have them itself any more");
    house.send(&device, &lines).await.unwrap();
    say(&house, &device, &word(&house, &device, &lines, 0)).await.unwrap();
    assert_eq!(last(&house).flaws, [], "they were found again");
}

#[tokio::test]
async fn what_waited_and_comes_later_does_not_stand_for_what_was_lost() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut lines = device.opens_many(12);
    lines[2] = lines[2].replace("\"north\"", "\"south\"");
    house.send(&device, &[&lines[..5], &lines[7..9]].concat()).await.unwrap();
    let said = |waiting| DayLedger { set_aside: 1, ..word(&house, &device, &lines, waiting) };
    say(&house, &device, &said(3)).await.unwrap();
    let seen = || (last(&house).held, last(&house).pending(), last(&house).missing, last(&house).flaws);
    assert_eq!(seen(), (6, 3, vec![6..=7, 10..=12], vec![Flaw::Lost(2)]));
    house.send(&device, &lines[9..11]).await.unwrap();
    assert_eq!(seen(), (8, 1, vec![6..=7, 12..=12], vec![Flaw::Lost(2)]), "as many came as were lost");
    house.send(&device, &lines[11..]).await.unwrap();
    assert_eq!(seen(), (9, 0, vec![6..=7], vec![Flaw::Lost(2)]));
    house.clock.pass(DAY_MS);
    say(&house, &device, &said(0)).await.unwrap();
    let flaws = || house.hq.ledgers().unwrap().into_iter().map(|line| line.flaws).collect::<Vec<_>>();
    assert_eq!(flaws(), [[Flaw::Lost(2)], [Flaw::Lost(2)]], "on both days");
    house.send(&device, &lines[5..7]).await.unwrap();
    assert_eq!(flaws(), [[], []], "what was lost was found again");
}

#[tokio::test]
async fn what_was_set_aside_is_counted_and_is_no_loss() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut lines = device.opens_many(4);
    lines[1] = lines[1].replace("\"north\"", "\"south\"");
    let receipt = house.send(&device, &lines).await.unwrap();
    assert!(receipt.record_results().any(|it| *it == RecordResult::Quarantined(QuarantineCode::ForeignOrigin)));
    let said = DayLedger { set_aside: 1, ..word(&house, &device, &lines, 0) };
    say(&house, &device, &said).await.unwrap();
    let line = last(&house);
    assert_eq!((line.held, line.set_aside, line.missing, line.flaws), (3, 1, vec![], vec![]));
}

#[tokio::test]
async fn other_lines_than_the_device_wrote_are_found_by_its_chain() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let mut lines = device.opens_many(5);
    house.send(&device, &lines).await.unwrap();
    lines[2] = lines[2].replace("\"size\":2", "\"size\":3");
    say(&house, &device, &word(&house, &device, &lines, 0)).await.unwrap();
    assert_eq!(last(&house).flaws, [Flaw::OtherLines]);
}

#[tokio::test]
async fn a_device_that_was_put_back_from_a_copy_is_shown() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let lines = device.opens_many(6);
    house.send(&device, &lines).await.unwrap();
    say(&house, &device, &word(&house, &device, &lines, 0)).await.unwrap();
    house.clock.pass(DAY_MS);
    say(&house, &device, &word(&house, &device, &lines[..4], 0)).await.unwrap();
    let said = house.hq.ledgers().unwrap();
    assert_eq!(said.iter().map(|line| line.flaws.clone()).collect::<Vec<_>>(), [vec![], vec![Flaw::WentBack(6)]]);
}

#[tokio::test]
async fn the_last_word_of_each_day_is_kept_and_the_oldest_days_go() {
    let house = House::open();
    let (mut device, other) = (house.device_of("north").await, house.device_of("south").await);
    let lines = device.opens_many(2);
    house.send(&device, &lines).await.unwrap();
    say(&house, &other, &word(&house, &other, &[], 0)).await.unwrap();
    say(&house, &device, &word(&house, &device, &lines[..1], 0)).await.unwrap();
    let first = word(&house, &device, &lines, 0);
    say(&house, &device, &first).await.unwrap();
    let said = |house: &House| house.hq.ledgers().unwrap().into_iter().map(|line| line.said).collect::<Vec<_>>();
    assert_eq!(said(&house), [first.clone(), word(&house, &other, &[], 0)], "device by device");
    for _ in 0..90 {
        house.clock.pass(DAY_MS);
        say(&house, &device, &word(&house, &device, &lines, 0)).await.unwrap();
    }
    let days: Vec<BusinessDay> = said(&house).iter().map(|said| said.day).collect();
    assert_eq!((days.len(), days[0]), (91, first.day.following()), "90 of it, and the one of the other device");
}

#[tokio::test]
async fn a_forged_ledger_is_refused_and_nothing_of_it_is_kept() {
    let house = House::open();
    let (device, other) = (house.device_of("north").await, house.device_of("north").await);
    let said = word(&house, &device, &[], 0);
    let forged = [
        Signed::seal(Purpose::Ledger, &said, &SigningKey::from_seed(&[9; 32])).unwrap(),
        Signed::seal(Purpose::Ledger, &said, &other.key).unwrap(),
        Signed::seal(Purpose::Receipt, &said, &device.key).unwrap(),
        Signed::seal(Purpose::Ledger, &word(&house, &other, &[], 0), &device.key).unwrap(),
    ];
    for signed in forged {
        assert_eq!(say_signed(&house, &device, signed).await, Err(ProblemKind::SignatureInvalid));
    }
    let nonsense = [
        Signed::seal(Purpose::Ledger, &"nothing", &device.key).unwrap(),
        Signed::seal(Purpose::Ledger, &DayLedger { through: u64::MAX, ..said }, &device.key).unwrap(),
    ];
    for signed in nonsense {
        assert_eq!(say_signed(&house, &device, signed).await, Err(ProblemKind::Malformed));
    }
    assert_eq!(house.hq.ledgers().unwrap(), []);
    assert!(house.hq.devices().unwrap().iter().all(|line| line.asked_ms.is_none()));
}
