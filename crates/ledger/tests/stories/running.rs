//! Minutes are measured on a clock that nobody sets, and a card that nobody closes is closed.

use crate::shop::{DAY_MS, MINUTE_MS, NOON_MS, Shop};
use floorbook_ledger::{Act, Rows};
use floorbook_model::{DwellSource, Status, UNSEEN, VisitId};

const HOUR_MS: i64 = 60 * MINUTE_MS;
const IDLE_MS: i64 = 90 * MINUTE_MS;

/// When the rule says that a visit ended, minutes after it began.
fn ended_after(shop: &Shop, id: VisitId) -> i64 {
    let visit = shop.book.visit(id).unwrap();
    let closing = visit.closing().unwrap();
    assert_eq!((closing.dwell_source, closing.outcome.code.as_str()), (DwellSource::Estimated, UNSEEN));
    (closing.left_ms - visit.entered_ms().unwrap()) / MINUTE_MS
}

fn closes_idle(shop: &Shop) -> Vec<VisitId> {
    shop.book.anchor_running().unwrap();
    shop.book.close_idle(IDLE_MS).unwrap()
}

#[test]
fn the_minutes_stay_right_whatever_the_wall_clock_does() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(10 * MINUTE_MS);
    for jump_ms in [3 * HOUR_MS, -6 * HOUR_MS, 3_650 * DAY_MS] {
        shop.clock.jump(jump_ms);
        assert_eq!(shop.minutes(visit), 10);
    }
    shop.clock.pass(MINUTE_MS);
    assert_eq!(shop.minutes(visit), 11);
}

#[test]
fn a_visitor_stays_while_the_device_sleeps() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(HOUR_MS); // the steady clock of a device goes on in its sleep
    shop.book.anchor_running().unwrap();
    assert_eq!(shop.minutes(visit), 60);
}

#[test]
fn a_restart_of_the_program_changes_no_minutes() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(10 * MINUTE_MS);
    shop.clock.jump(3 * HOUR_MS);
    let shop = shop.reopened();
    shop.book.anchor_running().unwrap();
    shop.clock.pass(5 * MINUTE_MS);
    assert_eq!(shop.minutes(visit), 15);
}

#[test]
fn after_a_restart_of_the_machine_the_wall_clock_decides_once() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(10 * MINUTE_MS);
    shop.clock.reboot(20 * MINUTE_MS);
    let shop = shop.reopened();
    assert_eq!(shop.minutes(visit), 30, "before it is put on the new clock");
    shop.book.anchor_running().unwrap();
    assert_eq!(shop.minutes(visit), 30);
    shop.clock.jump(3 * HOUR_MS);
    assert_eq!(shop.minutes(visit), 30, "from then on it is safe again");
}

#[test]
fn what_was_counted_before_a_restart_of_the_machine_stays() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.jump(3 * HOUR_MS);
    shop.clock.pass(10 * MINUTE_MS);
    shop.taps("c01", visit, "age", "a20");
    shop.clock.pass(5 * MINUTE_MS);
    shop.book.seal(i64::MAX).unwrap();
    for restarts in 1..3 {
        shop.clock.reboot(20 * MINUTE_MS);
        shop.book.anchor_running().unwrap();
        assert_eq!(shop.minutes(visit), 15 + 20 * restarts, "the jump before is no time");
    }
}

#[test]
fn a_wall_clock_that_fell_back_over_a_restart_gives_a_visit_that_begins_now() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.reboot(-3 * HOUR_MS);
    let shop = shop.reopened();
    shop.book.anchor_running().unwrap();
    assert_eq!(shop.minutes(visit), 0, "never less than nothing");
}

#[test]
fn another_time_of_arrival_moves_the_minutes_and_is_taken_back() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(5 * MINUTE_MS);
    shop.act("c01", visit, Act::Retime(NOON_MS - 20 * MINUTE_MS)).unwrap();
    assert_eq!(shop.minutes(visit), 25);
    shop.clock.jump(3 * HOUR_MS);
    shop.act("c01", visit, Act::Retime(NOON_MS)).unwrap();
    assert_eq!(shop.minutes(visit), 5);
}

#[test]
fn a_forgotten_visit_ended_with_its_last_sign_of_life() {
    let shop = Shop::open();
    let (forgotten, busy) = (shop.arrives(), shop.arrives());
    shop.clock.pass(5 * MINUTE_MS);
    shop.taps("c01", forgotten, "age", "a20");
    shop.book.seal(i64::MAX).unwrap();
    shop.clock.jump(3 * HOUR_MS);
    shop.clock.pass(IDLE_MS - MINUTE_MS);
    assert_eq!(closes_idle(&shop), [busy], "nobody has touched it since it came");
    shop.clock.pass(MINUTE_MS);
    assert_eq!(closes_idle(&shop), [forgotten]);
    assert_eq!((ended_after(&shop, forgotten), ended_after(&shop, busy)), (5, 0));
    assert!(closes_idle(&shop).is_empty() && shop.book.running().unwrap().is_empty());
    let day = shop.book.origin().calendar.day_of(NOON_MS);
    let figures = shop.book.figures(day).unwrap();
    assert_eq!((figures.parties, figures.unchecked, figures.dwell_mean_s), (2, 2, None), "a guess is in no mean");
    assert_eq!(shop.book.day_page(day, Rows::Unchecked, None, 9).unwrap().briefs.len(), 2);
}

#[test]
fn a_visit_is_not_closed_while_a_tap_waits_and_ends_with_that_tap() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(5 * MINUTE_MS);
    shop.taps("c01", visit, "age", "a20");
    shop.clock.pass(8 * HOUR_MS); // the lid is shut before anything is sealed
    assert!(closes_idle(&shop).is_empty(), "the tap is not lost under the rule");
    assert_eq!(shop.book.seal(i64::MAX).unwrap(), 1);
    assert_eq!(closes_idle(&shop), [visit]);
    assert_eq!(ended_after(&shop, visit), 5, "a tap is a sign of life of its own time, not of its sealing");
    assert_eq!(shop.book.visit(visit).unwrap().text("age"), Some("a20"));
}

#[test]
fn a_tap_sealed_after_a_restart_of_the_machine_is_no_new_sign_of_life() {
    for seals_first in [true, false] {
        let shop = Shop::open();
        let visit = shop.arrives();
        shop.clock.pass(5 * MINUTE_MS);
        shop.taps("c01", visit, "age", "a20");
        shop.clock.reboot(8 * HOUR_MS);
        let shop = shop.reopened();
        if !seals_first {
            shop.book.anchor_running().unwrap();
        }
        shop.book.seal(i64::MAX).unwrap();
        assert_eq!(shop.minutes(visit), 8 * 60 + 5);
        assert_eq!(closes_idle(&shop), [visit]);
        assert_eq!(ended_after(&shop, visit), 5);
    }
}

#[test]
fn whatever_a_clerk_does_on_a_visit_keeps_it_open() {
    let shop = Shop::open();
    let visit = shop.arrives();
    for act in [Act::Link(None), shop.close_as("none"), Act::Reopen, Act::Retime(NOON_MS - MINUTE_MS)] {
        shop.clock.pass(IDLE_MS - 1);
        shop.act("c01", visit, act).unwrap();
        assert!(closes_idle(&shop).is_empty());
    }
    assert_eq!(*shop.book.visit(visit).unwrap().status(), Status::Open);
    shop.clock.pass(IDLE_MS);
    assert_eq!(closes_idle(&shop), [visit]);
}

#[test]
fn a_visit_reopened_after_a_restart_of_the_machine_has_its_minutes() {
    let shop = Shop::open();
    let visit = shop.arrives();
    shop.clock.pass(10 * MINUTE_MS);
    shop.closes("c01", visit, "none");
    shop.clock.reboot(10 * MINUTE_MS);
    let shop = shop.reopened();
    shop.book.anchor_running().unwrap();
    shop.act("c01", visit, Act::Reopen).unwrap();
    assert!(closes_idle(&shop).is_empty());
    assert_eq!(shop.minutes(visit), 20);
}
