//! A visitor leaves a contact on their own phone: it is the same as on the turned screen, or it is nothing.

use crate::canary;
use crate::support::{House, MANAGER_PIN, Till, clerk, manager, tap};
use floorbook_core::{ContactCard, CoreError, Given, Phone as Page, State};
use floorbook_hq::Because;
use floorbook_model::VisitId;
use floorbook_protocol::{Clerk, Role};
use floorbook_tests::phone::{Phone, Shown};
use serde_json::Value;
use std::time::Duration;

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "the visitor asked" };
const FILLED: &[(&str, &str)] =
    &[("name", "陈女士"), ("phone", "138 0013 8000"), ("purpose", "notify"), ("age", "yes"), ("q-matters", "comfort")];
/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

struct Scene {
    house: House,
    till: Till,
}

impl Scene {
    fn open(patience: Duration) -> Self {
        let house = House::open();
        house.serves_phones(patience);
        let till = Till::open(&house);
        Self { house, till }
    }

    /// The screen is turned to the visitor of a new visit, and shows them a code.
    fn turns(&self) -> (VisitId, Phone) {
        let visit = self.till.device.arrive(1).unwrap().visit.id();
        self.till.device.turn_to_visitor(visit).unwrap();
        (visit, self.scans())
    }

    fn scans(&self) -> Phone {
        self.till.until_phone(|page| match page {
            Page::Offered { url, .. } => Some(Phone::scans(url)),
            _ => None,
        })
    }

    fn until_locked(&self) -> Page {
        let page = self.till.until_phone(|page| matches!(page, Page::Given(_) | Page::Refused).then(|| page.clone()));
        assert!(matches!(self.till.device.state(), State::Locked));
        page
    }

    fn signs_in(&self) {
        self.till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    }

    fn has_nothing_of(&self, visit: VisitId) {
        self.signs_in();
        assert!(self.till.device.contact_of(visit).unwrap().is_none());
        self.till.drain();
        assert!(self.house.hq().contacts().unwrap().is_empty());
    }
}

/// Waits until the page is closed; that the screen went back is told to headquarters in the background.
fn closes(phone: &Phone) {
    while !phone.opens().unwrap().is_closed() {}
}

/// What is kept of a contact, but for names and times.
fn kept(house: &House, code: &str) -> Value {
    let opened = house.hq().open_contact(code, &house.contact_key(), BECAUSE).unwrap();
    let mut events: Vec<Value> = opened.history.iter().map(|event| event["body"].clone()).collect();
    for event in &mut events {
        event["contact"] = Value::Null;
        event["consent"]["given_ms"] = Value::Null;
    }
    serde_json::json!({ "card": opened.card, "events": events, "actor": opened.history[0]["actor"] })
}

#[test]
fn a_contact_left_by_phone_is_the_one_that_the_turned_screen_takes() {
    let scene = Scene::open(LONG);
    let (by_phone, phone) = scene.turns();
    assert!(phone.opens().unwrap().html.contains("到货、尺码通知"), "the pack's own purposes");
    scene.till.until_phone(|page| matches!(page, Page::Offered { is_seen: true, .. }).then_some(()));
    let receipt = phone.sends(FILLED).unwrap();
    let Page::Given(code) = scene.until_locked() else { panic!("nothing was given") };
    assert_eq!(receipt.receipt(), Some(code.as_str()), "the same on both");
    closes(&phone);

    scene.signs_in();
    let (here, phone) = scene.turns();
    let given = Given {
        card: ContactCard {
            name: Some("陈女士".into()), phone: Some("13800138000".into()), ..ContactCard::default()
        },
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: tap("matters", "comfort"),
    };
    let other = scene.till.device.give_contact(&given).unwrap();
    closes(&phone);
    scene.signs_in();
    for visit in [by_phone, here] {
        assert_eq!(scene.till.device.contact_of(visit).unwrap().unwrap().masked.0, "•••• 8000");
        assert_eq!(scene.till.device.visit(visit).unwrap().text("matters"), Some("comfort"));
    }
    scene.till.drain();
    assert_eq!(kept(&scene.house, &code), kept(&scene.house, &other));
    let rows = scene.house.rows();
    assert_eq!((rows.len(), &rows[0]["answers"], &rows[0]["contact"]), (2, &rows[1]["answers"], &rows[1]["contact"]));
    assert_eq!(rows[0]["contact"], "yes");
}

#[test]
fn what_is_wrong_is_said_in_words_and_what_was_typed_stands_there() {
    let scene = Scene::open(LONG);
    let (_, phone) = scene.turns();
    let typed = [("name", "陈女士"), ("phone", "13800"), ("wechat", "chen_01"), ("purpose", "news"), ("age", "yes")];
    let Shown { status, html } = phone.sends(&typed).unwrap();
    assert_eq!(status, 422);
    for words in ["手机号不对", "value=\"陈女士\"", "value=\"13800\"", "value=\"chen_01\""] {
        assert!(html.contains(words), "{words}: {html}");
    }
    for (pairs, words) in [
        (&typed[..4], "还差您的同意"),
        (&[("purpose", "news"), ("age", "yes")], "还没有能联系到您的方式"),
        (&[("email", "chen@"), ("purpose", "news"), ("age", "yes")], "邮箱不对"),
        (&[("phone", "13800138000"), ("purpose", "sell"), ("age", "yes")], "填写的内容不对"),
    ] {
        let html = phone.sends(pairs).unwrap().html;
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(matches!(scene.till.device.state(), State::Turned(_)), "the visitor can put it right");
    assert!(phone.sends(FILLED).unwrap().receipt().is_some());
}

#[test]
fn answers_to_what_is_not_asked_do_not_count() {
    let scene = Scene::open(LONG);
    let (visit, phone) = scene.turns();
    let mut pairs = FILLED.to_vec();
    pairs.extend([("q-age", "a35"), ("q-unheard", "x")]);
    assert!(phone.sends(&pairs).unwrap().receipt().is_some());
    scene.until_locked();
    scene.signs_in();
    let visit = scene.till.device.visit(visit).unwrap();
    assert_eq!((visit.text("age"), visit.text("matters")), (None, Some("comfort")));
}

#[test]
fn a_visitor_who_refuses_on_the_phone_leaves_nothing_but_a_locked_device() {
    let scene = Scene::open(LONG);
    let (visit, phone) = scene.turns();
    let mut pairs = FILLED.to_vec();
    pairs.push(("none", "yes"));
    assert!(phone.sends(&pairs).unwrap().html.contains("什么都没有留下"));
    assert_eq!(scene.until_locked(), Page::Refused);
    assert!(phone.opens().unwrap().is_closed());
    scene.has_nothing_of(visit);
}

#[test]
fn a_page_goes_with_the_screen() {
    let scene = Scene::open(LONG);
    let (visit, phone) = scene.turns();
    scene.till.device.turn_back().unwrap();
    closes(&phone);
    assert!(phone.sends(FILLED).unwrap().is_closed());
    scene.signs_in();
    let (_, phone) = scene.turns();
    scene.till.device.lock().unwrap();
    closes(&phone);
    let (_, first) = {
        scene.signs_in();
        scene.turns()
    };
    scene.signs_in(); // over the visitor's shoulder
    closes(&first);
    let (_, second) = scene.turns();
    assert!(first.opens().unwrap().is_closed() && !second.opens().unwrap().is_closed());
    scene.till.device.turn_back().unwrap();
    scene.has_nothing_of(visit);
}

#[test]
fn a_device_that_ends_midway_has_kept_nothing() {
    let scene = Scene::open(Duration::from_millis(300));
    let (visit, phone) = scene.turns();
    assert_eq!(phone.opens().unwrap().status, 200);
    let Scene { house, till } = scene;
    let scene = Scene { house, till: till.restarted() };
    let said = phone.sends(FILLED).unwrap();
    assert!(said.html.contains("什么都没有留下") && said.html.contains("告诉店员"), "{}", said.html);
    assert!(said.html.contains("138 0013 8000"), "and what was typed stands there");
    scene.has_nothing_of(visit);
}

#[test]
fn of_two_phones_on_one_page_one_wins() {
    let scene = Scene::open(LONG);
    let (visit, phone) = scene.turns();
    let shown: Vec<Shown> = std::thread::scope(|scope| {
        let numbers = ["13800138000", "13900139000", "13700137000"];
        let sent = numbers.map(|number| {
            let phone = &phone;
            scope.spawn(move || phone.sends(&[("phone", number), ("purpose", "notify"), ("age", "yes")]).unwrap())
        });
        sent.into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    let receipts: Vec<&str> = shown.iter().filter_map(Shown::receipt).collect();
    assert_eq!(receipts.len(), 1, "{shown:?}");
    assert_eq!(scene.until_locked(), Page::Given(receipts[0].to_owned()));
    scene.signs_in();
    assert_eq!(scene.till.device.contact_of(visit).unwrap().unwrap().code, receipts[0]);
    scene.till.drain();
    assert_eq!(scene.house.hq().contacts().unwrap().len(), 1);
}

#[test]
fn another_form_while_the_screen_is_turned_closes_the_page_and_opens_another() {
    let scene = Scene::open(LONG);
    let (visit, first) = scene.turns();
    let person = |id: &str, role| Clerk { id: id.parse().unwrap(), name: id.to_owned(), role };
    let roster = [person("m01", Role::Manager), person(clerk().as_str(), Role::Clerk)];
    scene.house.hq().set_roster(&"north".parse().unwrap(), &roster, Because::default()).unwrap();
    scene.till.obeys();
    assert!(matches!(scene.till.device.state(), State::Turned(of) if of == visit));
    let second = scene.scans();
    closes(&first);
    assert!(second.sends(FILLED).unwrap().receipt().is_some());
    assert!(matches!(scene.until_locked(), Page::Given(_)));
}

#[test]
fn a_device_goes_on_alone_while_headquarters_is_away_or_offers_no_pages() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.turn_to_visitor(visit).unwrap();
    till.drain();
    assert_eq!(*till.device.phone_changes().unwrap().borrow(), Page::Absent, "none is offered");
    till.device.turn_back().unwrap();

    house.serves_phones(LONG);
    let scene = Scene { house, till };
    scene.signs_in();
    let (_, phone) = scene.turns();
    let Scene { house: mut away, till } = scene;
    away.kill();
    till.until_phone(|page| (*page == Page::Absent).then_some(()));
    assert!(phone.opens().is_err());
    assert!(matches!(till.device.give_contact(&nothing()), Err(CoreError::ConsentMissing)), "the screen itself stays");
    till.device.turn_back().unwrap();
}

fn nothing() -> Given {
    let card = ContactCard::default();
    Given { card, purposes: vec![], is_of_age: false, locale: "en".to_owned(), answers: Default::default() }
}

#[test]
fn what_is_typed_on_a_phone_is_in_no_file() {
    let scene = Scene::open(LONG);
    let typed = [
        ("name", "柳如烟甲8812乙"),
        ("phone", "13908812271"),
        ("wechat", "wxq_8812_zz"),
        ("email", "mail8812@canary.example"),
        ("address", "桂花巷8812号东院"),
    ];
    let words = typed.map(|(_, text)| text);
    let places = [scene.till.database().parent().unwrap().to_owned(), scene.house.folder().to_owned()];
    let (_, phone) = scene.turns();
    phone.sends(&typed).unwrap();
    canary::nowhere(&places, &words, "refused");
    let mut pairs = typed.to_vec();
    pairs.extend([("purpose", "notify"), ("age", "yes")]);
    assert!(phone.sends(&pairs).unwrap().receipt().is_some());
    scene.until_locked();
    canary::nowhere(&places, &words, "kept");
    scene.till.drain();
    canary::nowhere(&places, &words, "sent");
}
