//! How long headquarters is silent, by clocks that somebody may set.

use crate::shop::{DAY_MS, MINUTE_MS, Shop};
use floorbook_ledger::Silence;

const HOUR_MS: i64 = 60 * MINUTE_MS;

fn heard() -> Shop {
    let shop = Shop::open();
    shop.book.hear(0).unwrap();
    shop
}

fn noted(shop: &Shop) -> Silence {
    shop.book.note_silence().unwrap()
}

/// It runs for so long and notes where its clocks are.
fn runs(shop: &Shop, ms: i64) {
    for _ in 0..ms / (5 * MINUTE_MS) {
        shop.clock.pass(5 * MINUTE_MS);
        noted(shop);
    }
}

#[test]
fn a_clock_that_is_set_back_makes_no_silence_shorter_whether_anything_was_logged_or_not() {
    let shop = heard();
    runs(&shop, DAY_MS);
    shop.clock.jump(-3 * DAY_MS);
    assert_eq!((noted(&shop).shown_ms, noted(&shop).sure_ms), (DAY_MS, DAY_MS));
    shop.arrives();
    assert_eq!(noted(&shop).shown_ms, DAY_MS, "an event of the day before yesterday takes nothing back");
    runs(&shop, DAY_MS);
    assert_eq!((noted(&shop).shown_ms, noted(&shop).sure_ms), (2 * DAY_MS, 2 * DAY_MS), "it ran on");
    let shop = shop.reopened();
    assert_eq!(shop.book.silence().unwrap().sure_ms, 2 * DAY_MS);
}

#[test]
fn a_disk_that_takes_no_note_stops_no_clock() {
    let shop = heard();
    shop.clock.jump(-3 * DAY_MS);
    for _ in 0..DAY_MS / (5 * MINUTE_MS) {
        shop.clock.pass(5 * MINUTE_MS);
        shop.book.silence().unwrap();
    }
    assert_eq!(shop.book.silence().unwrap().sure_ms, DAY_MS);
}

#[test]
fn what_was_logged_counts_before_it_is_noted() {
    let shop = heard();
    shop.clock.reboot(DAY_MS);
    shop.arrives();
    shop.clock.jump(-DAY_MS);
    assert_eq!(shop.book.silence().unwrap().shown_ms, DAY_MS);
}

#[test]
fn whoever_starts_the_device_again_and_again_gains_nothing() {
    let mut shop = heard();
    for _ in 0..48 {
        runs(&shop, HOUR_MS / 2);
        shop.clock.reboot(-HOUR_MS / 2);
        shop = shop.reopened();
        noted(&shop);
    }
    assert_eq!(noted(&shop).sure_ms, DAY_MS);
}

#[test]
fn a_leap_of_the_clock_is_believed_once_the_device_ran_for_an_hour_beside_it() {
    let shop = heard();
    shop.clock.jump(400 * DAY_MS);
    runs(&shop, HOUR_MS - 5 * MINUTE_MS);
    assert!(noted(&shop).shown_ms >= 400 * DAY_MS && noted(&shop).sure_ms < HOUR_MS);
    shop.clock.jump(-400 * DAY_MS);
    runs(&shop, HOUR_MS - 5 * MINUTE_MS);
    assert!(noted(&shop).sure_ms < 2 * HOUR_MS, "it was put right");
    shop.clock.reboot(30 * DAY_MS);
    noted(&shop);
    runs(&shop, HOUR_MS / 2);
    shop.clock.reboot(0);
    noted(&shop);
    assert!(noted(&shop).sure_ms < 3 * HOUR_MS);
    runs(&shop, HOUR_MS / 2);
    assert!(noted(&shop).sure_ms >= 30 * DAY_MS, "a start does not begin the hour anew");
}

#[test]
fn a_device_that_slept_has_the_hour_too() {
    let shop = heard();
    shop.clock.pass(30 * DAY_MS);
    assert!(noted(&shop).sure_ms < HOUR_MS);
    runs(&shop, HOUR_MS);
    assert!(noted(&shop).sure_ms >= 30 * DAY_MS);
}

#[test]
fn to_hear_of_headquarters_ends_it_although_the_clock_was_ahead() {
    let shop = heard();
    shop.clock.jump(400 * DAY_MS);
    shop.arrives();
    runs(&shop, 2 * HOUR_MS);
    shop.book.vouch().unwrap();
    shop.clock.jump(-400 * DAY_MS);
    shop.book.hear(MINUTE_MS).unwrap();
    assert_eq!(noted(&shop), Silence { shown_ms: 0, sure_ms: 0, vouched_ms: None });
    runs(&shop, HOUR_MS);
    assert_eq!(noted(&shop), Silence { shown_ms: HOUR_MS, sure_ms: HOUR_MS, vouched_ms: None });
}

#[test]
fn whoever_vouches_does_so_for_a_time_that_a_clock_does_not_stretch() {
    let shop = heard();
    runs(&shop, HOUR_MS);
    shop.book.vouch().unwrap();
    assert_eq!(noted(&shop).vouched_ms, Some(0));
    shop.clock.jump(-10 * DAY_MS);
    runs(&shop, DAY_MS);
    assert_eq!(noted(&shop).vouched_ms, Some(DAY_MS));
}

#[test]
fn what_was_noted_just_now_is_not_noted_again() {
    let shop = heard();
    let heard_ms = shop.book.heard_ms().unwrap();
    shop.clock.pass(MINUTE_MS - 1);
    shop.book.hear(MINUTE_MS).unwrap();
    assert_eq!(shop.book.heard_ms().unwrap(), heard_ms);
    shop.clock.pass(1);
    shop.book.hear(MINUTE_MS).unwrap();
    assert_eq!(shop.book.heard_ms().unwrap(), heard_ms.map(|ms| ms + MINUTE_MS));
}
