//! What headquarters wants reaches a device that is far away, and happens there.

use crate::support::{House, MANAGER_PIN, Till, approved, clerk, is_locked, manager, tap};
use floorbook_core::{Approval, ContactCard, CoreError, Given, MemoryVault, RECOVERY_FILE, State};
use floorbook_hq::Because;
use floorbook_protocol::{Clerk, Role};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DAY_S: i64 = 86_400;
const CLERK_PIN: &str = "739150";
const BECAUSE: Because<'_> = Because { who: "Officer", reason: "the tablet was stolen" };

/// A till on which a clerk and a manager have a PIN, and the clerk is signed in.
fn worked(house: &House) -> Till {
    let till = Till::open(house);
    till.device.enrol_pin(&clerk(), CLERK_PIN, &approved()).unwrap();
    till
}

fn roster(people: &[(&str, Role)]) -> Vec<Clerk> {
    let clerk = |(id, role): &(&str, Role)| Clerk { id: id.parse().unwrap(), name: (*id).to_owned(), role: *role };
    people.iter().map(clerk).collect()
}

impl House {
    fn employs(&self, people: &[(&str, Role)]) {
        self.hq().set_roster(&"north".parse().unwrap(), &roster(people), Because::default()).unwrap();
    }
}

#[test]
fn somebody_who_left_the_store_is_out_at_once_and_the_visit_goes_on() {
    let house = House::open();
    let till = worked(&house);
    let visit = till.device.arrive(2).unwrap().visit.id();
    till.device.note(visit, &tap("matters", "comfort")).unwrap();
    house.employs(&[("m01", Role::Manager), ("c09", Role::Clerk)]);
    till.obeys();
    assert!(matches!(till.device.state(), State::Locked), "the clerk who was signed in is not of the store any more");
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::BadInput)));
    assert!(is_locked(till.device.board()));
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.device.board().unwrap().running.len(), 1);
    assert!(till.device.profile().unwrap().roster.iter().any(|clerk| clerk.id.as_str() == "c09"));
    let till = till.restarted();
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::BadInput)), "and stays out");
}

#[test]
fn a_contact_that_a_wiped_device_had_not_sent_comes_when_it_is_found() {
    let house = House::open();
    let till = Till::open(&house);
    till.drain();
    let id = till.id(&house);
    house.hq().wipe_device(id, BECAUSE).unwrap();
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.turn_to_visitor(visit).unwrap();
    let card = ContactCard { phone: Some("13800138000".to_owned()), ..ContactCard::default() };
    let given = Given {
        card,
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: tap("matters", "comfort"),
    };
    let code = till.device.give_contact(&given).unwrap();
    till.obeys();
    assert!(till.device.wiped().unwrap().sealed > 1);
    assert!(house.hq().contacts().unwrap().is_empty());
    till.pair(&house);
    till.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    till.drain();
    let opened = house.hq().open_contact(&code, &house.contact_key(), BECAUSE).unwrap();
    assert_eq!(opened.card.unwrap(), serde_json::json!({ "phone": "+8613800138000" }));
    assert_eq!(opened.history.len(), 1, "with the consent, of the device that is no more");
}

#[test]
fn nobody_makes_themselves_manager_by_a_change_of_the_people() {
    let house = House::open();
    let till = worked(&house);
    let paper = {
        till.device.unlock(&manager(), MANAGER_PIN).unwrap();
        till.device.make_recovery_code().unwrap().to_string()
    };
    house.employs(&[("m09", Role::Manager), ("c01", Role::Clerk)]);
    till.obeys();
    let enrol = |who: &str, approval| till.device.enrol_pin(&who.parse().unwrap(), "913604", &approval);
    assert!(matches!(enrol("m09", Approval::Nobody), Err(CoreError::ManagerNeeded)));
    assert!(matches!(till.device.make_recovery_code(), Err(CoreError::Locked)));
    enrol("m09", Approval::RecoveryCode(paper.clone())).unwrap();
    house.employs(&[("m01", Role::Manager)]);
    till.obeys();
    assert!(till.device.clerks_with_pin().unwrap().is_empty(), "whoever comes back begins anew");
    assert!(till.device.unlock(&manager(), MANAGER_PIN).is_err());
    assert!(matches!(enrol("m01", Approval::Nobody), Err(CoreError::ManagerNeeded)), "although nobody has one now");
    enrol("m01", Approval::RecoveryCode(paper)).unwrap();
}

#[test]
fn headquarters_vouches_for_a_manager_where_nobody_else_can() {
    let house = House::open();
    let (till, other) = (Till::open(&house), Till::beside(&house, 2));
    till.hears();
    other.hears();
    let [ours, theirs] = [0, 1].map(|n| {
        let (id, file) = (house.hq().devices().unwrap()[n].id, house.folder().join(format!("{n}.sealed")));
        (house.hq().recover_device(id, &house.contact_key(), &file, BECAUSE).unwrap().to_string(), file)
    });
    let enrol = |who: &str, (code, file): &(String, PathBuf)| {
        fs::copy(file, till.database().with_file_name(RECOVERY_FILE)).unwrap();
        till.device.enrol_pin(&who.parse().unwrap(), "913604", &Approval::RecoveryCode(code.clone()))
    };
    assert!(matches!(enrol("m02", &ours), Err(CoreError::RecoveryWrong)), "another manager has a PIN");
    house.employs(&[("m09", Role::Manager), ("c01", Role::Clerk)]);
    till.obeys();
    assert!(matches!(enrol("m09", &theirs), Err(CoreError::RecoveryWrong)), "the code of another device");
    assert!(matches!(enrol("c01", &ours), Err(CoreError::ManagerNeeded)));
    enrol("m09", &ours).unwrap();
}

#[test]
fn whoever_stays_of_the_store_goes_on_without_noticing() {
    let house = House::open();
    let till = worked(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    house.employs(&[("m01", Role::Manager), ("c01", Role::Clerk), ("c09", Role::Clerk)]);
    till.obeys();
    assert!(matches!(till.device.state(), State::Open(id) if id == clerk()));
    till.device.note(visit, &tap("matters", "comfort")).unwrap();
    till.device.undo().unwrap();
    till.drain();
    assert_eq!(house.exported().len(), 1);
}

#[test]
fn a_clerk_who_was_made_a_manager_types_the_pin_anew() {
    let house = House::open();
    let till = worked(&house);
    house.employs(&[("m01", Role::Manager), ("c01", Role::Manager)]);
    till.obeys();
    assert!(matches!(till.device.state(), State::Locked));
    till.device.unlock(&clerk(), CLERK_PIN).unwrap();
}

#[test]
fn a_device_that_is_shut_out_lets_nobody_in() {
    let house = House::open();
    let till = worked(&house);
    house.hq().revoke_device(till.id(&house), Because::default()).unwrap();
    till.device.arrive(1).unwrap();
    till.obeys();
    assert!(till.device.is_shut_out());
    for (who, pin) in [(manager(), MANAGER_PIN), (clerk(), CLERK_PIN)] {
        assert!(matches!(till.device.unlock(&who, pin), Err(CoreError::ShutOut)));
    }
    let anew = Approval::Manager { id: "m02".parse().unwrap(), pin: MANAGER_PIN.to_owned() };
    assert!(matches!(till.device.enrol_pin(&manager(), "913604", &anew), Err(CoreError::ShutOut)));
    let till = till.restarted();
    assert!(matches!(till.device.unlock(&manager(), MANAGER_PIN), Err(CoreError::ShutOut)));
    assert_eq!(till.waiting(), 1, "nothing is lost of what it holds");
}

#[test]
fn a_stolen_device_is_as_new_once_it_hears_of_it() {
    let house = House::open();
    let till = worked(&house);
    till.drain();
    let visit = till.device.arrive(1).unwrap().visit.id();
    house.hq().wipe_device(till.id(&house), BECAUSE).unwrap();
    till.device.note(visit, &tap("matters", "comfort")).unwrap();
    till.obeys();
    assert!(matches!(till.device.state(), State::Setup));
    assert!(!till.database().exists() && till.device.profile().is_none());
    assert!(till.device.wiped().unwrap().sealed >= 1, "what headquarters had not is sealed to it");
    till.pair(&house);
    assert!(matches!(till.device.state(), State::Locked));
    assert!(till.device.wiped().is_none() && till.device.clerks_with_pin().unwrap().is_empty());
}

#[test]
fn a_contact_that_headquarters_erased_is_erased_on_the_device() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.device.turn_to_visitor(visit).unwrap();
    let given = Given {
        card: ContactCard { phone: Some("13800138000".into()), ..ContactCard::default() },
        purposes: vec!["notify".to_owned()],
        is_of_age: true,
        locale: "zh-CN".to_owned(),
        answers: tap("matters", "comfort"),
    };
    let code = till.device.give_contact(&given).unwrap();
    till.drain();
    house.hq().erase_contact(&code, BECAUSE).unwrap();
    till.device.send_now().unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.until(|_| till.device.contact_of(visit).unwrap().is_none());
    assert!(till.device.find_contacts("13800138000").unwrap().is_empty());
    till.drain();
    assert!(house.hq().contacts().unwrap().iter().all(|line| line.erased_ms.is_some()));
}

#[test]
fn a_store_that_stays_away_for_a_week_opens_for_its_manager_and_then_for_a_day() {
    let mut house = House::open();
    let till = worked(&house);
    till.hears();
    house.kill();
    till.pass_s(7 * DAY_S - 60);
    till.device.unlock(&clerk(), CLERK_PIN).unwrap();
    till.pass_s(60);
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::LeaseOver)));
    let till = till.restarted();
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::LeaseOver)), "a start changes nothing");
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    till.device.unlock(&clerk(), CLERK_PIN).unwrap();
    till.pass_s(DAY_S);
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::LeaseOver)), "the next day again");
    house.restart();
    till.hears();
    till.device.unlock(&clerk(), CLERK_PIN).unwrap();
}

#[test]
fn setting_the_clock_back_behind_the_last_event_gains_nothing() {
    let mut house = House::open();
    let till = worked(&house);
    till.hears();
    house.kill();
    till.pass_s(7 * DAY_S);
    till.device.arrive(1).unwrap(); // by whoever is still signed in
    till.pass_s(-3 * DAY_S);
    assert!(matches!(till.device.unlock(&clerk(), CLERK_PIN), Err(CoreError::LeaseOver)));
}

#[test]
fn a_key_for_contacts_that_headquarters_makes_later_reaches_a_device_that_is_paired() {
    let mut house = House::without_contact_key();
    let till = Till::open(&house);
    assert!(till.device.profile().unwrap().contact_key.is_none());
    house.make_contact_key();
    till.obeys();
    assert!(till.device.profile().unwrap().contact_key.is_some());
}

#[test]
fn headquarters_holds_what_opens_the_database_and_only_its_offline_key_reads_it() {
    let house = House::open();
    let till = Till::open(&house);
    till.hears();
    let file = house.folder().join("recovery.sealed");
    let paper = house.hq().recover_device(till.id(&house), &house.contact_key(), &file, BECAUSE).unwrap();
    let till = till.restarted_with(Arc::new(MemoryVault::default()), |database| {
        fs::copy(&file, database.with_file_name(RECOVERY_FILE)).unwrap();
    });
    assert!(matches!(till.device.state(), State::Trouble(CoreError::KeyLost)));
    till.device.recover(&paper.to_string()).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

/// What headquarters made for a till: the code, and the file for its folder.
fn made_by_hq(house: &House, till: &Till, name: &str) -> (String, PathBuf) {
    till.hears();
    let file = house.folder().join(name);
    let code = house.hq().recover_device(till.id(house), &house.contact_key(), &file, BECAUSE).unwrap();
    (code.to_string(), file)
}

/// The file is there, and the keyring has nothing.
fn with_file(till: Till, file: &Path) -> Till {
    till.restarted_with(Arc::new(MemoryVault::default()), |database| {
        fs::copy(file, database.with_file_name(RECOVERY_FILE)).unwrap();
    })
}

#[test]
fn a_code_of_headquarters_opens_a_device_until_there_is_a_new_one_and_the_lost_paper_never_again() {
    let house = House::open();
    let till = Till::open(&house);
    let lost = till.device.make_recovery_code().unwrap().to_string();
    till.device.confirm_recovery_code(&lost).unwrap();
    let old_paper = fs::read(till.database().with_file_name(RECOVERY_FILE)).unwrap();
    let visit = till.device.arrive(2).unwrap().visit.id();
    let (code, file) = made_by_hq(&house, &till, "recovery.sealed");

    let till = with_file(till, &file);
    till.device.recover(&code).unwrap();
    assert!(till.device.is_recovery_due().unwrap(), "a manager is told to make a new code");
    let till = with_file(till, &file);
    till.device.recover(&code).unwrap(); // the keyring fails again before anybody made one
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let new = till.device.make_recovery_code().unwrap().to_string();
    till.device.confirm_recovery_code(&new).unwrap();
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    assert_eq!(till.device.board().unwrap().running[0].visit.id(), visit, "under a new key, with everything in it");
    assert!(!till.device.is_recovery_due().unwrap());

    let till = with_file(till, &file);
    assert!(matches!(till.device.recover(&code), Err(CoreError::KeyMismatch)));
    fs::write(till.database().with_file_name(RECOVERY_FILE), old_paper).unwrap();
    assert!(matches!(till.device.recover(&lost), Err(CoreError::KeyMismatch)));
}

#[test]
fn the_new_code_that_is_made_after_one_of_headquarters_stays_good() {
    let house = House::open();
    let till = Till::open(&house);
    let (code, file) = made_by_hq(&house, &till, "first.sealed");
    let till = with_file(till, &file);
    till.device.recover(&code).unwrap();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
    let new = till.device.make_recovery_code().unwrap().to_string();
    till.device.confirm_recovery_code(&new).unwrap();
    let till = till.restarted();
    assert!(!till.device.is_recovery_due().unwrap());
    let (next_code, next_file) = made_by_hq(&house, &till, "second.sealed");

    let till = till.restarted_with(Arc::new(MemoryVault::default()), |_| ());
    till.device.recover(&new).unwrap();
    let till = with_file(till, &next_file);
    till.device.recover(&next_code).unwrap(); // headquarters was sent the new key
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

#[test]
fn a_code_of_headquarters_vouches_for_a_pin_until_there_is_a_new_one() {
    let house = House::open();
    let till = Till::open(&house);
    let (code, file) = made_by_hq(&house, &till, "recovery.sealed");
    let till = with_file(till, &file);
    till.device.recover(&code).unwrap();
    let enrol = |till: &Till, who: &str| {
        till.device.enrol_pin(&who.parse().unwrap(), "913604", &Approval::RecoveryCode(code.clone()))
    };
    enrol(&till, "m01").unwrap();
    let till = till.restarted();
    enrol(&till, "m01").unwrap();
    let new = till.device.make_recovery_code().unwrap().to_string();
    till.device.confirm_recovery_code(&new).unwrap();
    let till = till.restarted();
    fs::copy(&file, till.database().with_file_name(RECOVERY_FILE)).unwrap();
    assert!(matches!(enrol(&till, "m01"), Err(CoreError::RecoveryWrong)));
}

#[test]
fn a_new_manager_is_vouched_for_although_the_one_before_has_gone() {
    let house = House::open();
    let till = worked(&house);
    house.employs(&[("m02", Role::Manager), ("c01", Role::Clerk)]);
    till.obeys();
    let new = "m02".parse().unwrap();
    let alone = till.device.enrol_pin(&new, "913604", &Approval::Nobody);
    assert!(matches!(alone, Err(CoreError::ManagerNeeded)), "whoever taps the tile first is no manager by that");
}
