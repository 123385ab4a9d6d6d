//! Somebody who guesses at the PINs of a whole device: signs in, vouches and confirms with wrong PINs,
//! ends the program, puts older databases back, sets the clock, starts the machine anew and waits. A notebook
//! knows what each try must be answered; no answer may differ.
//!
//! Every sequence begins with new PINs and can be played alone. A failure names its seed.

use crate::support::{House, Till, clerk, manager};
use floorbook_core::{Approval, CoreError};
use floorbook_model::ClerkId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::{fs, thread};

const SEQUENCES: u64 = 240;
const ACTS: usize = 100;
const PINS: [&str; 2] = ["204816", "739105"];
const WRONG: &str = "505051";

#[test]
fn no_guesser_gets_more_tries_at_a_device_than_the_notebook_allows() {
    let house = &House::open();
    // Clocks leap by weeks here, and a lease that is over lets no clerk come as far as a PIN.
    house
        .hq()
        .set_policy(
            &"north".parse().unwrap(),
            |policy| policy.manager_after_days = None,
            floorbook_hq::Because::default(),
        )
        .unwrap();
    let (even, odd) = thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || play(house, (half..SEQUENCES).step_by(2))));
        halves.map(|half| half.join().unwrap()).into()
    });
    assert!(even + odd >= SEQUENCES / 4, "only {} PINs were shut", even + odd);
}

/// Gives how many PINs were shut.
fn play(house: &House, seeds: impl Iterator<Item = u64>) -> u64 {
    let mut till = Till::open(house);
    let code = till.device.make_recovery_code().unwrap().to_string();
    let mut shut = 0;
    for seed in seeds {
        let mut guesser = Guesser::begins(till, seed, &code);
        for n in 0..ACTS {
            guesser.acts(n);
        }
        shut += guesser.keyring.iter().filter(|count| count.failures >= 10).count() as u64;
        till = guesser.till.take().unwrap();
    }
    shut
}

/// Whose PIN.
#[derive(Clone, Copy)]
enum Who {
    Manager,
    Clerk,
}

/// What the notebook says of the tries at one PIN, in one of the two places.
#[derive(Clone, Copy, Default)]
struct Count {
    failures: u32,
    boot: u32,
    since_s: i64,
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Opens,
    Wrong,
    Wait(u32),
    Shut,
}

struct Guesser {
    till: Option<Till>,
    dice: StdRng,
    keyring: [Count; 2],
    database: [Count; 2],
    copies: Vec<(Vec<u8>, [Count; 2])>,
    now_s: i64,
    boot: u32,
    at: String,
}

impl Guesser {
    /// With a new PIN for the manager, by the code, and one for the clerk, by the manager.
    fn begins(till: Till, seed: u64, code: &str) -> Self {
        till.device.enrol_pin(&manager(), PINS[0], &Approval::RecoveryCode(code.to_owned())).unwrap();
        till.device.enrol_pin(&clerk(), PINS[1], &word(PINS[0])).unwrap();
        Self {
            till: Some(till),
            dice: StdRng::seed_from_u64(seed),
            keyring: [Count::default(); 2],
            database: [Count::default(); 2],
            copies: Vec::new(),
            now_s: 0,
            boot: 0,
            at: format!("seed {seed}"),
        }
    }

    fn till(&self) -> &Till {
        self.till.as_ref().unwrap()
    }

    fn below(&mut self, n: u32) -> u32 {
        self.dice.random_range(0..n)
    }

    fn acts(&mut self, n: usize) {
        let who = if self.below(3) == 0 { Who::Clerk } else { Who::Manager };
        match self.below(100) {
            0..60 => self.guesses(n, who, WRONG),
            60..61 => self.guesses(n, who, PINS[who as usize]),
            61..64 => self.restarts(false),
            64..68 => self.restarts(true),
            68..70 => self.reboots(),
            70..74 => {
                let by_s = i64::from(self.below(200_000)) - 100_000;
                self.till().clock.jump(by_s * 1_000);
            }
            _ => {
                let longest_s = [5, 100, 1_000][self.below(3) as usize];
                let seconds = i64::from(self.below(longest_s));
                self.till().pass_s(seconds);
                self.now_s += seconds;
            }
        }
    }

    /// One of the ways to type a PIN.
    fn guesses(&mut self, n: usize, who: Who, pin: &str) {
        let expected = self.expects(who, pin == PINS[who as usize]);
        let device = &self.till.as_ref().unwrap().device;
        let got = match who {
            Who::Clerk => device.unlock(&clerk(), pin),
            Who::Manager if n.is_multiple_of(2) => device.unlock(&manager(), pin),
            Who::Manager => device.enrol_pin(&bystander(), WRONG, &word(pin)),
        };
        assert_eq!(answer(got), expected, "{}, act {n}", self.at);
    }

    fn expects(&mut self, who: Who, is_right: bool) -> Answer {
        let counts = [self.keyring[who as usize], self.database[who as usize]];
        let failures = counts.iter().map(|count| count.failures).max().unwrap();
        let tried = || counts.iter().filter(|count| count.failures > 0);
        let whole_s = if failures < 5 { 0 } else { 30 << (failures - 5) };
        if failures >= 10 {
            return Answer::Shut;
        }
        if whole_s > 0 && tried().any(|count| count.boot != self.boot) {
            self.counts(who, failures);
            return Answer::Wait(whole_s);
        }
        let left_s = i64::from(whole_s) - (self.now_s - tried().map(|count| count.since_s).max().unwrap_or(0));
        if whole_s > 0 && left_s > 0 {
            return Answer::Wait(u32::try_from(left_s).unwrap() + 1);
        }
        self.counts(who, if is_right { 0 } else { failures + 1 });
        match failures {
            _ if is_right => Answer::Opens,
            0..4 => Answer::Wrong,
            9 => Answer::Shut,
            _ => Answer::Wait(30 << (failures - 4)),
        }
    }

    fn counts(&mut self, who: Who, failures: u32) {
        let count = Count { failures, boot: self.boot, since_s: self.now_s };
        (self.keyring[who as usize], self.database[who as usize]) = (count, count);
    }

    fn restarts(&mut self, puts_back: bool) {
        let back = match u32::try_from(self.copies.len()).unwrap() {
            n if puts_back && n > 0 => Some(self.below(n) as usize),
            _ => None,
        };
        let (copies, database) = (&mut self.copies, &mut self.database);
        let till = self.till.take().unwrap().restarted_after(|file| match back.map(|n| &copies[n]) {
            Some((bytes, counts)) => {
                fs::write(file, bytes).unwrap();
                *database = *counts;
            }
            None => copies.push((fs::read(file).unwrap(), *database)),
        });
        self.till = Some(till);
    }

    fn reboots(&mut self) {
        self.till().clock.reboot();
        self.boot += 1;
        self.restarts(false);
    }
}

fn word(pin: &str) -> Approval {
    Approval::Manager { id: manager(), pin: pin.to_owned() }
}

/// Somebody for whom a PIN is asked; whoever that is has nothing to do with the tries.
fn bystander() -> ClerkId {
    "c02".parse().unwrap()
}

fn answer(got: Result<(), CoreError>) -> Answer {
    match got {
        Ok(()) => Answer::Opens,
        Err(CoreError::PinWrong) => Answer::Wrong,
        Err(CoreError::PinWait(seconds)) => Answer::Wait(seconds),
        Err(CoreError::PinShut) => Answer::Shut,
        Err(error) => panic!("{error:?}"),
    }
}
