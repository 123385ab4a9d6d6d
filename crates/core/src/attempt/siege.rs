//! Somebody who guesses at a PIN with everything that is at hand: ends the program at the worst moment,
//! puts older copies of the database back or deletes what the keyring counted, sets the clock, starts
//! the machine anew, lets the keyring fail, and waits. Sometimes the owner signs in, and sometimes a
//! manager gives a new PIN.
//!
//! Fails when a PIN is verified more than ten times between two right ones, or before its wait has passed
//! in true time. A failure names its seed, which plays the same acts again.

use super::{Target, attempt};
use crate::tries::Marks;
use crate::{CoreError, KeyVault, MemoryVault, VaultError, VaultItem};
use floorbook_ledger::Tries;
use floorbook_model::Recorded;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zeroize::Zeroizing;

const SEQUENCES: u64 = 10_000;
const ACTS: usize = 120;

#[test]
fn ten_thousand_sieges_get_no_more_than_ten_tries_at_a_pin() {
    let mut most = 0;
    for seed in 0..SEQUENCES {
        let mut siege = Siege::new(seed);
        for _ in 0..ACTS {
            siege.acts();
        }
        most = most.max(siege.verified_most);
    }
    assert_eq!(most, 10, "a siege that never gets as far as the tenth try proves nothing");
}

/// What ends a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blow {
    /// The program is killed before it.
    Killed,
    /// The program is killed after it.
    KilledAfter,
    /// It fails without effect.
    Fails,
    /// It fails, but took place.
    FailsAfter,
}

/// The database: which PIN it holds, and the tries at that.
#[derive(Clone, Copy)]
struct Database {
    pin: usize,
    tries: Tries,
}

/// What nobody can set back: how often a PIN was verified since the last right one, and when last.
#[derive(Clone, Copy, Default)]
struct Truth {
    verified: u32,
    last_ms: u64,
}

struct Siege {
    seed: u64,
    dice: StdRng,
    vault: Shaky,
    /// `None` when the program does not run.
    marks: Option<Marks>,
    database: Database,
    copies: Vec<Database>,
    truth: Vec<Truth>,
    verified_most: u32,
    true_ms: u64,
    wall_ms: i64,
    boot: u32,
    boot_ms: u64,
    is_right: bool,
    blow: Option<(usize, Blow)>,
}

impl Siege {
    fn new(seed: u64) -> Self {
        let database = Database { pin: 0, tries: Tries::default() };
        Self {
            seed,
            dice: StdRng::seed_from_u64(seed),
            vault: Shaky::default(),
            marks: None,
            database,
            copies: vec![database],
            truth: vec![Truth::default()],
            verified_most: 0,
            true_ms: 1_000_000,
            wall_ms: 0,
            boot: 1,
            boot_ms: 0,
            is_right: false,
            blow: None,
        }
    }

    fn below(&mut self, n: u32) -> u32 {
        self.dice.random_range(0..n)
    }

    fn acts(&mut self) {
        match self.below(1_000) {
            0..560 => self.tries(false, false),
            560..660 => self.tries(false, true),
            660..668 => self.tries(true, false),
            668..676 => self.tries(true, true),
            676..682 => self.new_pin(),
            682..740 => self.copies.push(self.database),
            740..800 if self.seed.is_multiple_of(2) => self.put_back(),
            740..800 => self.lose_keyring(),
            800..840 => self.marks = None,
            840..880 => self.reboot(),
            880..910 => self.wall_ms += i64::from(self.below(1 << 30)) - (1 << 29),
            _ => {
                let most_s = [1, 10, 100, 1_000][self.below(4) as usize];
                self.true_ms += u64::from(self.below(most_s * 1_000));
            }
        }
    }

    fn put_back(&mut self) {
        self.marks = None;
        let n = self.below(u32::try_from(self.copies.len()).unwrap());
        self.database = self.copies[n as usize];
    }

    /// Somebody deletes what the keyring counted. Against that there is the database, as long as it is not an
    /// older one: a siege has one of the two, never both.
    fn lose_keyring(&mut self) {
        (self.marks, self.vault) = (None, Shaky::default());
    }

    fn reboot(&mut self) {
        (self.marks, self.boot, self.boot_ms) = (None, self.boot + 1, self.true_ms);
    }

    /// As `Device::set_pin`.
    fn new_pin(&mut self) {
        self.vault.blow = None;
        let (before, marks) = (self.database.pin, self.marks.take());
        let mut marks = marks.unwrap_or_else(|| Marks::load(&self.vault).unwrap());
        marks.keep(&self.vault, name(before), Tries::default()).unwrap();
        self.marks = Some(marks);
        self.truth[before] = Truth::default();
        self.truth.push(Truth::default());
        self.database = Database { pin: self.truth.len() - 1, tries: Tries::default() };
    }

    fn tries(&mut self, is_right: bool, is_struck: bool) {
        self.is_right = is_right;
        self.blow = is_struck.then(|| {
            let blow = [Blow::Killed, Blow::KilledAfter, Blow::Fails, Blow::FailsAfter][self.below(4) as usize];
            (self.below(5) as usize, blow)
        });
        if self.marks.is_none() {
            self.marks = Some(Marks::load(&self.vault).unwrap());
        }
        let steady_ms = self.true_ms - self.boot_ms;
        let now = Recorded { wall_ms: self.wall_ms, offset_min: 0, steady_ms, boot: self.boot, server_offset_ms: None };
        let answer = attempt(self, &now);
        assert!(!matches!(answer, Ok(()) if !is_right), "seed {}: a wrong PIN opened", self.seed);
    }

    /// The next step: what strikes it, if anything does.
    fn strikes(&mut self) -> Option<Blow> {
        let (left, blow) = self.blow?;
        self.blow = left.checked_sub(1).map(|left| (left, blow));
        (left == 0).then_some(blow)
    }

    /// Does a step, or what a blow leaves of it.
    fn step<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, CoreError>) -> Result<T, CoreError> {
        let blow = self.strikes();
        if let Some(Blow::KilledAfter | Blow::FailsAfter) | None = blow {
            let done = work(self);
            if blow.is_none() {
                return done;
            }
        }
        if let Some(Blow::Killed | Blow::KilledAfter) = blow {
            self.marks = None;
        }
        Err(CoreError::DiskFull)
    }

    fn verify(&mut self) {
        let (pin, seed) = (self.database.pin, self.seed);
        let Truth { verified, last_ms } = self.truth[pin];
        let wait_ms = [0, 30, 60, 120, 240, 480].get((verified as usize).saturating_sub(4)).unwrap_or(&0) * 1_000;
        assert!(verified < 10, "seed {seed}: PIN {pin} is verified an eleventh time");
        assert!(self.true_ms >= last_ms + wait_ms, "seed {seed}: PIN {pin} is verified before its wait is over");
        self.truth[pin] = Truth { verified: verified + 1, last_ms: self.true_ms };
        self.verified_most = self.verified_most.max(verified + 1);
        if self.is_right {
            self.truth[pin] = Truth::default();
        }
    }
}

impl Target for Siege {
    fn counted(&self) -> [Tries; 2] {
        let in_keyring = self.marks.as_ref().map(|marks| marks.of(&name(self.database.pin)));
        [in_keyring.unwrap(), self.database.tries]
    }

    fn count_in_keyring(&mut self, tries: Tries) -> Result<(), CoreError> {
        // A keyring that fails leaves its mark in the program, too.
        let blow = self.strikes();
        self.vault.blow = blow;
        let pin = name(self.database.pin);
        let kept = match blow {
            Some(Blow::Killed) => Err(CoreError::DiskFull),
            _ => self.marks.as_mut().unwrap().keep(&self.vault, pin, tries),
        };
        if let Some(Blow::Killed | Blow::KilledAfter) = blow {
            self.marks = None;
            return Err(CoreError::DiskFull);
        }
        kept
    }

    fn count_in_database(&mut self, tries: Tries) -> Result<(), CoreError> {
        self.step(|siege| {
            siege.database.tries = tries;
            Ok(())
        })
    }

    fn fits(&mut self) -> Result<bool, CoreError> {
        self.step(|siege| {
            siege.verify();
            Ok(siege.is_right)
        })
    }
}

fn name(pin: usize) -> String {
    pin.to_string()
}

/// A keyring that may be struck.
#[derive(Default)]
struct Shaky {
    kept: MemoryVault,
    blow: Option<Blow>,
}

impl KeyVault for Shaky {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.kept.load(item)
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        if self.blow == Some(Blow::Fails) {
            return Err(VaultError::Locked);
        }
        self.kept.keep(item, secret)?;
        if self.blow == Some(Blow::FailsAfter) { Err(VaultError::Failing) } else { Ok(()) }
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.kept.forget(item)
    }
}
