//! Stores: their place, their pack and who works there.

use crate::archive::{Row, Transaction, values};
use crate::{Act, Because, Hq, HqError, audit, kits, packs};
use floorbook_model::{Calendar, ClerkId, Pack, StoreId};
use floorbook_protocol::{Clerk, Policy, Role, StoreRecord};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const NAME_CHARS_MAX: usize = 64;
const ROSTER_MAX: usize = 200;
/// Days after which a rule of a store may set in.
const LEASE_DAYS: RangeInclusive<u16> = 1..=365;
/// Managers have so many days to do something before a key destroys itself.
const NOTICE_DAYS: u16 = 7;

/// A store to be added.
#[derive(Clone, Debug)]
pub struct NewStore {
    /// Its record, as devices will get it.
    pub record: StoreRecord,
    /// Form pack.
    pub pack: Pack,
    /// Who works there, in the order of the sign-in screen.
    pub roster: Vec<Clerk>,
}

impl NewStore {
    /// A store with the usual settings: Shanghai time, a day that begins at four, yuan, and one
    /// manager and three clerks to be renamed.
    pub fn new(id: StoreId, name: impl Into<String>, pack: Pack) -> Self {
        let record = StoreRecord {
            id,
            name: name.into(),
            time_zone: "Asia/Shanghai".to_owned(),
            cut_hour: 4,
            currency: "CNY".to_owned(),
        };
        Self { record, pack, roster: default_roster() }
    }
}

/// A store, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreLine {
    /// Its record.
    pub record: StoreRecord,
    /// Pack id.
    pub pack: String,
    /// Pack version.
    pub pack_version: u32,
    /// Its rules.
    pub policy: Policy,
    /// Paired devices that were not revoked.
    pub devices: u32,
}

impl Hq {
    /// Adds a store and publishes its pack, which goes on record like every change of it.
    ///
    /// # Errors
    /// [`HqError::StoreExists`], [`HqError::PackRefused`] with every finding,
    /// [`HqError::PackTaken`], or [`HqError::BadInput`]. Nothing is stored then.
    pub fn add_store(&self, store: &NewStore, because: Because<'_>) -> Result<(), HqError> {
        check(store)?;
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| {
            if read(tx, &store.record.id)?.is_some() {
                return Err(HqError::StoreExists(store.record.id.clone()));
            }
            let pack = packs::publish(tx, &store.pack)?;
            insert(tx, &store.record, pack, now_ms)?;
            insert_roster(tx, &store.record.id, &store.roster)?;
            let NewStore { record, pack, roster } = store;
            let detail = format!("{}: {}; {}", record.id, pack_in_words(pack), roster_in_words(roster));
            audit::record_change(tx, now_ms, Act::StoreAdded, &detail, because)
        })
    }

    /// Puts other people in the place of those of a store; its devices learn of it when they next ask.
    ///
    /// # Errors
    /// [`HqError::StoreUnknown`] or [`HqError::BadInput`]. Nothing is stored then.
    pub fn set_roster(&self, store: &StoreId, roster: &[Clerk], because: Because<'_>) -> Result<(), HqError> {
        refuse(&wrong_roster(roster))?;
        self.change_kit(store, (Act::RosterSet, because), |tx| {
            tx.execute("DELETE FROM clerks WHERE store = ?1", values![store.as_str()])?;
            insert_roster(tx, store, roster)?;
            Ok(((), roster_in_words(roster)))
        })
    }

    /// Gives a store a later version of its pack, or the pack of another trade, and publishes it; its devices
    /// learn of it when they next ask.
    ///
    /// # Errors
    /// [`HqError::StoreUnknown`], [`HqError::PackRefused`] with every finding, [`HqError::PackTaken`], or
    /// [`HqError::PackNotLater`]. Nothing is stored then.
    pub fn set_pack(&self, store: &StoreId, pack: &Pack, because: Because<'_>) -> Result<(), HqError> {
        self.change_kit(store, (Act::PackSet, because), |tx| {
            let (_, held, _) = read_kit(tx, store)?;
            if held.id == pack.id && pack.version <= held.version {
                return Err(HqError::PackNotLater { id: held.id, version: held.version });
            }
            let number = packs::publish(tx, pack)?;
            tx.execute("UPDATE stores SET pack = ?2 WHERE id = ?1", values![store.as_str(), number])?;
            Ok(((), pack_in_words(pack)))
        })
    }

    /// Changes the rules of a store and says what they are then; its devices learn of it when they next ask.
    ///
    /// # Errors
    /// [`HqError::StoreUnknown`] or [`HqError::BadInput`]. Nothing is stored then.
    pub fn set_policy(
        &self,
        store: &StoreId,
        change: impl FnOnce(&mut Policy),
        because: Because<'_>,
    ) -> Result<Policy, HqError> {
        self.change_kit(store, (Act::PolicySet, because), |tx| {
            let mut policy = kits::policy(tx, store)?;
            change(&mut policy);
            refuse(&wrong_policy(policy))?;
            let text = serde_json::to_string(&policy)?;
            tx.execute("UPDATE stores SET policy = ?2 WHERE id = ?1", values![store.as_str(), &text])?;
            Ok((policy, text))
        })
    }

    /// `change` also gives what is said of it on record.
    fn change_kit<T>(
        &self,
        store: &StoreId,
        (act, because): (Act, Because<'_>),
        change: impl FnOnce(&dyn Transaction) -> Result<(T, String), HqError>,
    ) -> Result<T, HqError> {
        let now_ms = self.clock.wall_ms();
        self.archive.write(|tx| {
            if read(tx, store)?.is_none() {
                return Err(HqError::StoreUnknown(store.clone()));
            }
            kits::raise(tx, store, now_ms)?;
            let (changed, words) = change(tx)?;
            audit::record_change(tx, now_ms, act, &format!("{store}: {words}"), because)?;
            Ok(changed)
        })
    }

    /// Every store, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stores(&self) -> Result<Vec<StoreLine>, HqError> {
        self.archive.read(|tx| {
            let sql = "SELECT s.id, s.name, s.time_zone, s.cut_hour, s.currency, p.id, p.version,
                     (SELECT count(*) FROM devices AS d
                      WHERE d.store = s.id AND d.revoked_ms IS NULL AND d.stands_in_for IS NULL)
                 FROM stores AS s JOIN packs AS p ON p.number = s.pack ORDER BY s.id";
            let lines = tx.all(sql, &[], |row| {
                Ok(StoreLine {
                    record: record_of(row)?,
                    pack: row.get(5)?,
                    pack_version: row.get(6)?,
                    policy: Policy::default(),
                    devices: row.get(7)?,
                })
            })?;
            let with_policy = |line: StoreLine| Ok(StoreLine { policy: kits::policy(tx, &line.record.id)?, ..line });
            lines.into_iter().map(with_policy).collect()
        })
    }
}

/// The record of one store.
pub(crate) fn read(tx: &dyn Transaction, id: &StoreId) -> Result<Option<StoreRecord>, HqError> {
    let sql = "SELECT id, name, time_zone, cut_hour, currency FROM stores WHERE id = ?1";
    tx.first(sql, values![id.as_str()], record_of)
}

/// What a device of `store` works with: its record, pack and roster.
pub(crate) fn read_kit(tx: &dyn Transaction, store: &StoreId) -> Result<(StoreRecord, Pack, Vec<Clerk>), HqError> {
    let record = read(tx, store)?.ok_or_else(|| HqError::StoreUnknown(store.clone()))?;
    let sql = "SELECT p.body FROM packs AS p JOIN stores AS s ON s.pack = p.number WHERE s.id = ?1";
    let pack: String = tx.one("stores", sql, values![store.as_str()], |row| row.get(0))?;
    let sql = "SELECT id, name, role FROM clerks WHERE store = ?1 ORDER BY place";
    let roster = tx.all(sql, values![store.as_str()], |row| {
        let role = if row.text(2)? == role_name(Role::Manager) { Role::Manager } else { Role::Clerk };
        Ok(Clerk { id: code(row, 0)?, name: row.get(1)?, role })
    })?;
    Ok((record, serde_json::from_str(&pack)?, roster))
}

/// The codes of people and what they may do; their names change, and are not for the register.
fn roster_in_words(roster: &[Clerk]) -> String {
    roster.iter().map(|clerk| format!("{} {}", clerk.id, role_name(clerk.role))).collect::<Vec<_>>().join(", ")
}

fn pack_in_words(pack: &Pack) -> String {
    format!("{} v{}", pack.id, pack.version)
}

fn check(store: &NewStore) -> Result<(), HqError> {
    let record = &store.record;
    refuse(&[
        (!is_name(&record.name), "a store's name has 1 to 64 characters"),
        (Calendar::new(&record.time_zone, 0).is_err(), "no such time zone; give an IANA name such as Asia/Shanghai"),
        (record.cut_hour > 23, "the cut hour is 0 to 23"),
        (!is_currency(&record.currency), "a currency is three capital letters such as CNY"),
    ])?;
    refuse(&wrong_roster(&store.roster))
}

fn wrong_roster(roster: &[Clerk]) -> [(bool, &'static str); 4] {
    let ids: BTreeSet<&ClerkId> = roster.iter().map(|clerk| &clerk.id).collect();
    [
        (roster.is_empty() || roster.len() > ROSTER_MAX, "a roster has 1 to 200 people"),
        (roster.iter().any(|clerk| !is_name(&clerk.name)), "a clerk's name has 1 to 64 characters"),
        (ids.len() < roster.len(), "two people of the roster have the same code"),
        (roster.iter().all(|clerk| clerk.role == Role::Clerk), "a roster needs a manager"),
    ]
}

fn wrong_policy(policy: Policy) -> [(bool, &'static str); 2] {
    let Policy { manager_after_days: manager, wipe_after_days: wipe, .. } = policy;
    let is_soon = manager.zip(wipe).is_some_and(|(manager, wipe)| wipe < manager.saturating_add(NOTICE_DAYS));
    [
        (manager.into_iter().chain(wipe).any(|days| !LEASE_DAYS.contains(&days)), "give 1 to 365 days, or never"),
        (is_soon, "a device destroys its key no sooner than 7 days after it wants a manager"),
    ]
}

fn refuse(wrong: &[(bool, &'static str)]) -> Result<(), HqError> {
    match wrong.iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, message)) => Err(HqError::BadInput(message)),
        None => Ok(()),
    }
}

fn is_name(text: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&text.trim().chars().count())
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn insert(tx: &dyn Transaction, record: &StoreRecord, pack: i64, now_ms: i64) -> Result<(), HqError> {
    tx.execute(
        "INSERT INTO stores (id, name, time_zone, cut_hour, currency, pack, made_ms, epoch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        values![record.id.as_str(), &record.name, &record.time_zone, record.cut_hour, &record.currency, pack, now_ms],
    )?;
    Ok(())
}

fn insert_roster(tx: &dyn Transaction, store: &StoreId, roster: &[Clerk]) -> Result<(), HqError> {
    let sql = "INSERT INTO clerks (store, id, place, name, role) VALUES (?1, ?2, ?3, ?4, ?5)";
    for (place, clerk) in (0_i64..).zip(roster) {
        tx.execute(sql, values![store.as_str(), clerk.id.as_str(), place, &clerk.name, role_name(clerk.role)])?;
    }
    Ok(())
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Clerk => "clerk",
        Role::Manager => "manager",
    }
}

fn record_of(row: &dyn Row) -> Result<StoreRecord, HqError> {
    Ok(StoreRecord {
        id: code(row, 0)?,
        name: row.get(1)?,
        time_zone: row.get(2)?,
        cut_hour: row.get(3)?,
        currency: row.get(4)?,
    })
}

/// A column that holds a code.
pub(crate) fn code<T: TryFrom<String, Error = floorbook_model::BadCode>>(
    row: &dyn Row,
    column: usize,
) -> Result<T, HqError> {
    T::try_from(row.get(column)?).map_err(|_| HqError::Column(column))
}

fn default_roster() -> Vec<Clerk> {
    let people = [
        ("m01", "店长", Role::Manager),
        ("c01", "小李", Role::Clerk),
        ("c02", "小王", Role::Clerk),
        ("c03", "小赵", Role::Clerk),
    ];
    let clerk = |(id, name, role): (&str, &str, Role)| {
        let id = id.parse().expect("these codes are codes");
        Clerk { id, name: name.to_owned(), role }
    };
    people.map(clerk).into()
}
