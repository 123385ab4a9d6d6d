//! Several devices of one store: what one logs, all of them show.

use crate::support::{House, MANAGER_PIN, Till, clerk, manager, outcome, tap};
use floorbook_core::{Approval, ContactCard, CoreError, Given, Rows};
use floorbook_hq::Because;
use floorbook_model::{Clock, Patch, VisitId};
use std::time::{Duration, Instant};

const DAY_S: i64 = 86_400;

/// A device of the store on which the manager is signed in.
fn till(house: &House, seed: u64) -> Till {
    let till = Till::beside(house, seed);
    till.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    till
}

/// The visits of the day of a device, with all that a day log tells of them.
fn day(till: &Till) -> Vec<String> {
    let page = till.device.day_rows(None, Rows::All, None, 500).unwrap();
    page.page.briefs.iter().map(|row| format!("{row:?}")).collect()
}

/// Waits until two devices show the same day, with so many visits in it.
fn agree(one: &Till, other: &Till, visits: usize) {
    one.drain();
    other.drain();
    one.until_either(other, || day(one).len() == visits && day(one) == day(other));
}

#[test]
fn what_one_device_logs_the_other_shows_within_a_second() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    door.hears();
    let start = Instant::now();
    let visit = door.device.arrive(2).unwrap().visit.id();
    let board = counter.until_board(|board| board.running.len() == 1);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((board.running[0].id(), board.today.parties), (visit, 1));
    door.device.note(visit, &tap("matters", "comfort")).unwrap();
    door.device.close_visit(visit, outcome("buy")).unwrap();
    let board = counter.until_board(|board| board.running.is_empty());
    assert_eq!((board.today.parties, board.today.bought), (1, 1));
    agree(&counter, &door, 1);
}

#[test]
fn a_visit_that_one_device_began_another_one_ends() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let visit = door.device.arrive(2).unwrap().visit.id();
    counter.until_board(|board| board.running.len() == 1);
    counter.device.note(visit, &tap("matters", "comfort")).unwrap();
    counter.device.close_visit(visit, outcome("buy")).unwrap();
    let board = door.until_board(|board| board.running.is_empty());
    assert_eq!(board.today.bought, 1);
    door.device.lock().unwrap();
    door.device.unlock(&manager(), MANAGER_PIN).unwrap();
    agree(&counter, &door, 1);
    assert_eq!(house.rows()[0]["answers"].as_str(), Some("matters=comfort"));
}

#[test]
fn whoever_comes_later_is_right_although_the_clock_of_the_first_is_ahead() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    door.pass_s(600);
    let visit = door.device.arrive(2).unwrap().visit.id();
    door.device.note(visit, &tap("matters", "price")).unwrap();
    door.drain();
    counter.until_board(|board| board.running.first().is_some_and(|card| card.text("matters") == Some("price")));
    counter.device.note(visit, &tap("matters", "comfort")).unwrap();
    counter.drain();
    door.until_board(|board| board.running.first().is_some_and(|card| card.text("matters") == Some("comfort")));
}

#[test]
fn devices_that_were_apart_for_days_agree_when_they_meet_again() {
    let mut house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let shared = door.device.arrive(2).unwrap().visit.id();
    counter.until_board(|board| board.running.len() == 1);
    house.kill();
    for till in [&counter, &door] {
        for _ in 0..40 {
            let visit = till.device.arrive(1).unwrap().visit.id();
            till.device.close_visit(visit, outcome("buy")).unwrap();
        }
    }
    counter.device.close_visit(shared, outcome("buy")).unwrap();
    door.device.note(shared, &tap("matters", "comfort")).unwrap();
    house.restart();
    agree(&counter, &door, 81);
    assert_eq!(counter.device.board().unwrap().today, door.device.board().unwrap().today);
    assert_eq!(house.exported().len(), 81);
}

#[test]
fn a_new_device_takes_in_the_last_days_and_no_more() {
    let house = House::open();
    let old = till(&house, 1);
    old.device.arrive(1).unwrap();
    old.pass_s(20 * DAY_S);
    let mut visits: Vec<VisitId> = (0..3).map(|_| old.device.arrive(1).unwrap().visit.id()).collect();
    old.drain();
    let new = till(&house, 2);
    new.pass_s(20 * DAY_S);
    let new = new.restarted();
    new.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let board = new.until_board(|board| board.running.len() >= 3);
    let mut shown: Vec<VisitId> = board.running.iter().map(|card| card.id()).collect();
    shown.retain(|id| visits.contains(id));
    visits.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, visits);
}

#[test]
fn nobody_else_closes_what_a_device_forgot_until_it_is_long_gone() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    door.device.arrive(2).unwrap();
    counter.until_board(|board| board.running.len() == 1);
    let idle_s = idle_s(&counter);
    counter.pass_s(idle_s + 60);
    assert_eq!(counter.device.close_idle().unwrap(), 0, "it is the door's");
    door.pass_s(idle_s + 60);
    assert_eq!(door.device.close_idle().unwrap(), 1);
    counter.until_board(|board| board.running.is_empty());
    door.device.arrive(2).unwrap();
    counter.until_board(|board| board.running.len() == 1);
    counter.pass_s(idle_s + 3_660);
    assert_eq!(counter.device.close_idle().unwrap(), 1, "nobody comes back for it");
}

/// So long after the last sign of life a rule closes what nobody closed.
fn idle_s(till: &Till) -> i64 {
    i64::from(till.device.profile().unwrap().pack.idle_close_min) * 60
}

#[test]
fn a_rule_that_has_not_heard_of_a_sale_takes_it_from_nobody() {
    let mut house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let visit = door.device.arrive(2).unwrap().visit.id();
    counter.until_board(|board| board.running.len() == 1);
    house.kill();
    counter.pass_s(60);
    counter.device.close_visit(visit, outcome("buy")).unwrap();
    door.pass_s(idle_s(&door) + 60);
    assert_eq!(door.device.close_idle().unwrap(), 1);
    house.restart();
    counter.drain();
    door.until_board(|board| board.today.bought == 1);
    agree(&counter, &door, 1);
    assert_eq!(house.rows()[0]["outcome"].as_str(), Some("buy"));
}

#[test]
fn two_devices_that_merge_the_same_cards_against_each_other_lose_nobody() {
    let mut house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let [first, second] = [2, 1].map(|size| door.device.arrive(size).unwrap().visit.id());
    counter.until_board(|board| board.running.len() == 2);
    house.kill();
    door.device.merge_visits(first, second).unwrap();
    counter.device.merge_visits(second, first).unwrap();
    house.restart();
    agree(&counter, &door, 1);
    for till in [&counter, &door] {
        let board = till.until_board(|board| board.running.len() == 1);
        assert_eq!((board.running[0].id(), board.running[0].size()), (first.min(second), 3));
    }
    let states: Vec<String> = house.rows().iter().map(|row| row["state"].to_string()).collect();
    assert!(states.contains(&"\"open\"".to_owned()) && states.contains(&"\"merged\"".to_owned()), "{states:?}");
    counter.device.close_visit(first.min(second), outcome("buy")).unwrap();
    counter.drain();
    door.until_board(|board| board.running.is_empty() && board.today.bought == 1);
}

#[test]
fn a_device_that_starts_in_the_morning_hears_first_and_closes_then() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let visit = door.device.arrive(2).unwrap().visit.id();
    counter.until_board(|board| board.running.len() == 1);
    door.drain();
    let clock = door.clock.clone();
    let door = door.restarted_after(|_| {
        counter.device.close_visit(visit, outcome("buy")).unwrap();
        counter.drain();
        clock.set(clock.wall_ms() + 20 * 3_600_000);
    });
    door.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let board = door.until_board(|board| board.running.is_empty());
    assert_eq!(board.today.parties, 0, "it was yesterday's");
    assert_eq!(door.waiting(), 0, "there was nothing for the rule to say");
    assert_eq!(house.rows()[0]["outcome"].as_str(), Some("buy"));
}

#[test]
fn nobody_takes_back_what_was_done_on_another_device() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let earlier = door.device.arrive(1).unwrap().visit.id();
    let visit = door.device.arrive(2).unwrap().visit.id();
    counter.until_board(|board| board.running.len() == 2);
    counter.device.close_visit(visit, outcome("buy")).unwrap();
    door.until_board(|board| board.running.len() == 1);
    assert!(matches!(door.device.undo(), Err(CoreError::NothingToUndo)), "it would void the sale");
    assert_eq!(door.device.undo().unwrap().visit.id(), earlier, "what was before it can be taken back");
    agree(&counter, &door, 1);
    assert_eq!(counter.device.board().unwrap().today.bought, 1);
}

fn leaves(till: &Till, visit: VisitId, phone: &str) -> String {
    let given = Given {
        card: ContactCard { phone: Some(phone.to_owned()), ..ContactCard::default() },
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: Patch::new(),
    };
    till.device.turn_to_visitor(visit).unwrap();
    let code = till.device.give_contact(&given).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.drain();
    code
}

#[test]
fn what_a_visitor_leaves_on_a_second_device_reaches_headquarters_too() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    let visit = door.device.arrive(1).unwrap().visit.id();
    let first = leaves(&door, visit, "13800138000");
    counter.until_board(|board| board.running.first().is_some_and(|card| !card.contacts().is_empty()));
    assert!(counter.device.contact_of(visit).unwrap().is_none(), "it is the door's");
    let second = leaves(&counter, visit, "13900139000");
    assert_ne!(first, second, "only the door changes what was left there");
    assert_eq!(counter.device.contact_of(visit).unwrap().unwrap().code, second);
    agree(&counter, &door, 1);
    assert_eq!(leaves(&door, visit, "13700137000"), first, "what was left at the door is put right at the door");
    assert_eq!(house.hq().contacts().unwrap().len(), 2);
    let because = Because { who: "Officer", reason: "the visitor asked" };
    for code in [first, second] {
        assert!(house.hq().open_contact(&code, &house.contact_key(), because).unwrap().card.is_some());
    }
}

#[test]
fn a_device_that_is_shut_out_is_told_nothing_more() {
    let house = House::open();
    let (counter, door) = (till(&house, 1), till(&house, 2));
    door.device.arrive(1).unwrap();
    counter.until_board(|board| board.running.len() == 1);
    let shut = house.hq().devices().unwrap()[0].id;
    house.hq().revoke_device(shut, Because::default()).unwrap();
    counter.obeys();
    door.device.arrive(1).unwrap();
    door.drain();
    assert!(counter.device.is_shut_out());
    assert!(counter.device.unlock(&clerk(), MANAGER_PIN).is_err());
}
