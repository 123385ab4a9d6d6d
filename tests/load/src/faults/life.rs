//! One life of a process that is going to be killed: it starts as a device does, ends a change of the key that
//! was cut and migrates what is old, works on the database, and says on its standard output what is done.

use super::play::Play;
use crate::SeededRng;
use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_core::{DATABASE_FILE, Device, DeviceRoot, Environment, KeyVault, PinCost, State, VaultError, VaultItem};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// Nobody lives for ever: whoever was to kill a life may be gone.
const ACTS_MAX: u64 = 10_000;

/// A keyring that outlives its process: one file an item, whole or not there.
struct FolderVault(PathBuf);

impl FolderVault {
    fn path(&self, item: VaultItem) -> PathBuf {
        self.0.join(format!("{item:?}"))
    }
}

fn failing(_: io::Error) -> VaultError {
    VaultError::Failing
}

impl KeyVault for FolderVault {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match fs::read(self.path(item)) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failing(error)),
        }
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        let fresh = self.0.join("fresh");
        fs::write(&fresh, secret).and_then(|()| fs::rename(fresh, self.path(item))).map_err(failing)
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        fs::remove_file(self.path(item)).map_err(failing)
    }
}

/// A folder in which lives follow each other.
pub(crate) struct House<'a>(pub(crate) &'a Path);

impl House<'_> {
    /// Readies the folder, with the database of an older version where one is given.
    pub(crate) fn furnish(&self, past: Option<&[u8]>) -> Result<()> {
        fs::create_dir(self.0.join("keyring"))?;
        fs::create_dir(self.0.join("data"))?;
        // The key of the fixtures, in every house, so that any of them can begin with one.
        let item = serde_json::json!({
            "version": 1,
            "install_id": STANDARD.encode([4; 16]),
            "db_key": STANDARD.encode([1; 32]),
            "db_salt": STANDARD.encode([2; 16]),
            "signing_seed": STANDARD.encode([5; 32]),
            "wrap_key": STANDARD.encode([6; 32]),
        });
        self.vault().keep(VaultItem::Root, item.to_string().as_bytes())?;
        Ok(past.map_or(Ok(()), |past| fs::write(self.database(), past))?)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("data").join(DATABASE_FILE)
    }

    /// Whether a change of the key was cut: a copy is there, or the keyring knows two keys.
    pub(crate) fn is_between_keys(&self) -> bool {
        let item = fs::read_to_string(self.vault().path(VaultItem::Root)).unwrap_or_default();
        self.next().exists() || item.contains("previous")
    }

    fn next(&self) -> PathBuf {
        self.0.join("data").join("floorbook.db.next")
    }

    fn vault(&self) -> FolderVault {
        FolderVault(self.0.join("keyring"))
    }

    /// Starts as the program does, and gives the key that is in force then.
    pub(crate) fn start(&self, seed: u64, runtime: &Handle) -> Result<DeviceRoot> {
        let clock = Arc::new(crate::SimClock::at(0));
        let environment = Environment {
            dir: self.0.join("data"),
            vault: Arc::new(self.vault()),
            clock,
            rng: Arc::new(SeededRng::new(seed)),
            runtime: runtime.clone(),
            pin_cost: PinCost::STANDARD,
        };
        let state = Device::start(environment).state();
        if let State::Trouble(error) = state {
            bail!("the device does not start: {error:?}");
        }
        ensure!(!self.next().exists(), "a copy under another key is left over");
        let item = self.vault().load(VaultItem::Root)?.context("no root secret")?;
        DeviceRoot::from_item(&item).context("the root secret is not ours")
    }
}

/// Lives in `folder` until it is killed. Says a line when it has begun and one an act.
///
/// # Errors
/// When it does not start or an act fails.
pub fn live(folder: &Path, seed: u64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let house = House(folder);
    let root = house.start(seed, runtime.handle())?;
    let mut play = Play::open(&house.database(), &root.database_key(), seed)?;
    let mut out = io::stdout(); // it keeps no line back
    writeln!(out, "0")?;
    for n in 1..=ACTS_MAX {
        play.act()?;
        writeln!(out, "{n}")?;
    }
    Ok(())
}
