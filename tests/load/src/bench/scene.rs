//! One paired device with a headquarters, and the raw way into its database.

use super::bare::outbox_lines;
use super::fill;
use super::wire::Wire;
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Local, NaiveDate};
use floorbook_core::{DATABASE_FILE, KeyVault, VaultItem};
use floorbook_load::{Player, derive_vault};
use floorbook_model::{Calendar, DeviceId, Pack, StoreId};
use floorbook_tests::hq::HqProcess;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const SEED: u64 = 42;
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Scene<'a> {
    runtime: &'a Runtime,
    folder: TempDir,
    pub(super) player: Player,
    hq: HqProcess,
}

impl<'a> Scene<'a> {
    pub(super) fn new(runtime: &'a Runtime, name: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(&format!("floorbook-bench-{name}")).tempdir()?;
        let hq = HqProcess::at(&folder.path().join("hq"))?;
        Self::served(runtime, folder, hq)
    }

    /// One whose headquarters is on the PostgreSQL at `database`.
    pub(super) fn on(runtime: &'a Runtime, name: &str, database: String) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(&format!("floorbook-bench-{name}")).tempdir()?;
        let hq = HqProcess::on(&folder.path().join("hq"), database)?;
        Self::served(runtime, folder, hq)
    }

    fn served(runtime: &'a Runtime, folder: TempDir, mut hq: HqProcess) -> Result<Self> {
        hq.add_store("north", "North", "apparel")?;
        let url = hq.serve()?;
        Self::paired(runtime, folder, hq, &url)
    }

    /// One whose device reaches headquarters through a wire that counts.
    pub(super) fn wired(runtime: &'a Runtime, name: &str) -> Result<(Self, Wire)> {
        let folder = tempfile::Builder::new().prefix(&format!("floorbook-bench-{name}")).tempdir()?;
        let mut hq = HqProcess::at(&folder.path().join("hq"))?;
        hq.add_store("north", "North", "apparel")?;
        let wire = Wire::to(&hq.serve()?)?;
        let scene = Self::paired(runtime, folder, hq, wire.url())?;
        Ok((scene, wire))
    }

    fn paired(runtime: &'a Runtime, folder: TempDir, hq: HqProcess, url: &str) -> Result<Self> {
        let code = hq.code("north")?;
        let player = Player::start(&device_dir(folder.path()), SEED, 0, today(), runtime.handle())?;
        runtime.block_on(player.open(url, &code, "Till 1"))?;
        Ok(Self { runtime, folder, player, hq })
    }

    /// The same device with `count` visits of earlier days stored, arrived in random order.
    pub(super) fn filled(self, count: usize) -> Result<Self> {
        let Self { runtime, folder, player, hq } = self;
        let pack = player.device.profile().context("not paired")?.pack;
        let calendar = player.device.calendar()?;
        drop(player); // the folder is claimed by one device at a time
        let path = device_dir(folder.path()).join(DATABASE_FILE);
        fill::history(&open_raw(&path)?, &pack, &calendar, count)?;
        Ok(Self { runtime, player: reopened(&folder, runtime)?, folder, hq })
    }

    /// The same device with `count` more events of the last days in its outbox.
    pub(super) fn backlogged(self, count: usize) -> Result<Self> {
        self.backlogged_before(0, count)
    }

    /// The same, of the days before those of `later` such backlogs.
    pub(super) fn backlogged_before(self, later: usize, count: usize) -> Result<Self> {
        let Self { runtime, folder, player, hq } = self;
        let profile = player.device.profile().context("not paired")?;
        drop(player);
        let raw = open_raw(&device_dir(folder.path()).join(DATABASE_FILE))?;
        fill::backlog(&raw, &profile.pack, &origin(&raw)?, count, later * fill::days_of(count))?;
        drop(raw);
        Ok(Self { runtime, player: reopened(&folder, runtime)?, folder, hq })
    }

    /// Without the device's process, whose folder another one may claim.
    pub(super) fn parked(self) -> Result<Parked> {
        drop(self.player);
        Ok(Parked { folder: self.folder, hq: self.hq })
    }

    pub(super) fn database(&self) -> PathBuf {
        device_dir(self.folder.path()).join(DATABASE_FILE)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A second connection to the device's database, as any SQLCipher client opens it.
    pub(super) fn raw(&self) -> Result<Connection> {
        open_raw(&self.database())
    }

    /// Serves headquarters, and has another device of the store log a visit: what is measured then is not how
    /// headquarters starts, for the bare pairs have their connections and tables too.
    pub(super) fn serve_and_use(&mut self, n: usize) -> Result<()> {
        let (url, code) = (self.hq.serve()?, self.hq.code("north")?);
        let folder = self.folder().join(format!("other-{n}"));
        let other = Player::start(&folder, 5_000 + u64::try_from(n)?, 0, today(), self.runtime.handle())?;
        self.runtime.block_on(async {
            other.open(&url, &code, "Till 2").await?;
            other.device.arrive(1)?;
            other.drain(PATIENCE).await
        })
    }

    pub(super) fn hq(&mut self) -> &mut HqProcess {
        &mut self.hq
    }

    pub(super) fn runtime(&self) -> &Runtime {
        self.runtime
    }
}

/// Devices of one store that were away for a month, and their headquarters, which is away still.
pub(super) struct Counters {
    folder: TempDir,
    players: Vec<Player>,
    hq: HqProcess,
}

impl Counters {
    /// `devices` with at least `events` of the last month in the outbox of each.
    pub(super) fn backlogged(runtime: &Runtime, devices: usize, events: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("floorbook-bench-drain").tempdir()?;
        let mut hq = HqProcess::at(&folder.path().join("hq"))?;
        hq.add_store("north", "North", "apparel")?;
        let url = hq.serve()?;
        let dirs: Vec<PathBuf> = (0..devices).map(|n| folder.path().join(format!("device-{n}"))).collect();
        for (seed, dir) in (SEED..).zip(&dirs) {
            let player = Player::start(dir, seed, 0, today(), runtime.handle())?;
            runtime.block_on(player.open(&url, &hq.code("north")?, &format!("Till {seed}")))?;
        }
        hq.kill();
        let mut players = Vec::new();
        for (seed, dir) in (SEED..).zip(&dirs) {
            let raw = open_other(dir, seed)?;
            fill::month(&raw, &apparel()?, &origin(&raw)?, events, 1_000 * seed)?;
            drop(raw);
            let player = Player::start(dir, seed, 1, today(), runtime.handle())?;
            runtime.block_on(player.open("", "", ""))?;
            players.push(player);
        }
        Ok(Self { folder, players, hq })
    }

    /// What waits on all of them.
    pub(super) fn lines(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for seed in (SEED..).take(self.players.len()) {
            let dir = self.folder().join(format!("device-{}", seed - SEED));
            lines.extend(outbox_lines(&open_other(&dir, seed)?)?);
        }
        Ok(lines)
    }

    pub(super) fn players(&self) -> &[Player] {
        &self.players
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn hq(&mut self) -> &mut HqProcess {
        &mut self.hq
    }
}

fn apparel() -> Result<Pack> {
    Ok(serde_json::from_str(include_str!("../../../../assets/packs/apparel.json"))?)
}

/// A device that another process runs, and its headquarters.
pub(super) struct Parked {
    folder: TempDir,
    hq: HqProcess,
}

impl Parked {
    pub(super) fn dir(&self) -> PathBuf {
        device_dir(self.folder.path())
    }

    pub(super) fn seed(&self) -> u64 {
        SEED
    }

    pub(super) fn hq(&mut self) -> &mut HqProcess {
        &mut self.hq
    }

    /// Waits until the outbox that held `rows` is empty.
    pub(super) fn wait_until_drained(&self, rows: i64, patience: Duration) -> Result<()> {
        let (raw, start) = (open_raw(&self.dir().join(DATABASE_FILE))?, Instant::now());
        loop {
            let left: i64 = raw.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))?;
            if left == 0 {
                return Ok(());
            }
            ensure!(start.elapsed() < patience, "{left} of {rows} records were not sent");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn reopened(folder: &TempDir, runtime: &Runtime) -> Result<Player> {
    let player = Player::start(&device_dir(folder.path()), SEED, 1, today(), runtime.handle())?;
    runtime.block_on(player.open("", "", ""))?;
    Ok(player)
}

fn device_dir(folder: &Path) -> PathBuf {
    folder.join("device")
}

pub(super) fn today() -> NaiveDate {
    Local::now().date_naive()
}

/// Opens `path` under the key of the scene's device.
pub(super) fn open_raw(path: &Path) -> Result<Connection> {
    open_other(path.parent().context("no folder")?, SEED)
}

/// Opens the database of another device, whose key follows from `seed`.
pub(super) fn open_other(dir: &Path, seed: u64) -> Result<Connection> {
    let item = derive_vault(seed)?.load(VaultItem::Root)?.context("no root secret")?;
    open_with(&dir.join(DATABASE_FILE), &key_hex(&serde_json::from_slice(&item)?)?)
}

/// The database of the embedded headquarters of a scene, for a look.
pub(super) fn open_hq(folder: &Path) -> Result<Connection> {
    let data = folder.join("hq");
    let connection = Connection::open(data.join("hq.db"))?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", fs::read_to_string(data.join("hq.key"))?.trim()))?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// Opens `path` with the settings that the product uses. `key_hex` is key and salt.
pub(super) fn open_with(path: &Path, key_hex: &str) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{key_hex}'\""))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Key and salt as the keyring item tells them, in hexadecimal.
pub(super) fn key_hex(item: &serde_json::Value) -> Result<String> {
    let hex = |field: &str| -> Result<String> {
        let bytes = STANDARD.decode(item.get(field).and_then(|value| value.as_str()).context("no key")?)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    Ok(format!("{}{}", hex("db_key")?, hex("db_salt")?))
}

/// Store and device of a paired database, and where its numbers stand.
pub(super) fn origin(raw: &Connection) -> Result<fill::Origin> {
    let document: String = raw.query_row("SELECT value FROM meta WHERE key = 'pairing.grant'", [], |row| row.get(0))?;
    let signed: floorbook_protocol::Signed = serde_json::from_str(&document)?;
    let grant: floorbook_protocol::PairGrant = signed
        .open_self_signed(floorbook_protocol::Purpose::PairGrant, |grant: &floorbook_protocol::PairGrant| {
            grant.hq_key
        })?;
    let device: DeviceId = grant.device;
    let store: StoreId = grant.store.id;
    let last: Option<i64> =
        raw.query_row("SELECT max(seq) FROM events WHERE device = ?1", [device.as_bytes()], |row| row.get(0))?;
    let calendar = Calendar::new(&grant.store.time_zone, grant.store.cut_hour)?;
    Ok(fill::Origin { store, device, last_seq: u64::try_from(last.unwrap_or(0))?, calendar })
}
