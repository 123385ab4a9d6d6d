//! PINs: who may give one, how guessing is slowed down and ended, and what wants one once more.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, manager};
use floorbook_core::{Approval, CoreError, DeviceRoot, KeyVault, PinCost, State, VaultItem};
use floorbook_ledger::Ledger;
use std::fs;

const CLERK_PIN: &str = "739105";
const SECOND_PIN: &str = "918273";
const WRONG: &str = "505051";

/// The word of a manager, or of somebody who would be one.
fn word_of(who: &str, pin: &str) -> Approval {
    Approval::Manager { id: who.parse().unwrap(), pin: pin.to_owned() }
}

#[test]
fn the_first_pin_is_a_managers_and_every_other_one_wants_approval() {
    let house = House::open();
    let till = Till::paired(&house);
    let enrol = |who: &str, pin: &str, approval| till.device.enrol_pin(&who.parse().unwrap(), pin, &approval);
    assert!(matches!(enrol("c01", CLERK_PIN, Approval::Nobody), Err(CoreError::ManagerNeeded)));
    assert!(matches!(enrol("c01", CLERK_PIN, word_of("c01", CLERK_PIN)), Err(CoreError::ManagerNeeded)));
    assert!(matches!(enrol("c01", CLERK_PIN, approved()), Err(CoreError::ManagerNeeded)), "nor has that one a PIN");
    assert!(matches!(enrol("x99", CLERK_PIN, Approval::Nobody), Err(CoreError::BadInput)), "nobody of that name");
    assert!(till.device.clerks_with_pin().unwrap().is_empty());

    enrol("m01", MANAGER_PIN, Approval::Nobody).unwrap();
    assert!(matches!(till.device.state(), State::Open(who) if who == manager()));
    for who in ["c01", "m02", "m01"] {
        assert!(matches!(enrol(who, CLERK_PIN, Approval::Nobody), Err(CoreError::ManagerNeeded)), "{who}");
    }
    assert!(matches!(enrol("m01", SECOND_PIN, approved()), Err(CoreError::ManagerNeeded)), "nobody for themselves");
    assert!(matches!(enrol("c01", CLERK_PIN, word_of("m01", WRONG)), Err(CoreError::PinWrong)));
    enrol("c01", CLERK_PIN, approved()).unwrap();
    assert!(matches!(till.device.state(), State::Open(who) if who == clerk()));
    let clerks_word = word_of("c01", CLERK_PIN);
    assert!(matches!(enrol("c02", WRONG, clerks_word), Err(CoreError::ManagerNeeded)), "a clerk vouches for nobody");
    assert_eq!(till.device.clerks_with_pin().unwrap(), ["c01", "m01"]);
}

#[test]
fn a_trivial_pin_is_refused() {
    let house = House::open();
    let till = Till::paired(&house);
    let enrol = |pin| till.device.enrol_pin(&manager(), pin, &Approval::Nobody);
    for pin in ["000000", "123456", "654321"] {
        assert!(matches!(enrol(pin), Err(CoreError::PinTrivial)), "{pin}");
    }
    for pin in ["", "12345", "20481a", "2048160"] {
        assert!(matches!(enrol(pin), Err(CoreError::BadInput)), "{pin}");
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

/// Guesses as often as it takes, waiting patiently.
fn shut(till: &Till, who: &str) {
    let who = who.parse().unwrap();
    let answers = (0..10).map(|_| {
        till.pass_s(500);
        till.device.unlock(&who, WRONG).unwrap_err()
    });
    assert!(matches!(answers.last(), Some(CoreError::PinShut)), "the tenth says it");
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
fn after_ten_wrong_pins_the_right_one_opens_nothing_whatever_time_it_is() {
    let house = House::open();
    let mut older = Vec::new();
    let till = Till::open(&house).restarted_after(|database| older = fs::read(database).unwrap());
    shut(&till, "m01");
    let is_shut = |till: &Till| matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinShut));
    assert!(is_shut(&till));
    till.pass_s(30 * 86_400);
    assert!(is_shut(&till), "a month later");
    till.clock.jump(-365 * 86_400_000);
    till.clock.reboot();
    let till = till.restarted();
    assert!(is_shut(&till), "after a start of the machine");
    let till = till.restarted_after(|database| fs::write(database, &older).unwrap());
    assert!(is_shut(&till), "with an older database");
}

/// Has the device set up anew without its database, then puts one back.
fn with_another_life(till: Till, house: &House, back: &[u8], lives: impl FnOnce(&Till)) -> Till {
    let vault = till.vault.clone();
    let till = till.restarted_with(vault.clone(), |database| fs::remove_file(database).unwrap());
    till.pair(house);
    lives(&till);
    till.restarted_with(vault, |database| fs::write(database, back).unwrap())
}

#[test]
fn setting_the_device_up_anew_beside_its_database_gives_no_try_back() {
    let house = House::open();
    let mut older = Vec::new();
    let till = Till::open(&house).restarted_after(|database| older = fs::read(database).unwrap());
    shut(&till, "m01");
    let till = with_another_life(till, &house, &older, |till| {
        till.device.enrol_pin(&manager(), SECOND_PIN, &Approval::Nobody).unwrap();
        till.device.unlock(&manager(), SECOND_PIN).unwrap();
    });
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::PinShut)));
}

#[test]
fn a_wrong_approval_counts_against_the_manager_it_names_and_a_right_one_for_nobody_else() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&"m02".parse().unwrap(), SECOND_PIN, &approved()).unwrap();
    let enrol = |approval| till.device.enrol_pin(&clerk(), CLERK_PIN, &approval);
    for _ in 0..4 {
        assert!(matches!(enrol(word_of("m02", MANAGER_PIN)), Err(CoreError::PinWrong)), "the PIN of another manager");
        enrol(approved()).unwrap();
    }
    assert!(matches!(enrol(word_of("m02", WRONG)), Err(CoreError::PinWait(30))));
    assert!(matches!(enrol(word_of("m02", SECOND_PIN)), Err(CoreError::PinWait(_))));
    enrol(approved()).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.pass_s(31);
    till.device.unlock(&"m02".parse().unwrap(), SECOND_PIN).unwrap();
}

#[test]
fn a_forgotten_pin_is_replaced_by_a_manager_and_all_tries_are_forgotten() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()).unwrap();
    shut(&till, "c01");
    till.device.enrol_pin(&clerk(), "641973", &approved()).unwrap();
    let till = till.restarted();
    till.device.unlock(&clerk(), "641973").unwrap();
    for _ in 0..4 {
        assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::PinWrong)));
    }
}

#[test]
fn the_shut_pin_of_a_manager_is_replaced_by_another_manager_whose_pin_is_not_shut() {
    let house = House::open();
    let till = Till::open(&house);
    let second = "m02".parse().unwrap();
    till.device.enrol_pin(&second, SECOND_PIN, &approved()).unwrap();
    shut(&till, "m01");
    assert!(matches!(till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()), Err(CoreError::PinShut)));
    till.device.enrol_pin(&manager(), "641973", &word_of("m02", SECOND_PIN)).unwrap();
    till.device.unlock(&manager(), "641973").unwrap();
}

#[test]
fn the_shut_pin_of_the_only_manager_is_replaced_with_the_recovery_code() {
    let house = House::open();
    let till = Till::open(&house);
    let (old, code) = (till.device.make_recovery_code().unwrap(), till.device.make_recovery_code().unwrap());
    let (old, code) = (old.to_string(), code.to_string());
    till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()).unwrap();
    shut(&till, "m01");
    let enrol = |who, code: &str| till.device.enrol_pin(&who, "641973", &Approval::RecoveryCode(code.to_owned()));
    assert!(matches!(enrol(clerk(), &code), Err(CoreError::ManagerNeeded)), "a clerk's PIN is a manager's business");
    assert!(matches!(enrol(manager(), "K7Q2"), Err(CoreError::RecoveryMistyped)));
    assert!(matches!(enrol(manager(), &old), Err(CoreError::RecoveryWrong)), "not the last one");
    enrol(manager(), &code.to_lowercase()).unwrap();
    till.device.unlock(&manager(), "641973").unwrap();
}

#[test]
fn a_code_that_was_made_beside_the_database_gives_no_pin() {
    let house = House::open();
    let (mut whole, mut code) = (Vec::new(), String::new());
    let till = Till::open(&house).restarted_after(|database| whole = fs::read(database).unwrap());
    let make = |till: &Till| code = till.device.make_recovery_code().unwrap().to_string();
    let till = with_another_life(till, &house, &whole, make);
    let given = till.device.enrol_pin(&manager(), "641973", &Approval::RecoveryCode(code));
    assert!(matches!(given, Err(CoreError::RecoveryWrong)), "{given:?}");
}

#[test]
fn what_only_a_manager_does_wants_a_pin_that_was_just_typed() {
    let house = House::open();
    let till = Till::open(&house);
    let device = &till.device;
    let imports = || device.import_catalogue(b"code,name\nA-1,Pen\n");
    till.pass_s(60);
    imports().unwrap();
    till.pass_s(1);
    assert!(matches!(imports(), Err(CoreError::PinNeeded)));
    assert!(matches!(device.make_recovery_code(), Err(CoreError::PinNeeded)));
    assert!(matches!(device.confirm_recovery_code("x"), Err(CoreError::PinNeeded)));
    device.arrive(1).unwrap();
    assert!(matches!(device.confirm_pin(WRONG), Err(CoreError::PinWrong)));
    assert!(matches!(imports(), Err(CoreError::PinNeeded)));
    device.confirm_pin(MANAGER_PIN).unwrap();
    imports().unwrap();
    till.clock.jump(3_600_000);
    imports().unwrap();
    till.pass_s(61);
    till.clock.jump(-3_600_000);
    assert!(matches!(imports(), Err(CoreError::PinNeeded)), "no clock that is set makes it fresh");
}

#[test]
fn locking_forgets_that_a_pin_was_just_typed() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()).unwrap();
    let imports = || till.device.import_catalogue(b"code,name\nA-1,Pen\n");
    assert!(matches!(imports(), Err(CoreError::ManagerNeeded)), "the approval of a manager signs no manager in");
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.device.lock().unwrap();
    assert!(matches!(till.device.confirm_pin(MANAGER_PIN), Err(CoreError::Locked)));
    assert!(matches!(imports(), Err(CoreError::Locked)));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    imports().unwrap();
}

#[test]
fn a_wrong_pin_counts_wherever_it_is_typed() {
    let house = House::open();
    let till = Till::open(&house);
    for _ in 0..3 {
        till.device.confirm_pin(WRONG).unwrap_err();
    }
    assert!(matches!(till.device.unlock(&manager(), WRONG), Err(CoreError::PinWrong)));
    assert!(matches!(till.device.confirm_pin(WRONG), Err(CoreError::PinWait(30))));
    assert!(matches!(till.device.confirm_pin(MANAGER_PIN), Err(CoreError::PinWait(_))));
    till.pass_s(31);
    till.device.confirm_pin(MANAGER_PIN).unwrap();
    for _ in 0..4 {
        assert!(matches!(till.device.confirm_pin(WRONG), Err(CoreError::PinWrong)), "the right one began anew");
    }
}

#[test]
fn a_pin_that_cost_less_than_is_usual_today_costs_as_much_after_the_next_right_one() {
    let house = House::open();
    let mut till = Till::open(&house);
    till.pin_cost = PinCost { memory_kib: 64, passes: 2 };
    let costs = |till: Till, cost: &str| {
        let root = DeviceRoot::from_item(&till.vault.load(VaultItem::Root).unwrap().unwrap()).unwrap();
        till.restarted_after(|database| {
            let kept = Ledger::open(database, &root.database_key()).unwrap().pin("m01").unwrap().unwrap();
            assert!(kept.hash.contains(cost), "{}", kept.hash);
        })
    };
    let till = costs(till, "m=8,t=1");
    till.device.unlock(&manager(), WRONG).unwrap_err();
    let till = costs(till, "m=8,t=1");
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let till = costs(till, "m=64,t=2");
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}
