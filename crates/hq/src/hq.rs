//! A headquarters: its archive, its keys, and the clock and randomness that it was handed.

use crate::archive::{Archive, Embedded, Postgres, Secrets};
use crate::certificates::{self, Leaf};
use crate::identity::{self, Keys, Shown};
use crate::key_file::HqKey;
use crate::news::News;
use crate::pairing::WrongCodes;
use crate::{HqError, phone, spool_key};
use floorbook_model::{Clock, DeviceId, Rng, StoreId};
use floorbook_protocol::PublicKey;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const DATABASE_FILE: &str = "hq.db";
const KEY_FILE: &str = "hq.key";
const CA_FILE: &str = "ca.pem";

/// Where a headquarters is.
#[derive(Clone, Default)]
pub struct Place {
    /// Its folder. With a PostgreSQL it holds the key file alone.
    pub dir: PathBuf,
    /// The key file; `hq.key` in the folder when absent.
    pub key_file: Option<PathBuf>,
    /// Address of a PostgreSQL, e.g. `postgres://floorbook@db.example.com/floorbook`; an encrypted file in the
    /// folder when absent.
    pub database: Option<String>,
    /// File with the authorities that vouch for it, PEM; needed where the way to it leaves this machine.
    pub database_ca: Option<PathBuf>,
}

impl Place {
    /// All of it in one folder.
    pub fn in_folder(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), ..Self::default() }
    }

    /// Where its key file is.
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.dir.join(KEY_FILE))
    }

    fn open(&self, key: &HqKey, rng: &Arc<dyn Rng>) -> Result<Box<dyn Archive>, HqError> {
        Ok(match &self.database {
            None => Box::new(Embedded::open(&self.dir.join(DATABASE_FILE), &key.of_database())?),
            Some(address) => {
                let secrets = Secrets::new(key, Arc::clone(rng));
                Box::new(Postgres::open(address, self.database_ca.as_deref(), secrets)?)
            }
        })
    }
}

/// The address may hold a password.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = f.debug_struct("Place");
        place.field("dir", &self.dir).field("key_file", &self.key_file);
        place.field("database", &self.database.as_ref().map(|_| "PostgreSQL"));
        place.field("database_ca", &self.database_ca).finish()
    }
}

/// One headquarters. Cheap to share behind an [`Arc`]; several processes may open the same one.
pub struct Hq {
    pub(crate) archive: Box<dyn Archive>,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) wrong_codes: Mutex<WrongCodes>,
    pub(crate) news: Arc<News>,
    /// Pages that are open for phones; in memory alone.
    pub(crate) pages: phone::Pages,
}

impl Hq {
    /// Makes a headquarters in `place`: key file, database, signing key, certificate authority with a server
    /// certificate for `names` beside this machine's own, and `ca.pem`, which is public.
    ///
    /// # Errors
    /// [`HqError::AlreadyThere`] or [`HqError::Taken`] when any part of one exists; nothing is changed then.
    /// [`HqError::BadInput`] when a name is neither a host name nor an address.
    pub fn init(place: &Place, names: &[String], clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, HqError> {
        let key_path = place.key_path();
        for path in [place.dir.join(DATABASE_FILE), key_path.clone()] {
            if path.exists() {
                return Err(HqError::AlreadyThere(path));
            }
        }
        if !names.iter().all(|name| certificates::is_host(name)) {
            return Err(HqError::BadInput("a name is a host name such as hq.example.com, or an IP address"));
        }
        let authority = certificates::make_authority(clock.wall_ms())?;
        let leaf = certificates::issue_leaf(&authority.key, names, clock.wall_ms())?;
        let key = HqKey::make(&*rng);
        if place.database.is_some() && place.open(&key, &rng)?.read(identity::is_there)? {
            return Err(HqError::Taken);
        }
        make_folder(&place.dir)?;
        key.write(&key_path)?;
        let archive = place.open(&key, &rng)?;
        archive.write(|tx| identity::insert(tx, &authority, &leaf, names, &*rng))?;
        let ca_path = place.dir.join(CA_FILE);
        fs::write(&ca_path, certificates::pem(&authority.certificate)).map_err(HqError::file(&ca_path))?;
        Self::with(archive, clock, rng)
    }

    /// Opens the headquarters in `place`.
    ///
    /// # Errors
    /// [`HqError::NotThere`] or [`HqError::Empty`] when there is none or no key file, [`HqError::Open`] or
    /// [`HqError::Sealed`] when the key does not open it, [`HqError::Postgres`] when the database cannot be
    /// reached. Everything stays as it is.
    pub fn open(place: &Place, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, HqError> {
        let path = place.dir.join(DATABASE_FILE);
        if place.database.is_none() && !path.exists() {
            return Err(HqError::NotThere(path));
        }
        let key = HqKey::read(&place.key_path())?;
        Self::with(place.open(&key, &rng)?, clock, rng)
    }

    fn with(archive: Box<dyn Archive>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, HqError> {
        let keys = archive.read(identity::read_keys)?;
        if !archive.read(spool_key::is_there)? {
            archive.write(|tx| spool_key::ensure(tx, &*rng))?;
        }
        Ok(Self {
            archive,
            keys,
            clock,
            rng,
            wrong_codes: Mutex::default(),
            news: Arc::default(),
            pages: phone::Pages::default(),
        })
    }

    /// The certificate authority that devices pin, DER.
    pub fn ca_der(&self) -> &[u8] {
        &self.keys.ca_der
    }

    /// The key with which it signs receipts and grants.
    pub fn public_key(&self) -> PublicKey {
        self.keys.signing.public()
    }

    /// Rings for those who wait for news of a store, at every receiver; not here for the device that sent them.
    pub(crate) fn tell(&self, store: &StoreId, sender: Option<DeviceId>) {
        self.news.tell(store, sender);
        self.archive.tell(store);
    }

    /// The server certificate, issued anew when it is about to expire.
    pub(crate) fn current_leaf(&self) -> Result<Leaf, HqError> {
        let now_ms = self.clock.wall_ms();
        let Shown { leaf, names, ca_key } = self.archive.read(identity::read_leaf)?;
        if !leaf.is_due(now_ms) {
            return Ok(leaf);
        }
        let leaf = certificates::issue_leaf(&ca_key, &names, now_ms)?;
        self.archive.write(|tx| identity::update_leaf(tx, &leaf))?;
        tracing::info!("the server certificate was issued anew");
        Ok(leaf)
    }
}

impl fmt::Debug for Hq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hq").finish_non_exhaustive()
    }
}

fn make_folder(dir: &Path) -> Result<(), HqError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(HqError::file(dir))
}
