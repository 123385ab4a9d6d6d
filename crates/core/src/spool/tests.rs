//! Going on without a key, on a device that has no headquarters.

use crate::device::Paired;
use crate::outfit::{self, OUTFIT_FILE};
use crate::outlet::{Outlet, Spooler};
use crate::pairing::Stored;
use crate::vault::DeviceRoot;
use crate::{
    Access, Approval, Arrival, CoreError, Device, Environment, KeyVault, MemoryVault, PinCost, RECOVERY_FILE, Standing,
    State, SystemClock, SystemRng, VaultError, VaultItem, startup,
};
use floorbook_model::{ClerkId, DeviceId, Event, FieldValue, Opening, Pack, PackRef, Patch};
use floorbook_protocol::{
    Clerk, OpeningKey, Order, PairGrant, Policy, Role, SigningKey, Spool, SpoolRecord, StoreRecord,
};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// A keyring that can be locked.
#[derive(Default)]
struct Keyring {
    kept: MemoryVault,
    trouble: Mutex<Option<VaultError>>,
}

impl Keyring {
    fn check(&self) -> Result<(), VaultError> {
        self.trouble.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl KeyVault for Keyring {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.check()?;
        self.kept.load(item)
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        self.check()?;
        self.kept.keep(item, secret)
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.check()?;
        self.kept.forget(item)
    }
}

pub(crate) struct Desk {
    pub(crate) environment: Environment,
    keyring: Arc<Keyring>,
    hq: OpeningKey,
    _folder: TempDir,
}

impl Desk {
    /// With a database, an outfit and a keyring that is locked.
    pub(crate) fn locked() -> Self {
        let (folder, keyring) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
        let environment = Environment {
            dir: folder.path().to_owned(),
            vault: Arc::clone(&keyring) as Arc<dyn KeyVault>,
            clock: Arc::new(SystemClock::new(&SystemRng)),
            rng: Arc::new(SystemRng),
            runtime: Handle::current(),
            pin_cost: PinCost::STANDARD,
        };
        startup::create(&environment, &DeviceRoot::make(&SystemRng)).unwrap();
        let desk = Self { environment, keyring, hq: OpeningKey::make(&SystemRng), _folder: folder };
        outfit::keep(&desk.environment.dir, &desk.stored(Order::Stay));
        desk.trouble(Some(VaultError::Locked));
        desk
    }

    fn trouble(&self, trouble: Option<VaultError>) {
        *self.keyring.trouble.lock().unwrap() = trouble;
    }

    fn starts(&self) -> Device {
        Device::start(self.environment.clone())
    }

    pub(crate) fn goes_on(&self) -> Device {
        let device = self.starts();
        assert!(device.can_log_without_key());
        device.log_without_key().unwrap();
        device
    }

    fn stored(&self, order: Order) -> Stored {
        let pack: Pack = serde_json::from_str(include_str!("../../../../assets/packs/apparel.json")).unwrap();
        let key = SigningKey::from_seed(&[1; 32]).public();
        let person = |id: &str, name: &str, role| Clerk { id: id.parse().unwrap(), name: name.to_owned(), role };
        let store = StoreRecord {
            id: "north".parse().unwrap(),
            name: "North".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            cut_hour: 4,
            currency: "CNY".to_owned(),
        };
        let grant = PairGrant {
            device: DeviceId::from_bytes([7; 16]),
            device_key: key,
            device_name: "Till of Ahmad".to_owned(),
            store,
            hq_key: key,
            pack,
            roster: vec![person("m01", "Ahmad", Role::Manager), person("c01", "Beatrix", Role::Clerk)],
            policy: Policy::default(),
            contact_key: Some(self.hq.sealing_key()),
            spool_key: Some(self.hq.sealing_key()),
            epoch: 0,
        };
        Stored::of(grant, order)
    }

    fn spools(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.environment.dir).unwrap().map(|entry| entry.unwrap().path());
        let is_spool = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("spool-");
        files.filter(is_spool).collect()
    }

    /// Every event that headquarters can read.
    fn sealed(&self) -> Vec<Event> {
        let spools = self.spools().into_iter().map(|path| Spool::read(&fs::read(path).unwrap()));
        let lines = spools.flat_map(|spool| {
            assert_eq!(spool.lost_bytes, 0);
            spool.lines
        });
        let open = |line: String| serde_json::from_str::<SpoolRecord>(&line).unwrap().open(&self.hq).unwrap();
        lines.map(|line| serde_json::from_slice(&open(line)).unwrap()).collect()
    }
}

pub(crate) fn clerk() -> ClerkId {
    "c01".parse().unwrap()
}

/// Does something to the spooler of a device that goes on without its key.
fn with_spooler<T>(device: &Device, work: impl FnOnce(&Spooler) -> T) -> T {
    let paired: Arc<Paired> = device.paired().unwrap();
    match &paired.outlet {
        Outlet::Spool(spooler) => work(spooler),
        Outlet::Hq(_) => panic!("the key is there"),
    }
}

#[tokio::test]
async fn while_the_keyring_stays_locked_the_clerks_go_on_where_they_were() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    device.unlock(&clerk(), "").unwrap();
    device.arrive(2).unwrap();
    device.retry();
    assert!(device.is_without_key());
    assert_eq!(device.board().unwrap().running.len(), 1);

    desk.trouble(None);
    device.retry();
    assert!(!device.is_without_key());
    assert!(matches!(device.state(), State::Setup), "this database was never paired: {:?}", device.state());
    assert_eq!(desk.sealed().len(), 1);
    assert!(!desk.environment.dir.join("standin.db").exists());
}

#[tokio::test]
async fn a_tap_on_a_device_whose_key_came_back_meanwhile_does_not_count() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    device.unlock(&clerk(), "").unwrap();
    let paired = device.paired().unwrap();
    desk.trouble(None);
    device.retry();
    let opening = Opening::new(0, 1, PackRef { id: "apparel".to_owned(), version: 1 });
    paired.book.open_visit(&clerk(), opening).unwrap();
    assert!(matches!(paired.outlet.written(), Err(CoreError::WrongState)), "nobody may write to a file that is sent");
    assert!(desk.sealed().is_empty());
}

#[tokio::test]
async fn a_key_that_is_lost_shows_the_trouble_so_that_the_code_on_paper_can_be_typed() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    desk.trouble(None);
    desk.keyring.kept.forget(VaultItem::Root).unwrap();
    device.retry();
    assert!(matches!(device.state(), State::Trouble(CoreError::KeyLost)));
    assert!(device.can_log_without_key(), "again");
    device.log_without_key().unwrap();
    assert_eq!(desk.spools().len(), 2);
}

#[tokio::test]
async fn nobody_is_more_than_a_clerk_and_nobody_has_a_name() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    let names: Vec<String> = device.profile().unwrap().roster.into_iter().map(|clerk| clerk.name).collect();
    assert_eq!(names, ["m01", "c01"]);
    let manager = "m01".parse().unwrap();
    assert!(matches!(device.enrol_pin(&manager, "204816", &Approval::Nobody), Err(CoreError::WrongState)));
    assert!(matches!(device.make_recovery_code(), Err(CoreError::WrongState)));
    assert!(!desk.environment.dir.join(RECOVERY_FILE).exists());
    assert!(!device.is_recovery_due().unwrap());
    assert!(matches!(device.unlock(&"c99".parse().unwrap(), ""), Err(CoreError::BadInput)));
    device.unlock(&manager, "").unwrap();
    assert_eq!(device.standing(), Standing::Clerk);
    assert!(matches!(device.allows(Access::Manager), Err(CoreError::ManagerNeeded)));
    assert!(matches!(device.rotate_key(), Err(CoreError::ManagerNeeded)));
    let visit = device.arrive(1).unwrap().visit.id();
    assert!(matches!(device.turn_to_visitor(visit), Err(CoreError::ContactUnavailable)));
}

#[tokio::test]
async fn the_outfit_names_nobody_and_goes_with_the_welcome() {
    let desk = Desk::locked();
    let path = desk.environment.dir.join(OUTFIT_FILE);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!["Ahmad", "Beatrix"].iter().any(|name| text.contains(name)));
    outfit::keep(&desk.environment.dir, &desk.stored(Order::Lock));
    assert!(!path.exists());
    assert!(!desk.starts().can_log_without_key());
    outfit::keep(&desk.environment.dir, &desk.stored(Order::Stay));
    outfit::forget(&desk.environment.dir).unwrap();
    assert!(matches!(desk.starts().log_without_key(), Err(CoreError::WrongState)));
}

#[tokio::test]
async fn where_the_database_opens_nobody_goes_on_without_it() {
    let desk = Desk::locked();
    desk.trouble(None);
    let device = desk.starts();
    assert!(!device.can_log_without_key());
    assert!(matches!(device.log_without_key(), Err(CoreError::WrongState)));
    assert!(desk.spools().is_empty());
}

#[tokio::test]
async fn an_outfit_that_cannot_be_worked_with_is_none() {
    let desk = Desk::locked();
    let path = desk.environment.dir.join(OUTFIT_FILE);
    let whole = fs::read_to_string(&path).unwrap();
    for bad in ["", "{}", &whole.replace("Asia/Shanghai", "Mars/Olympus"), &whole.replace("\"groups\"", "\"tribes\"")] {
        fs::write(&path, bad).unwrap();
        assert!(!desk.starts().can_log_without_key());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_said_and_the_next_tap_makes_up_for_it() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    device.unlock(&clerk(), "").unwrap();
    let visit = device.arrive(2).unwrap().visit.id();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let disk = with_spooler(&device, |spooler| spooler.with_file(|file| file.turn_to(full)));
    let patch = Patch::from([("age".to_owned(), FieldValue::Text("a20".to_owned()))]);
    assert!(matches!(device.note(visit, &patch), Err(CoreError::DiskFull)));
    assert_eq!(desk.sealed().len(), 1);
    let named = Arrival { id: device.name_visit(), size: 1, later: false };
    assert!(device.arrive_as(named).is_err(), "nothing counts until the disk takes it");

    drop(with_spooler(&device, |spooler| spooler.with_file(|file| file.turn_to(disk))));
    device.arrive_as(named).unwrap();
    let sealed = desk.sealed();
    assert_eq!(sealed.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(device.sync_status().unwrap().waiting, 3);
}

#[tokio::test]
async fn what_a_failure_left_behind_is_written_over() {
    let desk = Desk::locked();
    let device = desk.goes_on();
    device.unlock(&clerk(), "").unwrap();
    device.arrive(2).unwrap();
    let path = desk.spools().remove(0);
    let whole = fs::read(&path).unwrap();
    // A disk that takes nothing and cannot be cut: what the system wrote of it stays.
    let read_only = fs::File::open(&path).unwrap();
    let disk = with_spooler(&device, |spooler| spooler.with_file(|file| file.turn_to(read_only)));
    assert!(matches!(device.arrive(3), Err(CoreError::Storage(_))));
    fs::write(&path, [&whole[..], b"half a frame of something longer than what comes next"].concat()).unwrap();
    drop(with_spooler(&device, |spooler| spooler.with_file(|file| file.turn_to(disk))));
    device.arrive(1).unwrap();
    assert_eq!(desk.sealed().iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
}
