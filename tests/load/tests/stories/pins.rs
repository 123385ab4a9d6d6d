//! PINs: who may give one, and how guessing is slowed down.

use crate::support::{House, MANAGER_PIN, Till, clerk, manager};
use floorbook_core::{CoreError, State};
use std::fs;

const CLERK_PIN: &str = "739105";
const WRONG: &str = "505051";

#[test]
fn the_first_pin_is_a_managers_and_every_other_one_wants_approval() {
    let house = House::open();
    let till = Till::paired(&house);
    let enrol = |who: &str, pin: &str, approval| till.device.enrol_pin(&who.parse().unwrap(), pin, approval);
    assert!(matches!(enrol("c01", CLERK_PIN, None), Err(CoreError::ManagerNeeded)));
    assert!(matches!(enrol("c01", CLERK_PIN, Some(CLERK_PIN)), Err(CoreError::ManagerNeeded)));
    assert!(matches!(enrol("x99", CLERK_PIN, None), Err(CoreError::BadInput)), "nobody of that name works here");
    assert!(till.device.clerks_with_pin().unwrap().is_empty());

    enrol("m01", MANAGER_PIN, None).unwrap();
    assert!(matches!(till.device.state(), State::Open(who) if who == manager()));
    assert!(matches!(enrol("c01", CLERK_PIN, None), Err(CoreError::ManagerNeeded)));
    assert!(matches!(enrol("m02", CLERK_PIN, None), Err(CoreError::ManagerNeeded)), "a second manager too");
    assert!(matches!(enrol("m01", CLERK_PIN, None), Err(CoreError::ManagerNeeded)), "nor may the first be replaced");
    assert!(matches!(enrol("c01", CLERK_PIN, Some(WRONG)), Err(CoreError::PinWrong)));
    enrol("c01", CLERK_PIN, Some(MANAGER_PIN)).unwrap();
    assert!(matches!(till.device.state(), State::Open(who) if who == clerk()));
    assert!(matches!(enrol("c02", WRONG, Some(CLERK_PIN)), Err(CoreError::PinWrong)), "a clerk vouches for nobody");
    assert_eq!(till.device.clerks_with_pin().unwrap(), ["c01", "m01"]);
}

#[test]
fn a_trivial_pin_is_refused() {
    let house = House::open();
    let till = Till::paired(&house);
    for pin in ["000000", "123456", "654321"] {
        assert!(matches!(till.device.enrol_pin(&manager(), pin, None), Err(CoreError::PinTrivial)), "{pin}");
    }
    for pin in ["", "12345", "20481a", "2048160"] {
        assert!(matches!(till.device.enrol_pin(&manager(), pin, None), Err(CoreError::BadInput)), "{pin}");
    }
}

#[test]
fn five_wrong_pins_are_followed_by_a_wait() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.lock().unwrap();
    let try_pin = |pin| till.device.unlock(&manager(), pin);
    for _ in 0..4 {
        assert!(matches!(try_pin(WRONG), Err(CoreError::PinWrong)));
    }
    assert!(matches!(try_pin(WRONG), Err(CoreError::PinWait(30))));
    assert!(matches!(try_pin(MANAGER_PIN), Err(CoreError::PinWait(_))), "the right one waits too");
    till.pass_s(29);
    assert!(matches!(try_pin(MANAGER_PIN), Err(CoreError::PinWait(_))));
    till.pass_s(2);
    assert!(matches!(try_pin(WRONG), Err(CoreError::PinWait(60))), "the wait doubles");
    till.pass_s(61);
    try_pin(MANAGER_PIN).unwrap();
    till.device.lock().unwrap();
    assert!(matches!(try_pin(WRONG), Err(CoreError::PinWrong)), "a success begins anew");
}

#[test]
fn ending_the_program_gives_no_try_back() {
    let house = House::open();
    let mut till = Till::open(&house);
    for _ in 0..4 {
        till = till.restarted();
        assert!(matches!(till.device.unlock(&manager(), WRONG), Err(CoreError::PinWrong)));
    }
    till = till.restarted();
    assert!(matches!(till.device.unlock(&manager(), WRONG), Err(CoreError::PinWait(30))));
    till = till.restarted();
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinWait(_))));
    till.pass_s(31);
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

/// A till at whose manager's PIN was guessed so often that the next try has to wait.
fn guessed_at(house: &House) -> Till {
    let till = Till::open(house);
    till.device.lock().unwrap();
    for _ in 0..5 {
        till.device.unlock(&manager(), WRONG).unwrap_err();
    }
    till
}

#[test]
fn setting_the_clock_neither_shortens_nor_stretches_a_wait() {
    let house = House::open();
    let till = guessed_at(&house);
    for hours in [24, -48] {
        till.clock.jump(hours * 3_600_000);
        let waits = till.device.unlock(&manager(), MANAGER_PIN);
        assert!(matches!(waits, Err(CoreError::PinWait(..=31))), "{hours} h: {waits:?}");
    }
    till.pass_s(31);
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

#[test]
fn starting_the_machine_again_lets_a_wait_begin_anew() {
    let house = House::open();
    let till = guessed_at(&house);
    till.pass_s(25);
    till.clock.reboot();
    let till = till.restarted();
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinWait(30))));
    till.pass_s(25);
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinWait(6))));
    till.pass_s(6);
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

#[test]
fn an_older_database_gives_no_try_back() {
    let house = House::open();
    let mut older = Vec::new();
    let till = Till::open(&house).restarted_after(|database| older = fs::read(database).unwrap());
    for _ in 0..5 {
        till.device.unlock(&manager(), WRONG).unwrap_err();
    }
    let till = till.restarted_after(|database| fs::write(database, &older).unwrap());
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinWait(_))));
    till.pass_s(31);
    assert!(matches!(till.device.unlock(&manager(), WRONG), Err(CoreError::PinWait(60))), "the sixth, not the first");
}

#[test]
fn the_approvals_of_one_manager_do_not_count_as_wrong_pins_of_another() {
    let house = House::open();
    let till = Till::open(&house);
    let second = "m02".parse().unwrap();
    till.device.enrol_pin(&second, "918273", Some(MANAGER_PIN)).unwrap();
    for _ in 0..6 {
        till.device.enrol_pin(&clerk(), CLERK_PIN, Some("918273")).unwrap();
    }
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

#[test]
fn a_forgotten_pin_is_replaced_by_a_manager_and_the_wait_with_it() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), CLERK_PIN, Some(MANAGER_PIN)).unwrap();
    for _ in 0..5 {
        till.device.unlock(&clerk(), WRONG).unwrap_err();
    }
    till.device.enrol_pin(&clerk(), "641973", Some(MANAGER_PIN)).unwrap();
    till.device.unlock(&clerk(), "641973").unwrap();
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::PinWrong)));
}
