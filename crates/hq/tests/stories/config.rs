//! A device learns what is wanted of it, and nothing that was meant for another.

use crate::house::{Device, House, small_pack};
use floorbook_hq::{Because, DeviceLine, DeviceState};
use floorbook_model::Clock;
use floorbook_protocol::{
    BATCH_HEADER, Clerk, Config, ConfigRequest, DEVICE_HEADER, Order, Policy, ProblemKind, Role, encode_batch, path,
};

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "left on a train" };
const MINUTE_MS: i64 = 60_000;

fn line_of(house: &House, device: &Device) -> DeviceLine {
    house.hq.devices().unwrap().into_iter().find(|line| line.id == device.grant.device).unwrap()
}

fn two_people() -> Vec<Clerk> {
    let person = |id: &str, role| Clerk { id: id.parse().unwrap(), name: id.to_owned(), role };
    vec![person("m01", Role::Manager), person("c09", Role::Clerk)]
}

/// What a device has after it took an answer.
fn epoch_of(config: &Config) -> u64 {
    config.kit.as_ref().unwrap().epoch
}

#[tokio::test]
async fn a_device_that_is_welcome_and_up_to_date_is_told_just_that() {
    let house = House::open();
    let device = house.device_of("north").await;
    let config = house.ask(&device).await.unwrap();
    assert_eq!((config.order, config.kit, config.erased), (Order::Stay, None, vec![]));
    assert_eq!(config.server_time_ms, house.clock.wall_ms());
    assert!(device.grant.epoch > 0 && device.grant.spool_key.is_some());
}

#[tokio::test]
async fn a_change_reaches_the_devices_of_its_store_once_and_no_others() {
    let house = House::open();
    let (here, there) = (house.device_of("north").await, house.device_of("south").await);
    house.hq.set_roster(&"north".parse().unwrap(), &two_people(), Because::default()).unwrap();
    let kit = house.ask(&here).await.unwrap().kit.unwrap();
    assert_eq!(kit.roster, two_people());
    assert!(kit.epoch > here.grant.epoch, "also within the same millisecond");
    assert_eq!((&kit.store, &kit.spool_key), (&here.grant.store, &here.grant.spool_key));
    assert_eq!(house.ask_with(&here, &here.asks(kit.epoch)).await.unwrap().kit, None, "it has it now");
    assert_eq!(house.ask(&there).await.unwrap().kit, None);
    let late = house.device_of("north").await;
    assert_eq!((late.grant.epoch, late.grant.roster), (kit.epoch, kit.roster));
}

#[tokio::test]
async fn a_pack_and_rules_travel_like_people() {
    let house = House::open();
    let device = house.device_of("north").await;
    let store = "north".parse().unwrap();
    let mut pack = small_pack();
    pack.version = 2;
    house.hq.set_pack(&store, &pack, Because::default()).unwrap();
    let first = house.ask(&device).await.unwrap();
    assert_eq!(first.kit.as_ref().unwrap().pack, pack);
    house.hq.set_policy(&store, |policy| policy.wipe_after_days = Some(30), Because::default()).unwrap();
    let second = house.ask_with(&device, &device.asks(epoch_of(&first))).await.unwrap();
    let rules = Policy { wipe_after_days: Some(30), ..Policy::default() };
    assert_eq!(second.kit.unwrap().policy, rules);
}

#[tokio::test]
async fn a_new_key_for_contacts_reaches_every_store() {
    let house = House::open();
    let devices = [house.device_of("north").await, house.device_of("south").await];
    assert_eq!(devices[0].grant.contact_key, None);
    house.hq.make_contact_key(&house.folder.path().join("contact.key"), Because::default()).unwrap();
    let [north, south] = devices;
    let key = house.ask(&north).await.unwrap().kit.unwrap().contact_key;
    assert!(key.is_some());
    assert_eq!(house.ask(&south).await.unwrap().kit.unwrap().contact_key, key);
}

#[tokio::test]
async fn a_device_that_was_shut_out_learns_so_and_gets_nothing_else() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    house.hq.set_roster(&"north".parse().unwrap(), &two_people(), Because::default()).unwrap();
    house.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    let config = house.ask(&device).await.unwrap();
    assert_eq!((config.order, config.kit), (Order::Lock, None));
    let lines = device.opens_many(1);
    assert_eq!(house.send(&device, &lines).await, Err(ProblemKind::DeviceRevoked));
}

#[tokio::test]
async fn an_order_to_wipe_is_given_until_the_end_and_who_fetched_it_is_known() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let ordered_ms = house.clock.wall_ms();
    house.hq.wipe_device(device.grant.device, BECAUSE).unwrap();
    assert_eq!(line_of(&house, &device).state, DeviceState::WipeOrdered(ordered_ms));
    let lines = device.opens_many(1);
    assert_eq!(house.send(&device, &lines).await, Err(ProblemKind::DeviceRevoked), "and nothing is taken from it");
    house.clock.pass(MINUTE_MS);
    let fetched = DeviceState::WipeFetched(house.clock.wall_ms());
    let config = house.ask(&device).await.unwrap();
    assert_eq!((config.order, config.kit), (Order::Wipe, None));
    house.clock.pass(MINUTE_MS);
    house.hq.revoke_device(device.grant.device, Because::default()).unwrap();
    assert_eq!(house.ask(&device).await.unwrap().order, Order::Wipe, "it cannot be taken back");
    assert_eq!(line_of(&house, &device).state, fetched, "the first time counts");
    let audit = house.on_record("device_wiped");
    assert_eq!(audit[0].who, "Officer");
    assert_eq!(audit[0].subject.to_string(), device.grant.device.to_string());
}

#[tokio::test]
async fn a_headquarters_that_was_put_back_from_a_copy_is_heard_again() {
    let house = House::open();
    let device = house.device_of("north").await;
    let ahead = device.grant.epoch + 5_000;
    let config = house.ask_with(&device, &device.asks(ahead)).await.unwrap();
    assert_eq!(epoch_of(&config), ahead + 1, "what it has now is what counts");
    house.hq.set_roster(&"north".parse().unwrap(), &two_people(), Because::default()).unwrap();
    let config = house.ask_with(&device, &device.asks(ahead + 1)).await.unwrap();
    assert_eq!(config.kit.unwrap().roster, two_people());
}

#[tokio::test]
async fn a_device_cannot_push_the_epoch_to_where_nothing_is_newer() {
    let house = House::open();
    let (rogue, honest) = (house.device_of("north").await, house.device_of("north").await);
    let too_far = u64::try_from(house.clock.wall_ms() + 10 * MINUTE_MS + 1).unwrap();
    for epoch in [too_far, u64::MAX, i64::MAX.unsigned_abs()] {
        assert_eq!(house.ask_with(&rogue, &rogue.asks(epoch)).await.unwrap().kit, None);
    }
    assert_eq!(house.ask(&honest).await.unwrap().kit, None, "its kit is the newest still");
    house.hq.revoke_device(rogue.grant.device, Because::default()).unwrap();
    house.ask_with(&rogue, &rogue.asks(too_far - 1)).await.unwrap();
    assert_eq!(house.ask(&honest).await.unwrap().kit, None, "one that was shut out moves nothing");
}

#[tokio::test]
async fn what_a_device_says_of_itself_is_noted_within_bounds() {
    let house = House::open();
    let device = house.device_of("north").await;
    let version = format!("1.2\u{1b}[31m\n店{}", "9".repeat(100));
    let said = ConfigRequest { waiting: u64::MAX, version, ..device.asks(0) };
    house.ask_with(&device, &said).await.unwrap();
    let line = line_of(&house, &device);
    assert_eq!(line.version, Some(format!("1.2[31m{}", "9".repeat(33))));
    assert_eq!(line.waiting, Some(i64::MAX.unsigned_abs()));
    assert_eq!((line.asked_ms, line.heard_ms), (Some(house.clock.wall_ms()), None), "to ask is not to send");
}

#[tokio::test]
async fn a_question_that_is_none_is_refused_and_notes_nothing() {
    let house = House::open();
    let device = house.device_of("north").await;
    let good = serde_json::to_string(&device.asks(0)).unwrap();
    let spoiled = [
        vec!["{}".to_owned()],
        vec![good.clone(), String::new()],
        vec![good.clone(), good.clone()],
        vec![good.replace("\"epoch\":0", "\"epoch\":-1")],
        vec![good.replace("\"waiting\":0", "\"waiting\":\"0\"")],
        vec![good.replace('}', ",\"escrow\":{\"suite\":1}}")],
        vec!["[".repeat(60_000)],
    ];
    for lines in &spoiled {
        let letter = device.letter_to(path::CONFIG, encode_batch(lines).unwrap(), house.challenge().await);
        assert_eq!(house.ask_by(&device, &letter).await, Err(ProblemKind::Malformed), "{lines:.60?}");
    }
    assert_eq!(line_of(&house, &device).asked_ms, None);
}

#[tokio::test]
async fn nobody_asks_in_the_name_of_another_and_a_letter_to_another_call_is_no_question() {
    let house = House::open();
    let (device, other) = (house.device_of("north").await, house.device_of("north").await);
    let body = encode_batch(&[serde_json::to_string(&device.asks(0)).unwrap()]).unwrap();
    let letter = device.letter_to(path::CONFIG, body.clone(), house.challenge().await);
    let mut spoiled = [letter.clone(), letter.clone(), device.letter(body, house.challenge().await)];
    spoiled[0].set(DEVICE_HEADER, &other.grant.device.to_string());
    spoiled[1].set(BATCH_HEADER, &other.visit().to_string());
    spoiled[2].path = path::CONFIG;
    for letter in &spoiled {
        assert_eq!(house.ask_by(&device, letter).await, Err(ProblemKind::SignatureInvalid));
    }
    assert!(house.ask_by(&device, &letter).await.is_ok());
    house.hq.wipe_device(device.grant.device, BECAUSE).unwrap();
    let again = house.ask_by(&device, &letter).await.unwrap();
    assert_eq!(again.order, Order::Wipe, "a question that comes twice is answered with what holds now");
    house.clock.pass(floorbook_protocol::limits::CHALLENGE_LIFE_MS);
    assert_eq!(house.ask_by(&device, &letter).await, Err(ProblemKind::ChallengeStale));
}
