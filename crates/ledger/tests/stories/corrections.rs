//! What is known of a visit is put right later, and its history stays.

use crate::shop::{MINUTE_MS, NOON_MS, Shop, clerk, outcome, text};
use floorbook_ledger::{Act, Rows};
use floorbook_model::{Body, Closing, Correction, CorrectionReason, DwellSource, HandOver, Patch, Visit, VisitId};

fn correction(patch: Patch, left_ms: i64, code: &str) -> Correction {
    let closing = Closing { left_ms, dwell_source: DwellSource::Adjusted, outcome: outcome(code) };
    Correction {
        patch,
        entered_ms: Some(NOON_MS - MINUTE_MS),
        closing: Some(closing),
        reason: Some(CorrectionReason::LateNews),
    }
}

fn closed(shop: &Shop) -> VisitId {
    let visit = shop.arrives();
    shop.taps("c01", visit, "interest", "3");
    shop.clock.pass(5 * MINUTE_MS);
    shop.closes("c01", visit, "none");
    visit
}

#[test]
fn a_correction_moves_the_figures_and_keeps_what_was_said_before() {
    let shop = Shop::open();
    let visit = closed(&shop);
    let before = shop.sealed().len();
    let patch = Patch::from([("interest".to_owned(), text("4"))]);
    shop.act("m01", visit, Act::Correct(correction(patch, NOON_MS + 9 * MINUTE_MS, "buy"))).unwrap();
    let now = shop.book.visit(visit).unwrap();
    assert_eq!((now.text("interest"), now.corrected()), (Some("4"), Some(CorrectionReason::LateNews)));
    assert_eq!((now.entered_ms(), now.dwell_source()), (Some(NOON_MS - MINUTE_MS), Some(DwellSource::Adjusted)));
    let figures = shop.book.figures(shop.today()).unwrap();
    assert_eq!((figures.bought, figures.keen_lost, figures.dwell_mean_s), (1, 0, Some(600)));
    let sealed = shop.sealed();
    assert_eq!(sealed.len(), before + 1, "nothing is rewritten");
    assert!(
        sealed
            .iter()
            .any(|sealed| matches!(&sealed.event.body, Body::VisitClosed(closing) if closing.outcome.code == "none"))
    );
}

#[test]
fn a_correction_is_taken_back_by_another() {
    let shop = Shop::open();
    let visit = closed(&shop);
    let (before, figures) = (shop.book.visit(visit).unwrap(), shop.book.figures(shop.today()).unwrap());
    let patch = Patch::from([("interest".to_owned(), text("4"))]);
    shop.act("m01", visit, Act::Correct(correction(patch, NOON_MS + 9 * MINUTE_MS, "buy"))).unwrap();
    let back = Correction {
        patch: Patch::from([("interest".to_owned(), text("3"))]),
        entered_ms: before.entered_ms(),
        closing: before.closing().cloned(),
        reason: None,
    };
    shop.act("m01", visit, Act::Correct(back)).unwrap();
    let seen = |visit: &Visit| (visit.text("interest").map(str::to_owned), visit.closing().cloned(), visit.corrected());
    assert_eq!(seen(&shop.book.visit(visit).unwrap()), seen(&before));
    assert_eq!(shop.book.figures(shop.today()).unwrap(), figures);
}

#[test]
fn a_guess_that_was_looked_at_waits_for_nobody() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(90 * MINUTE_MS);
    assert_eq!(shop.book.close_idle(90 * MINUTE_MS).unwrap(), [visit]);
    let unchecked = || shop.book.day_page(shop.today(), Rows::Unchecked, None, 9).unwrap().briefs.len();
    assert_eq!((unchecked(), shop.book.figures(shop.today()).unwrap().unchecked), (1, 1));
    let closing = shop.book.visit(visit).unwrap().closing().cloned();
    let looked_at =
        Correction { patch: Patch::new(), entered_ms: None, closing, reason: Some(CorrectionReason::Other) };
    shop.act("m01", visit, Act::Correct(looked_at)).unwrap();
    assert_eq!((unchecked(), shop.book.figures(shop.today()).unwrap().unchecked), (0, 0));
}

#[test]
fn a_hand_over_and_a_recognition_stand_in_the_day() {
    let shop = Shop::open();
    let (earlier, visit) = (closed(&shop), shop.arrives());
    let over = HandOver { from: clerk("c01"), to: clerk("c02"), note: Some("looks for a coat".to_owned()) };
    shop.act("c01", visit, Act::HandOver(over.clone())).unwrap();
    shop.act("c02", visit, Act::Link(Some(earlier))).unwrap();
    let brief = shop.book.day_page(shop.today(), Rows::All, None, 1).unwrap().briefs.remove(0);
    assert_eq!((brief.serving, brief.earlier), (clerk("c02"), Some(earlier)));
    assert_eq!(shop.book.visit(visit).unwrap().handed().unwrap().over, over);
    shop.act("c02", visit, Act::HandOver(HandOver { from: clerk("c01"), to: clerk("c01"), note: None })).unwrap();
    shop.act("c02", visit, Act::Link(None)).unwrap();
    let now = shop.book.visit(visit).unwrap();
    assert_eq!((now.serving(), now.handed(), now.earlier()), (Some(&clerk("c01")), None, None));
}
