//! Tries at PINs, counted where neither killing the program, nor an older database, nor a clock that
//! is set takes one back: in the database and in the keyring, and the stricter of the two holds.

use crate::attempt::{Target, attempt};
use crate::device::{Paired, hold};
use crate::pin::{self, KeptPin};
use crate::{CoreError, Device, KeyVault, VaultError, VaultItem};
use floorbook_ledger::{Ledger, PinRecord, Tries};
use floorbook_model::ClerkId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const VERSION: u8 = 1;

/// The item of the keyring, JSON: the tries in vain at those PINs that had any, by [`KeptPin::name`].
/// Not by clerk: the device can be set up anew beside its database, and a PIN given there says nothing
/// about the one that is guessed at.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    version: u8,
    tries: BTreeMap<String, Tries>,
}

impl Marks {
    pub(crate) fn load(vault: &dyn KeyVault) -> Result<Self, CoreError> {
        let Some(item) = vault.load(VaultItem::PinTries)? else {
            return Ok(Self { version: VERSION, tries: BTreeMap::new() });
        };
        let marks = serde_json::from_slice(&item).ok().filter(|marks: &Self| marks.version == VERSION);
        Ok(marks.ok_or(VaultError::Failing)?)
    }

    pub(crate) fn of(&self, pin: &str) -> Tries {
        self.tries.get(pin).copied().unwrap_or_default()
    }

    /// Keeps the tries at a PIN. When that fails it may know of more tries than the keyring, never of fewer
    /// that were in vain.
    pub(crate) fn keep(&mut self, vault: &dyn KeyVault, pin: String, tries: Tries) -> Result<(), CoreError> {
        if tries == Tries::default() {
            self.tries.remove(&pin);
        } else {
            self.tries.insert(pin, tries);
        }
        let item = serde_json::to_vec(self).map_err(CoreError::storage)?;
        Ok(vault.keep(VaultItem::PinTries, &item)?)
    }
}

/// Somebody's PIN on this device while `typed` is tried.
struct Guess<'a> {
    vault: &'a dyn KeyVault,
    marks: &'a mut Marks,
    ledger: &'a Ledger,
    clerk: &'a str,
    kept: &'a KeptPin,
    in_database: Tries,
    typed: &'a str,
    pepper: &'a [u8; 32],
}

impl Target for Guess<'_> {
    fn counted(&self) -> [Tries; 2] {
        [self.marks.of(&self.kept.name()), self.in_database]
    }

    fn count_in_keyring(&mut self, tries: Tries) -> Result<(), CoreError> {
        self.marks.keep(self.vault, self.kept.name(), tries)
    }

    fn count_in_database(&mut self, tries: Tries) -> Result<(), CoreError> {
        Ok(self.ledger.set_tries(self.clerk, tries)?)
    }

    fn fits(&mut self) -> Result<bool, CoreError> {
        self.kept.fits(self.typed, self.pepper)
    }
}

impl Device {
    /// Tries a PIN. One that cost less than is usual today is hashed anew when it was right.
    pub(crate) fn try_pin(&self, paired: &Paired, clerk: &ClerkId, typed: &str) -> Result<(), CoreError> {
        let (vault, ledger, clerk) = (&*self.environment.vault, paired.book.ledger(), clerk.as_str());
        self.with_marks(paired, |marks| {
            let PinRecord { hash, tries: in_database } = ledger.pin(clerk)?.ok_or(CoreError::BadInput)?;
            let (kept, pepper) = (KeptPin::read(&hash)?, &*paired.root.pin_pepper());
            let mut guess = Guess { vault, marks, ledger, clerk, kept: &kept, in_database, typed, pepper };
            attempt(&mut guess, &self.environment.clock.now())?;
            match kept.renewed(typed, pepper, self.environment.pin_cost)? {
                Some(hash) => Ok(ledger.set_pin(clerk, &hash)?),
                None => Ok(()),
            }
        })
    }

    /// Gives a PIN, whatever was tried at the one before it.
    pub(crate) fn set_pin(&self, paired: &Paired, clerk: &ClerkId, pin: &str) -> Result<(), CoreError> {
        let (vault, ledger, clerk) = (&*self.environment.vault, paired.book.ledger(), clerk.as_str());
        let mut salt = [0; 16];
        self.environment.rng.fill(&mut salt);
        let hash = pin::hash(pin, &salt, &paired.root.pin_pepper(), self.environment.pin_cost)?;
        self.with_marks(paired, |marks| {
            let before = ledger.pin(clerk)?.and_then(|record| KeptPin::read(&record.hash).ok());
            if let Some(before) = before {
                marks.keep(vault, before.name(), Tries::default())?;
            }
            Ok(ledger.set_pin(clerk, &hash)?)
        })
    }

    /// One at a time, or guesses made at once would count as one.
    fn with_marks<T>(
        &self,
        paired: &Paired,
        work: impl FnOnce(&mut Marks) -> Result<T, CoreError>,
    ) -> Result<T, CoreError> {
        let mut marks = hold(&paired.marks);
        work(match &mut *marks {
            Some(marks) => marks,
            none => none.insert(Marks::load(&*self.environment.vault)?),
        })
    }
}
