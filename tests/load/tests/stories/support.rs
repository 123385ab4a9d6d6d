//! A headquarters that can be killed, and a till that is paired with it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_core::{
    Approval, Board, CoreError, DATABASE_FILE, Device, Environment, KeyVault, MemoryVault, Phase, Phone, PinCost,
    State, Status, VaultItem,
};
use floorbook_hq::{
    AuditLine, Because, ExportFilter, Hq, NewStore, Place, Visitors, embedded_pack, open_contact_key, serve,
    serve_visitors,
};
use floorbook_load::{SeededRng, SimClock, derive_vault};
use floorbook_model::{ClerkId, Clock, DeviceId, FieldValue, Outcome, Pack, Patch};
use floorbook_protocol::{Clerk, OpeningKey, Role};
use std::fs;
use std::future::pending;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Longest wait for anything that happens in the background.
const PATIENCE: Duration = Duration::from_secs(60);
/// Noon of 23 November 2026 in Shanghai: the tills' clock need not be headquarters'.
const NOON_MS: i64 = 1_795_406_400_000;
const CONTACT_KEY: &str = "contact.key";
pub(crate) const MANAGER_PIN: &str = "204816";
/// What is proved here does not depend on what a guess costs.
const CHEAP: PinCost = PinCost { memory_kib: 8, passes: 1 };

/// Headquarters with the store `north`, serving from a runtime of its own.
pub(crate) struct House {
    folder: TempDir,
    address: SocketAddr,
    serving: Option<(Runtime, Arc<Hq>)>,
    clock: Arc<SimClock>,
    /// Opens the file of the key that opens contacts.
    paper: String,
}

impl House {
    pub(crate) fn open() -> Self {
        let mut house = Self::without_contact_key();
        house.make_contact_key();
        house
    }

    pub(crate) fn without_contact_key() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::at(listener.local_addr().unwrap(), listener, |_| {})
    }

    pub(crate) fn make_contact_key(&mut self) {
        self.paper =
            self.hq().make_contact_key(&self.folder.path().join(CONTACT_KEY), Because::default()).unwrap().to_string();
    }

    /// One whose form lets arrivals go round.
    pub(crate) fn rotating() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::at(listener.local_addr().unwrap(), listener, |pack| pack.rotation = true)
    }

    /// Another headquarters that took the port of a killed one.
    pub(crate) fn stranger_at(address: SocketAddr) -> Self {
        Self::at(address, TcpListener::bind(address).unwrap(), |_| {})
    }

    fn at(address: SocketAddr, listener: TcpListener, change: impl FnOnce(&mut Pack)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = present();
        let hq = Hq::init(&Place::in_folder(folder.path().join("hq")), &[], clock.clone(), dice()).unwrap();
        let mut store = NewStore::new("north".parse().unwrap(), "North", embedded_pack("apparel").unwrap().unwrap());
        let second = Clerk { id: "m02".parse().unwrap(), name: "Second".to_owned(), role: Role::Manager };
        store.roster.push(second);
        change(&mut store.pack);
        hq.add_store(&store, Because::default()).unwrap();
        let serving = Some(serving(Arc::new(hq), listener));
        Self { folder, address, serving, clock, paper: String::new() }
    }

    /// Serves pages for phones, which wait so long for a device.
    pub(crate) fn serves_phones(&self, patience: Duration) {
        let (runtime, hq) = self.serving.as_ref().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let visitors = Visitors { patience, ..Visitors::default() };
        runtime.spawn(serve_visitors(Arc::clone(hq), listener, visitors, pending()));
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pass_days(&self, days: i64) {
        self.clock.set(self.clock.wall_ms() + days * 24 * 3_600_000);
    }

    /// Its folder: everything that it writes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The key of its database and the file: what a thief of the whole machine has.
    pub(crate) fn database(&self) -> (PathBuf, [u8; 32]) {
        let folder = self.folder.path().join("hq");
        let digits = fs::read_to_string(folder.join("hq.key")).unwrap();
        let mut key = [0; 32];
        for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
        (folder.join("hq.db"), key)
    }

    /// The key that opens contacts, as the privacy officer gets it.
    pub(crate) fn contact_key(&self) -> OpeningKey {
        open_contact_key(&self.folder.path().join(CONTACT_KEY), &self.paper).unwrap()
    }

    pub(crate) fn hq(&self) -> &Hq {
        &self.serving.as_ref().unwrap().1
    }

    /// Ends at once: every connection breaks wherever it is.
    pub(crate) fn kill(&mut self) {
        if let Some((runtime, hq)) = self.serving.take() {
            runtime.shutdown_timeout(PATIENCE);
            drop(hq);
        }
    }

    /// Starts again on the same data and the same port.
    pub(crate) fn restart(&mut self) {
        let hq = Hq::open(&Place::in_folder(self.folder.path().join("hq")), self.clock.clone(), dice()).unwrap();
        self.serving = Some(serving(Arc::new(hq), TcpListener::bind(self.address).unwrap()));
    }

    /// What the register tells of one kind of act.
    pub(crate) fn on_record(&self, act: &str) -> Vec<AuditLine> {
        self.hq().audit().unwrap().into_iter().filter(|line| line.act == act).collect()
    }

    /// The visits of an export, voided ones too.
    pub(crate) fn rows(&self) -> Vec<serde_json::Value> {
        let (mut out, filter) = (Vec::new(), ExportFilter { store: None, with_voided: true });
        self.hq().export_jsonl(&mut out, &filter).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The visits of an export, each row's id.
    pub(crate) fn exported(&self) -> Vec<String> {
        self.rows().iter().map(|row| row["visit"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serving(hq: Arc<Hq>, listener: TcpListener) -> (Runtime, Arc<Hq>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.spawn(serve(Arc::clone(&hq), listener, pending()));
    (runtime, hq)
}

/// Certificates are made by this clock and read by the system's.
fn present() -> Arc<SimClock> {
    Arc::new(SimClock::at(chrono::Utc::now().timestamp_millis()))
}

fn dice() -> Arc<SeededRng> {
    let seed = u64::from(std::process::id()) << 32 | u64::from(chrono::Utc::now().timestamp_subsec_nanos());
    Arc::new(SeededRng::new(seed))
}

/// One paired device.
pub(crate) struct Till<V = MemoryVault> {
    pub(crate) device: Arc<Device>,
    pub(crate) clock: Arc<SimClock>,
    pub(crate) vault: Arc<V>,
    /// From its next start on.
    pub(crate) pin_cost: PinCost,
    folder: TempDir,
    runtime: Runtime,
    /// Of its dice.
    seed: u64,
    run: u64,
}

impl Till {
    /// Paired, and nobody has a PIN.
    pub(crate) fn paired(house: &House) -> Self {
        Self::beside(house, 1)
    }

    /// The same, with other dice than the one before it.
    pub(crate) fn beside(house: &House, seed: u64) -> Self {
        let till = Self::thrown(Arc::new(derive_vault(6 + seed).unwrap()), seed);
        till.pair(house);
        till
    }

    /// Paired, and the manager is signed in.
    pub(crate) fn open(house: &House) -> Self {
        let till = Self::paired(house);
        till.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
        till
    }
}

impl<V: KeyVault + 'static> Till<V> {
    /// With nothing on it, and a keyring.
    pub(crate) fn with(vault: Arc<V>) -> Self {
        Self::thrown(vault, 1)
    }

    fn thrown(vault: Arc<V>, seed: u64) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let clock = Arc::new(SimClock::at(NOON_MS));
        let device = start(folder.path(), &clock, Arc::clone(&vault), CHEAP, seed * 1_000, &runtime);
        Self { device, clock, vault, pin_cost: CHEAP, folder, runtime, seed, run: 0 }
    }

    /// Pairs a device on which there is nothing.
    pub(crate) fn pair(&self, house: &House) {
        let code = house.hq().make_code(&"north".parse().unwrap(), 1, Because::default()).unwrap();
        let url = format!("https://{}", house.address);
        self.runtime.block_on(self.device.pair(&url, &code.to_string(), "Till 1", false)).unwrap();
    }

    /// The program ends without a word and starts again, locked.
    pub(crate) fn restarted(self) -> Self {
        self.restarted_after(|_| ())
    }

    /// The same, with something happening to the database in between, which is one file then.
    pub(crate) fn restarted_after(self, happens: impl FnOnce(&Path)) -> Self {
        let vault = Arc::clone(&self.vault);
        let till = self.restarted_with(vault, happens);
        assert!(matches!(till.device.state(), State::Locked), "{:?}", till.device.state());
        till
    }

    /// The same with another keyring, whatever comes of it.
    pub(crate) fn restarted_with(self, vault: Arc<V>, happens: impl FnOnce(&Path)) -> Self {
        let Self { device, clock, pin_cost, folder, runtime, seed, run, .. } = self;
        drop(device);
        runtime.shutdown_timeout(PATIENCE); // a task would keep the database open
        let runtime = Runtime::new().unwrap();
        happens(&folder.path().join(DATABASE_FILE));
        let device = start(folder.path(), &clock, Arc::clone(&vault), pin_cost, seed * 1_000 + run + 1, &runtime);
        Self { device, clock, vault, pin_cost, folder, runtime, seed, run: run + 1 }
    }

    pub(crate) fn pass_s(&self, seconds: i64) {
        self.clock.set(self.clock.wall_ms() + seconds * 1_000);
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join(DATABASE_FILE)
    }

    /// The key of the database, as the keyring holds it.
    pub(crate) fn database_key(&self) -> [u8; 32] {
        let item = self.vault.load(VaultItem::Root).unwrap().unwrap();
        let item: serde_json::Value = serde_json::from_slice(&item).unwrap();
        STANDARD.decode(item["db_key"].as_str().unwrap()).unwrap().try_into().unwrap()
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.device.sync_status().unwrap().waiting
    }

    /// Waits until sending stands so.
    pub(crate) fn until(&self, is_so: impl Fn(&Status) -> bool) -> Status {
        let mut changes = self.device.sync_changes().unwrap();
        let wait = async {
            loop {
                let status = self.device.sync_status().unwrap();
                if is_so(&status) {
                    return status;
                }
                changes.changed().await.unwrap();
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await }).unwrap()
    }

    /// Waits until so many visits run on its board.
    pub(crate) fn shows(&self, running: usize) {
        let mut changes = self.device.board_changes().unwrap();
        let wait = async {
            while self.device.board().unwrap().running.len() != running {
                changes.changed().await.unwrap();
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await }).unwrap();
    }

    /// Waits until it stands so with the page for a phone.
    pub(crate) fn until_phone<T>(&self, mut is_so: impl FnMut(&Phone) -> Option<T>) -> T {
        let mut changes = self.device.phone_changes().unwrap();
        let wait = async {
            loop {
                if let Some(value) = is_so(&changes.borrow_and_update()) {
                    return value;
                }
                changes.changed().await.unwrap();
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await }).unwrap()
    }

    /// What headquarters calls it; the last that was paired.
    pub(crate) fn id(&self, house: &House) -> DeviceId {
        house.hq().devices().unwrap().last().unwrap().id
    }

    /// Hears that headquarters wants something, and does it.
    pub(crate) fn obeys(&self) {
        let mut wishes = self.device.wishes().unwrap();
        self.device.send_now().unwrap();
        let wished = async { wishes.wait_for(|wished| *wished).await.map(drop) };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wished).await }).unwrap().unwrap();
        self.device.obey().unwrap();
    }

    /// Hears what headquarters wants, which is that all goes on.
    pub(crate) fn hears(&self) {
        self.pass_s(1);
        let now_ms = self.clock.wall_ms();
        self.device.send_now().unwrap();
        self.until(|status| status.heard_ms >= Some(now_ms));
    }

    /// Waits until the board stands so, as the other devices of the store make it.
    pub(crate) fn until_board(&self, is_so: impl Fn(&Board) -> bool) -> Board {
        let mut changes = self.device.board_changes().unwrap();
        let wait = async {
            loop {
                let board = self.device.board().unwrap();
                if is_so(&board) {
                    return board;
                }
                changes.changed().await.unwrap();
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await }).unwrap()
    }

    /// Waits until something is so that the boards of both devices have a part in.
    pub(crate) fn until_either(&self, other: &Self, is_so: impl Fn() -> bool) {
        let [mut ours, mut theirs] = [self, other].map(|till| till.device.board_changes().unwrap());
        let wait = async {
            while !is_so() {
                tokio::select! {
                    changed = ours.changed() => changed.unwrap(),
                    changed = theirs.changed() => changed.unwrap(),
                }
            }
        };
        self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await }).unwrap();
    }

    /// Asks to send, and asks again while headquarters is away, until nothing waits.
    pub(crate) fn drain(&self) {
        loop {
            self.device.send_now().unwrap();
            let status = self.until(|status| status.waiting == 0 || matches!(status.phase, Phase::Waiting { .. }));
            if status.waiting == 0 {
                return;
            }
        }
    }
}

fn start(
    dir: &Path,
    clock: &Arc<SimClock>,
    vault: Arc<impl KeyVault + 'static>,
    pin_cost: PinCost,
    seed: u64,
    runtime: &Runtime,
) -> Arc<Device> {
    Arc::new(Device::start(Environment {
        dir: dir.to_owned(),
        vault,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        rng: Arc::new(SeededRng::new(seed)),
        runtime: runtime.handle().clone(),
        pin_cost,
    }))
}

pub(crate) fn manager() -> ClerkId {
    "m01".parse().unwrap()
}

pub(crate) fn clerk() -> ClerkId {
    "c01".parse().unwrap()
}

/// The word of the manager.
pub(crate) fn approved() -> Approval {
    Approval::Manager { id: manager(), pin: MANAGER_PIN.to_owned() }
}

pub(crate) fn tap(field: &str, value: &str) -> Patch {
    Patch::from([(field.to_owned(), FieldValue::Text(value.to_owned()))])
}

pub(crate) fn outcome(code: &str) -> Outcome {
    Outcome::of(code)
}

pub(crate) fn is_locked<T>(result: Result<T, CoreError>) -> bool {
    matches!(result, Err(CoreError::Locked))
}
