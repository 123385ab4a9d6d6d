//! A tap is durable when it returns, and becomes an event of the clerk who made it.

use crate::shop::{DAY_MS, MINUTE_MS, Shop, clerk, text};
use floorbook_ledger::{Act, LedgerError, Rows};
use floorbook_model::{Body, FieldValue, Patch, Status, VisitId};

#[test]
fn a_tap_is_there_after_the_program_ended_without_a_word() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "age", "a20");
    let shop = shop.reopened();
    let running = shop.book.running().unwrap();
    assert_eq!(running.len(), 1);
    assert_eq!(running[0].text("age"), Some("a20"), "what returned was durable");
    assert_eq!(shop.book.visit(visit).unwrap(), running[0]);
    assert_eq!(shop.book.counts().unwrap().waiting, 2, "the arrival, and the tap that is not sealed yet");
}

#[test]
fn many_taps_of_one_clerk_become_one_event() {
    let shop = Shop::open();
    let visit = shop.arrives();
    for (field, value) in [("age", "a20"), ("style", "casual"), ("age", "a35")] {
        shop.taps("c01", visit, field, value);
    }
    assert_eq!(shop.book.seal(i64::MAX).unwrap(), 1);
    let patch = Patch::from([("age".to_owned(), text("a35")), ("style".to_owned(), text("casual"))]);
    assert_eq!(shop.sealed()[1].event.body, Body::VisitNoted { patch });
    assert_eq!(shop.book.seal(i64::MAX).unwrap(), 0, "nothing is sealed twice");
}

#[test]
fn taps_of_two_clerks_keep_their_actors() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "age", "a20");
    shop.taps("c02", visit, "style", "sport");
    shop.taps("c02", visit, "company", "alone");
    shop.taps("c01", visit, "interest", "3");
    shop.book.seal(i64::MAX).unwrap();
    let said: Vec<(String, Vec<String>)> = shop.sealed()[1..]
        .iter()
        .map(|sealed| match &sealed.event.body {
            Body::VisitNoted { patch } => (sealed.event.actor.to_string(), patch.keys().cloned().collect()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [("c01", &["age"][..]), ("c02", &["company", "style"]), ("c01", &["interest"])];
    let expected: Vec<(String, Vec<String>)> = expected
        .iter()
        .map(|(who, what)| ((*who).to_owned(), what.iter().map(|f| (*f).to_owned()).collect()))
        .collect();
    assert_eq!(said, expected, "one event has one actor");
    let visit = shop.book.visit(visit).unwrap();
    assert_eq!(
        [visit.text("age"), visit.text("style"), visit.text("interest")],
        [Some("a20"), Some("sport"), Some("3")]
    );
}

#[test]
fn closing_seals_what_was_tapped_before_it() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "interest", "4");
    shop.closes("c02", visit, "none");
    let sealed = shop.sealed();
    assert!(matches!(sealed[1].event.body, Body::VisitNoted { .. }), "the tap came before the end");
    assert!(matches!(sealed[2].event.body, Body::VisitClosed(_)));
    assert_eq!((sealed[1].event.actor.as_str(), sealed[2].event.actor.as_str()), ("c01", "c02"));
    assert_eq!(shop.book.oldest_tap_ms().unwrap(), None);
    assert_eq!(shop.book.figures(shop.today()).unwrap().keen_lost, 1, "the figures know the interest");
}

#[test]
fn only_visits_that_were_quiet_for_long_enough_are_sealed() {
    let shop = Shop::open();
    let (early, late) = (shop.arrives(), shop.arrives());
    shop.taps("c01", early, "age", "a20");
    let touched_ms = shop.book.oldest_tap_ms().unwrap().unwrap();
    shop.clock.pass(MINUTE_MS);
    shop.taps("c01", late, "age", "a35");
    assert_eq!(shop.book.seal(touched_ms - 1).unwrap(), 0);
    assert_eq!(shop.book.seal(touched_ms).unwrap(), 1);
    assert_eq!(shop.sealed().last().unwrap().event.visit, Some(early));
    assert_eq!(shop.book.oldest_tap_ms().unwrap(), Some(touched_ms + MINUTE_MS));
}

#[test]
fn the_patch_before_takes_a_tap_back() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "age", "a20");
    let patch = Patch::from([
        ("age".to_owned(), text("a35")),
        ("size".to_owned(), text("4")),
        ("style".to_owned(), text("sport")),
    ]);
    let noted = shop.book.note(&clerk("c01"), visit, &patch).unwrap();
    assert_eq!((noted.visit.size(), noted.visit.text("age")), (4, Some("a35")));
    assert_eq!(noted.before.get("style"), Some(&FieldValue::Nothing), "it held nothing");
    let back = shop.book.note(&clerk("c01"), visit, &noted.before).unwrap().visit;
    assert_eq!((back.size(), back.text("age"), back.text("style")), (2, Some("a20"), None));
}

#[test]
fn only_a_running_visit_is_tapped_and_a_voided_one_stays_voided() {
    let shop = Shop::open();
    let (closed, voided, unknown) = (shop.arrives(), shop.arrives(), VisitId::from_bytes([3; 16]));
    shop.closes("c01", closed, "buy");
    shop.act("c01", voided, Act::Void).unwrap();
    let before = shop.sealed().len();
    let patch = Patch::from([("age".to_owned(), text("a20"))]);
    let note = |visit| shop.book.note(&clerk("c01"), visit, &patch).unwrap_err();
    assert!(matches!(note(closed), LedgerError::VisitNotOpen(id) if id == closed));
    assert!(matches!(note(voided), LedgerError::VisitNotOpen(id) if id == voided));
    assert!(matches!(note(unknown), LedgerError::VisitUnknown(id) if id == unknown));
    for act in [Act::Reopen, Act::Void, shop.close_as("buy")] {
        assert!(matches!(shop.act("c01", voided, act.clone()), Err(LedgerError::VisitNotOpen(_))), "{act:?}");
        assert!(matches!(shop.act("c01", unknown, act.clone()), Err(LedgerError::VisitUnknown(_))), "{act:?}");
    }
    assert_eq!((shop.sealed().len(), shop.book.counts().unwrap().waiting), (before, 4), "a refusal leaves nothing");
}

#[test]
fn a_clock_that_falls_back_ten_years_loses_no_tap() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.taps("c01", visit, "style", "casual");
    shop.book.seal(i64::MAX).unwrap();
    shop.clock.jump(-3_650 * DAY_MS);
    shop.taps("c01", visit, "style", "sport");
    shop.book.seal(i64::MAX).unwrap();
    assert_eq!(shop.book.visit(visit).unwrap().text("style"), Some("sport"), "the order is not the wall clock's");
    shop.closes("c01", visit, "buy");
    assert!(matches!(shop.book.visit(visit).unwrap().status(), Status::Closed(_)));
    assert_eq!(
        shop.book
            .day_page(shop.book.origin().calendar.day_of(crate::shop::NOON_MS), Rows::All, None, 9)
            .unwrap()
            .briefs[0]
            .dwell_s(),
        Some(0)
    );
}
