//! A machine on which a device starts: its folder, its keyring, its clock and its dice.

use floorbook_core::{DATABASE_FILE, Device, DeviceRoot, Environment, KeyVault, PinCost, VaultError, VaultItem};
use floorbook_ledger::Ledger;
use floorbook_model::{Clock, Recorded, Rng};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// A keyring that fails when it is told to.
#[derive(Default)]
pub(crate) struct ScriptedVault {
    secrets: Mutex<BTreeMap<VaultItem, Vec<u8>>>,
    failure: Mutex<Option<VaultError>>,
}

impl ScriptedVault {
    pub(crate) fn holds(&self, secret: Option<&[u8]>) {
        let mut secrets = self.secrets.lock().unwrap();
        match secret {
            Some(secret) => drop(secrets.insert(VaultItem::Root, secret.to_vec())),
            None => drop(secrets.remove(&VaultItem::Root)),
        }
    }

    pub(crate) fn secret(&self) -> Option<Vec<u8>> {
        self.secrets.lock().unwrap().get(&VaultItem::Root).cloned()
    }

    pub(crate) fn fails(&self, failure: Option<VaultError>) {
        *self.failure.lock().unwrap() = failure;
    }

    fn check(&self) -> Result<(), VaultError> {
        self.failure.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl KeyVault for ScriptedVault {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.check()?;
        Ok(self.secrets.lock().unwrap().get(&item).cloned().map(Zeroizing::new))
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        self.check()?;
        self.secrets.lock().unwrap().insert(item, secret.to_vec());
        Ok(())
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.check()?;
        self.secrets.lock().unwrap().remove(&item);
        Ok(())
    }
}

/// It stands until it is moved.
#[derive(Default)]
pub(crate) struct HandClock {
    steady_ms: AtomicU64,
    starts: AtomicU32,
}

impl HandClock {
    pub(crate) fn goes_on(&self, seconds: u64) {
        self.steady_ms.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// The machine starts anew.
    pub(crate) fn restarts(&self) {
        self.steady_ms.store(0, Ordering::SeqCst);
        self.starts.fetch_add(1, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Recorded {
        let (steady_ms, boot) = (self.steady_ms.load(Ordering::SeqCst), self.starts.load(Ordering::SeqCst) + 1);
        Recorded { wall_ms: 1_795_406_400_000, offset_min: 480, steady_ms, boot, server_offset_ms: None }
    }
}

/// Bytes that are never the same twice.
struct CountingRng(AtomicU64);

impl Rng for CountingRng {
    fn fill(&self, bytes: &mut [u8]) {
        let seed = self.0.fetch_add(1, Ordering::SeqCst);
        for (n, byte) in (1_u64..).zip(bytes) {
            *byte = (seed.wrapping_mul(131).wrapping_add(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
    }
}

pub(crate) fn root(seed: u64) -> DeviceRoot {
    DeviceRoot::make(&CountingRng(AtomicU64::new(seed * 1_000)))
}

pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) vault: Arc<ScriptedVault>,
    pub(crate) clock: Arc<HandClock>,
    rng: Arc<CountingRng>,
}

impl Desk {
    /// A machine on which nothing was installed yet.
    pub(crate) fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, vault: Arc::default(), clock: Arc::default(), rng: Arc::new(CountingRng(AtomicU64::new(7))) }
    }

    /// One whose keyring holds a key, and whose database was written under it.
    pub(crate) fn used() -> Self {
        let desk = Self::fresh();
        desk.vault.holds(Some(&root(1).to_item()));
        desk.write_database();
        desk
    }

    fn write_database(&self) {
        fs::create_dir_all(self.dir()).unwrap();
        let ledger = Ledger::open(&self.database(), &root(1).database_key()).unwrap();
        ledger.set_meta(&[("kept", "yes")]).unwrap();
    }

    /// The database that is left when the program is killed: the last commits are in its log.
    pub(crate) fn killed() -> Self {
        let (desk, donor) = (Self::fresh(), tempfile::tempdir().unwrap());
        desk.vault.holds(Some(&root(1).to_item()));
        let ledger = Ledger::open(&donor.path().join(DATABASE_FILE), &root(1).database_key()).unwrap();
        ledger.set_meta(&[("kept", "yes")]).unwrap();
        fs::create_dir_all(desk.dir()).unwrap();
        for entry in fs::read_dir(donor.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, desk.dir().join(path.file_name().unwrap())).unwrap();
        }
        drop(ledger);
        assert!(desk.dir().join(format!("{DATABASE_FILE}-wal")).exists(), "there is a log to lose");
        desk
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir().join(DATABASE_FILE)
    }

    /// What the database holds under its right key.
    pub(crate) fn kept(&self) -> Option<String> {
        Ledger::open(&self.database(), &root(1).database_key()).unwrap().meta("kept").unwrap()
    }

    /// Every byte of the database and its log.
    pub(crate) fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.dir()).unwrap().map(|entry| entry.unwrap().path());
        let named = files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
        let lasting = named.filter(|(name, _)| name.starts_with(DATABASE_FILE) && !name.ends_with("-shm"));
        lasting.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
    }

    /// Starts a device. The test must run inside a runtime.
    pub(crate) fn start(&self) -> Device {
        self.start_at(PinCost { memory_kib: 8, passes: 1 })
    }

    /// The same where guessing costs something else.
    pub(crate) fn start_at(&self, pin_cost: PinCost) -> Device {
        Device::start(Environment {
            pin_cost,
            dir: self.dir(),
            vault: self.vault.clone(),
            clock: self.clock.clone(),
            rng: self.rng.clone(),
            runtime: Handle::current(),
        })
    }
}
