//! A visitor leaves a contact because they want to, and gets it back because they want to.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, is_locked, manager, outcome, tap};
use floorbook_core::{ContactCard, CoreError, Given, MaskedContact, State};
use floorbook_hq::{Because, HqError};
use floorbook_model::{RevealReason, VisitId};

const PHONE: &str = "13800138000";
const BECAUSE: Because<'_> = Because { who: "Officer", reason: "the visitor asked" };

fn given() -> Given {
    Given {
        card: ContactCard { name: Some("陈女士".into()), phone: Some(PHONE.into()), ..ContactCard::default() },
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: tap("matters", "comfort"),
    }
}

/// The visitor of a new visit has the screen.
fn turned(till: &Till) -> VisitId {
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.turn_to_visitor(visit).unwrap();
    visit
}

/// A visitor left a contact, and the manager is signed in again.
fn left(till: &Till) -> (VisitId, MaskedContact) {
    let visit = turned(till);
    till.device.give_contact(&given()).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    (visit, till.device.contact_of(visit).unwrap().unwrap())
}

#[test]
fn a_visitor_who_has_the_screen_reaches_nothing_else() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = turned(&till);
    assert!(matches!(till.device.state(), State::Turned(of) if of == visit));
    assert!(is_locked(till.device.board()));
    assert!(is_locked(till.device.contact_of(visit)));
    assert!(is_locked(till.device.find_contacts(PHONE)));
    till.device.turn_back().unwrap();
    assert!(matches!(till.device.state(), State::Locked), "refusing leaves nothing but a locked device");
    assert!(matches!(till.device.give_contact(&given()), Err(CoreError::WrongState)));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert!(till.device.contact_of(visit).unwrap().is_none());
    till.drain();
    assert!(house.hq().contacts().unwrap().is_empty());
}

#[test]
fn a_contact_reaches_headquarters_sealed_and_the_store_sees_its_end() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = turned(&till);
    let code = till.device.give_contact(&given()).unwrap();
    assert!(matches!(till.device.state(), State::Locked));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let shown = till.device.contact_of(visit).unwrap().unwrap();
    assert_eq!((shown.masked.0.as_str(), &shown.code), ("•••• 8000", &code));
    assert_eq!(shown.consent.purposes, ["notify"]);
    assert_eq!(till.device.visit(visit).unwrap().text("matters"), Some("comfort"));
    till.drain();

    let row = &house.rows()[0];
    assert_eq!((row["contact"].as_str(), row["answers"].as_str()), (Some("yes"), Some("matters=comfort")));
    let opened = house.hq().open_contact(&code, &house.contact_key(), BECAUSE).unwrap();
    assert_eq!(opened.card.unwrap(), serde_json::json!({ "name": "陈女士", "phone": "+8613800138000" }));
    assert_eq!(opened.history[0]["body"]["consent"]["notice"]["hash"].as_str().unwrap().len(), 64);
    let audit = house.on_record("contact_opened");
    assert_eq!((audit.len(), audit[0].who.as_str()), (1, "Officer"));
}

#[test]
fn consent_is_given_or_nothing_is_kept() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = turned(&till);
    let card = |phone: &str| ContactCard { phone: Some(phone.to_owned()), ..ContactCard::default() };
    let refused = [
        ("no purpose", Given { purposes: vec![], ..given() }, "consent is missing"),
        ("no word on age", Given { is_of_age: false, ..given() }, "consent is missing"),
        ("a purpose of nobody", Given { purposes: vec!["sell".into()], ..given() }, "bad input"),
        ("no number", Given { card: card("12"), ..given() }, "no phone number"),
        ("nothing", Given { card: card(" "), ..given() }, "no number, id or address"),
        ("a field of the clerk", Given { answers: tap("age", "a35"), ..given() }, "bad input"),
        ("no such answer", Given { answers: tap("matters", "x"), ..given() }, "bad input"),
    ];
    for (what, given, why) in refused {
        assert_eq!(till.device.give_contact(&given).unwrap_err().to_string(), why, "{what}");
        assert!(matches!(till.device.state(), State::Turned(_)), "{what}: the visitor can put it right");
    }
    till.device.turn_back().unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert!(till.device.contact_of(visit).unwrap().is_none());
}

#[test]
fn children_are_never_asked() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.note(visit, &tap("age", "teen")).unwrap();
    assert!(matches!(till.device.turn_to_visitor(visit), Err(CoreError::TooYoung)));
    assert!(matches!(till.device.state(), State::Open(_)));
}

#[test]
fn only_a_manager_finds_a_visitor_and_only_by_what_the_visitor_brings() {
    let house = House::open();
    let till = Till::open(&house);
    let (_, contact) = left(&till);
    assert_eq!(till.device.find_contacts("+86 138-0013-8000").unwrap(), std::slice::from_ref(&contact));
    assert_eq!(till.device.find_contacts(&contact.code.to_lowercase()).unwrap(), std::slice::from_ref(&contact));
    assert!(till.device.find_contacts("13800138001").unwrap().is_empty());
    assert!(matches!(till.device.find_contacts("8000"), Err(CoreError::PhoneInvalid)), "the end is not enough");

    till.device.enrol_pin(&clerk(), "739105", &approved()).unwrap();
    assert!(matches!(till.device.find_contacts(PHONE), Err(CoreError::ManagerNeeded)));
    let reason = RevealReason::FollowUp;
    assert!(matches!(till.device.reveal_contact(contact.id, reason), Err(CoreError::ManagerNeeded)));
    assert!(matches!(till.device.erase_contact(contact.id), Err(CoreError::ManagerNeeded)));
}

#[test]
fn a_look_at_a_contact_is_on_record_before_it_is_shown() {
    let house = House::open();
    let till = Till::open(&house);
    let (_, contact) = left(&till);
    let card = till.device.reveal_contact(contact.id, RevealReason::FollowUp).unwrap();
    assert_eq!(card.phone.as_deref(), Some("+8613800138000"));
    till.drain();
    let opened = house.hq().open_contact(&contact.code, &house.contact_key(), BECAUSE).unwrap();
    let kinds: Vec<&str> = opened.history.iter().map(|event| event["body"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact_given", "contact_revealed"]);
    assert_eq!(opened.history[1]["actor"], "m01");
}

#[test]
fn purposes_are_taken_back_one_by_one_and_the_last_takes_the_contact_along() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = turned(&till);
    let both = Given { purposes: vec!["news".into(), "notify".into()], ..given() };
    till.device.give_contact(&both).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let id = till.device.contact_of(visit).unwrap().unwrap().id;
    let left = till.device.withdraw_consent(id, &["news".to_owned()]).unwrap().unwrap();
    assert_eq!(left.consent.purposes, ["notify"]);
    assert!(till.device.withdraw_consent(id, &["notify".to_owned()]).unwrap().is_none());
    assert!(till.device.contact_of(visit).unwrap().is_none());
    till.drain();
    assert!(house.hq().contacts().unwrap()[0].erased_ms.is_some());
}

#[test]
fn what_is_erased_is_gone_everywhere_and_its_proof_stays() {
    let house = House::open();
    let till = Till::open(&house);
    let (visit, contact) = left(&till);
    till.drain();
    till.device.erase_contact(contact.id).unwrap();
    assert!(till.device.contact_of(visit).unwrap().is_none());
    assert!(till.device.find_contacts(PHONE).unwrap().is_empty());
    assert!(matches!(till.device.copy_contact(contact.id), Err(CoreError::ContactUnknown)));
    till.drain();
    let opened = house.hq().open_contact(&contact.code, &house.contact_key(), BECAUSE).unwrap();
    assert!(opened.card.is_none() && opened.line.erased_ms.is_some());
    let kinds: Vec<&str> = opened.history.iter().map(|event| event["body"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact_given", "contact_erased"], "that there was consent can still be shown");
    assert_eq!(house.rows()[0]["contact"].as_str(), None);
}

#[test]
fn what_was_erased_before_it_travelled_never_arrives() {
    let mut house = House::open();
    let till = Till::open(&house);
    house.kill();
    let (_, contact) = left(&till);
    till.device.erase_contact(contact.id).unwrap();
    house.restart();
    till.drain();
    let opened = house.hq().open_contact(&contact.code, &house.contact_key(), BECAUSE).unwrap();
    assert!(opened.card.is_none());
}

#[test]
fn a_changed_contact_takes_the_place_of_the_first_under_the_same_code() {
    let house = House::open();
    let till = Till::open(&house);
    let (visit, first) = left(&till);
    till.device.turn_to_visitor(visit).unwrap();
    let card = ContactCard { email: Some("chen@example.com".into()), ..ContactCard::default() };
    assert_eq!(till.device.give_contact(&Given { card, ..given() }).unwrap(), first.code);
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert!(till.device.find_contacts(PHONE).unwrap().is_empty(), "the old number finds nobody");
    till.drain();
    let opened = house.hq().open_contact(&first.code, &house.contact_key(), BECAUSE).unwrap();
    assert_eq!(opened.card.unwrap(), serde_json::json!({ "email": "chen@example.com" }));
}

#[test]
fn a_contact_that_the_device_forgot_is_changed_and_not_doubled() {
    let house = House::open();
    let till = Till::open(&house);
    let (visit, first) = left(&till);
    till.drain();
    let till = a_month_later(till);
    till.device.turn_to_visitor(visit).unwrap();
    assert_eq!(till.device.give_contact(&given()).unwrap(), first.code, "the code on the visitor's paper holds");
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.drain();
    assert_eq!(house.hq().contacts().unwrap().len(), 1);
}

#[test]
fn a_contact_can_be_left_after_the_visit_was_closed() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.close_visit(visit, outcome("buy")).unwrap();
    till.device.turn_to_visitor(visit).unwrap();
    till.device.give_contact(&given()).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.device.visit(visit).unwrap().text("matters"), Some("comfort"));
    assert!(till.device.contact_of(visit).unwrap().is_some());
}

#[test]
fn the_device_forgets_after_thirty_days_what_headquarters_has_and_nothing_before_that() {
    let mut house = House::open();
    let till = Till::open(&house);
    house.kill();
    let (visit, _) = left(&till);
    let till = a_month_later(till);
    assert!(till.device.contact_of(visit).unwrap().is_some(), "headquarters has not signed for it");
    house.restart();
    till.drain();
    let till = a_month_later(till);
    assert!(till.device.contact_of(visit).unwrap().is_none());
    assert_eq!(house.hq().contacts().unwrap()[0].erased_ms, None, "headquarters keeps its own time");
}

fn a_month_later(till: Till) -> Till {
    till.pass_s(31 * 24 * 3_600);
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.device.tidy().unwrap();
    till
}

#[test]
fn headquarters_erases_what_it_kept_as_long_as_the_notice_says() {
    let house = House::open();
    let till = Till::open(&house);
    let (_, contact) = left(&till);
    till.drain();
    house.pass_days(300);
    assert_eq!(house.hq().erase_expired_contacts().unwrap(), 0);
    house.pass_days(70);
    assert_eq!(house.hq().erase_expired_contacts().unwrap(), 1);
    let opened = house.hq().open_contact(&contact.code, &house.contact_key(), BECAUSE).unwrap();
    assert!(opened.card.is_none(), "a year was promised");
    assert_eq!((house.on_record("contact_erased").len(), house.on_record("contact_opened").len()), (1, 1));
}

#[test]
fn headquarters_finds_a_visitor_who_lost_the_code_by_the_number() {
    let house = House::open();
    let till = Till::open(&house);
    let (_, contact) = left(&till);
    till.drain();
    let found = house.hq().find_contacts("138-0013 8000", &house.contact_key(), BECAUSE).unwrap();
    assert_eq!(found.iter().map(|line| line.code.as_str()).collect::<Vec<_>>(), [contact.code.as_str()]);
    assert_eq!(house.on_record("contact_opened").len(), 1, "it was opened for that");
    assert!(matches!(house.hq().find_contacts("8000", &house.contact_key(), BECAUSE), Err(HqError::BadInput(_))));
    let other = house.hq().find_contacts("13800138001", &house.contact_key(), BECAUSE);
    assert!(matches!(other, Err(HqError::ContactUnknown)));
}

#[test]
fn every_look_at_headquarters_is_on_the_register() {
    let house = House::open();
    let till = Till::open(&house);
    let (_, contact) = left(&till);
    till.drain();
    for _ in 0..3 {
        house.hq().open_contact(&contact.code, &house.contact_key(), BECAUSE).unwrap();
    }
    assert_eq!(house.on_record("contact_opened").len(), 3);
    let other = floorbook_protocol::OpeningKey::make(&floorbook_load::SeededRng::new(1));
    assert!(matches!(house.hq().open_contact(&contact.code, &other, BECAUSE), Err(HqError::ContactSealed)));
    assert_eq!(house.on_record("contact_opened").len(), 4, "also a look that showed nothing");
}
