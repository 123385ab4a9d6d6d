//! What headquarters wants is done whatever stands in the way.

use crate::support::{House, MANAGER_PIN, Till, manager};
use floorbook_core::{DATABASE_FILE, DeviceRoot, KeyVault, State, VaultItem, WIPED_FILE};
use floorbook_hq::Because;
use floorbook_ledger::SCHEMA;
use floorbook_protocol::{Clerk, Role};
use floorbook_sqlite::{Database, DatabaseKey};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const BECAUSE: Because<'_> = Because { who: "Officer", reason: "the tablet was stolen" };
/// Nothing is noted any more, as on a full disk.
const NOTHING_IS_NOTED: &str = "CREATE TRIGGER full BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'full'); END";

impl House {
    fn employs_a_third(&self) {
        let person = |id: &str, role| Clerk { id: id.parse().unwrap(), name: id.to_owned(), role };
        let people = [person("m01", Role::Manager), person("c01", Role::Clerk), person("c09", Role::Clerk)];
        self.hq().set_roster(&"north".parse().unwrap(), &people, Because::default()).unwrap();
    }

    /// Does something to its database behind its back.
    fn suffers(&self, sql: &str) {
        let (path, key) = self.database();
        let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let database = Connection::open(path).unwrap();
        database.execute_batch(&format!("PRAGMA key = \"x'{digits}'\"; PRAGMA busy_timeout = 5000; {sql}")).unwrap();
    }
}

impl Till {
    fn key(&self) -> DatabaseKey {
        let item = self.vault.load(VaultItem::Root).unwrap().unwrap();
        DeviceRoot::from_item(&item).unwrap().database_key()
    }

    fn knows_the_third(&self) -> bool {
        self.device.profile().unwrap().roster.iter().any(|clerk| clerk.id.as_str() == "c09")
    }
}

/// Does something to the database of a device behind its back.
fn suffers(database: &Path, key: &DatabaseKey, sql: &str) {
    let done: rusqlite::Result<()> = Database::open(database, key, SCHEMA).unwrap().write(|tx| tx.execute_batch(sql));
    done.unwrap();
}

fn names(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with("spool-")).collect()
}

#[test]
fn a_key_that_nothing_can_be_sealed_to_keeps_no_device_from_starting() {
    let house = House::open();
    let till = Till::open(&house);
    house.suffers(r#"UPDATE headquarters SET contact_key = '{"id":"kem-0","public":"AAAA"}'"#);
    house.employs_a_third();
    till.obeys();
    assert!(till.knows_the_third());
    let till = till.restarted();
    till.device.unlock(&manager(), MANAGER_PIN).unwrap();
}

#[test]
fn a_kit_that_cannot_be_read_back_gives_way_to_the_one_of_the_pairing_until_it_comes_again() {
    let house = House::open();
    let till = Till::open(&house);
    house.employs_a_third();
    till.obeys();
    let key = till.key();
    let till = till.restarted_after(|path| {
        suffers(path, &key, "UPDATE meta SET value = '{\"later\":true}' WHERE key = 'config.kit'");
    });
    till.obeys();
    assert!(till.knows_the_third());
}

#[test]
fn a_device_that_is_shut_out_stays_so_although_its_kit_cannot_be_read_back() {
    let mut house = House::open();
    let till = Till::open(&house);
    house.employs_a_third();
    till.obeys();
    house.hq().revoke_device(till.id(&house), Because::default()).unwrap();
    till.obeys();
    house.kill();
    let key = till.key();
    let till = till.restarted_after(|path| {
        suffers(path, &key, "UPDATE meta SET value = '{}' WHERE key = 'config.kit'");
    });
    assert!(till.device.is_shut_out() && !till.knows_the_third());
}

#[test]
fn an_order_that_cannot_be_noted_is_obeyed_all_the_same() {
    let house = House::open();
    let till = Till::open(&house);
    till.hears();
    suffers(&till.database(), &till.key(), NOTHING_IS_NOTED);
    house.hq().revoke_device(till.id(&house), Because::default()).unwrap();
    till.obeys();
    assert!(till.device.is_shut_out());
    house.hq().wipe_device(till.id(&house), BECAUSE).unwrap();
    till.obeys();
    assert!(matches!(till.device.state(), State::Setup), "{:?}", till.device.state());
    assert!(!till.database().exists());
}

#[test]
fn a_device_whose_grant_cannot_be_read_is_wiped_when_it_was_told_so() {
    let house = House::open();
    let till = Till::open(&house);
    let key = till.key();
    let vault = till.vault.clone();
    let till = till.restarted_with(vault, |path| {
        let sql = "UPDATE meta SET value = '{}' WHERE key = 'pairing.grant';
                   INSERT INTO meta (key, value) VALUES ('config.order', 'wipe')";
        suffers(path, &key, sql);
    });
    assert!(matches!(till.device.state(), State::Setup), "{:?}", till.device.state());
    assert!(!till.database().exists());
}

#[test]
fn nothing_is_left_of_a_wiped_device_and_nobody_has_its_database_open() {
    let house = House::open();
    let till = Till::open(&house);
    till.device.arrive(1).unwrap();
    let folder = till.database().parent().unwrap().to_owned();
    for name in ["root.tries", "root.sealed.new", "recovery.sealed.new", "outfit.json.new"] {
        fs::write(folder.join(name), "{}").unwrap();
    }
    house.hq().wipe_device(till.id(&house), BECAUSE).unwrap();
    till.obeys();
    let left = names(&folder);
    let harmless = BTreeSet::from([WIPED_FILE.to_owned(), "running.lock".to_owned()]);
    assert!(left.is_subset(&harmless), "{left:?}");
    assert!(!is_open_here(&folder.join(DATABASE_FILE)), "other systems would not have let it be deleted");
}

#[cfg(target_os = "linux")]
fn is_open_here(path: &Path) -> bool {
    let open = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let name = path.to_str().unwrap();
    open.into_iter().any(|open| open.to_string_lossy().starts_with(name))
}

#[cfg(not(target_os = "linux"))]
fn is_open_here(_: &Path) -> bool {
    false
}
