//! A headquarters: its database, its keys, and the clock and randomness that it was handed.

use crate::certificates::{self, Certified, Leaf};
use crate::news::News;
use crate::pairing::WrongCodes;
use crate::{HqError, key_file, phone, spool_key};
use floorbook_model::{Clock, Rng};
use floorbook_protocol::{PublicKey, SigningKey};
use floorbook_sqlite::{Database, DatabaseKey, Migrations};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

pub(crate) const SCHEMA: Migrations =
    Migrations(&[include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")]);
const DATABASE_FILE: &str = "hq.db";
const KEY_FILE: &str = "hq.key";
const CA_FILE: &str = "ca.pem";
/// 64 MiB of pages: every page that falls out must be decrypted again.
const KEEP_PAGES: &str = "PRAGMA cache_size = -65536";
/// Fewer, larger checkpoints, each of 16 MiB: intake waits for every one of them.
const CHECKPOINT_SELDOM: &str = "PRAGMA wal_autocheckpoint = 4000";

/// How a headquarters is made.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// Host names and addresses under which devices reach it, beside this machine's own.
    pub names: Vec<String>,
    /// Where the key file goes; `hq.key` beside the database when absent.
    pub key_file: Option<PathBuf>,
}

/// One headquarters. Cheap to share behind an [`Arc`]; several processes may open the same one.
pub struct Hq {
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) wrong_codes: Mutex<WrongCodes>,
    pub(crate) news: News,
    /// Pages that are open for phones; in memory alone.
    pub(crate) pages: phone::Pages,
    /// Whether what was erased may still stand in the log; unknown at a start, so it is looked at then.
    pub(crate) scour_due: AtomicBool,
}

/// What headquarters is known by.
pub(crate) struct Keys {
    pub(crate) signing: SigningKey,
    pub(crate) challenge: Zeroizing<[u8; 32]>,
    pub(crate) ca_der: Vec<u8>,
}

impl Hq {
    /// Makes a headquarters in `dir`: key file, encrypted database, signing key, certificate
    /// authority with a server certificate, and `ca.pem`, which is public.
    ///
    /// # Errors
    /// [`HqError::AlreadyThere`] when any part of one exists; nothing is changed then.
    /// [`HqError::BadInput`] when a name is neither a host name nor an address.
    pub fn init(dir: &Path, options: InitOptions, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, HqError> {
        let key_path = options.key_file.unwrap_or_else(|| dir.join(KEY_FILE));
        for path in [dir.join(DATABASE_FILE), key_path.clone()] {
            if path.exists() {
                return Err(HqError::AlreadyThere(path));
            }
        }
        if !options.names.iter().all(|name| certificates::is_host(name)) {
            return Err(HqError::BadInput("a name is a host name such as hq.example.com, or an IP address"));
        }
        let authority = certificates::make_authority(clock.wall_ms())?;
        let leaf = certificates::issue_leaf(&authority.key, &options.names, clock.wall_ms())?;
        make_folder(dir)?;
        let key = key_file::make(&key_path, &*rng)?;
        let database = open_database(dir, &key)?;
        database.write(|tx| insert(tx, &authority, &leaf, &options.names, &*rng))?;
        let ca_path = dir.join(CA_FILE);
        fs::write(&ca_path, certificates::pem(&authority.certificate)).map_err(HqError::file(&ca_path))?;
        Self::with(database, clock, rng)
    }

    /// Opens the headquarters in `dir`; `key_file` as at [`Hq::init`].
    ///
    /// # Errors
    /// [`HqError::NotThere`] when there is none or no key file, [`HqError::Open`] when the key
    /// does not open it. The files stay as they are.
    pub fn open(
        dir: &Path,
        key_file: Option<&Path>,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, HqError> {
        let path = dir.join(DATABASE_FILE);
        if !path.exists() {
            return Err(HqError::NotThere(path));
        }
        let key = key_file::read(key_file.unwrap_or(&dir.join(KEY_FILE)))?;
        Self::with(open_database(dir, &key)?, clock, rng)
    }

    fn with(database: Database, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, HqError> {
        let keys = database.read(read_keys)?.ok_or(HqError::Broken("headquarters"))?;
        if !database.read(spool_key::is_there)? {
            database.write(|tx| spool_key::ensure(tx, &*rng))?;
        }
        Ok(Self {
            database,
            keys,
            clock,
            rng,
            wrong_codes: Mutex::default(),
            news: News::default(),
            pages: phone::Pages::default(),
            scour_due: AtomicBool::new(true),
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

    /// Readies the writer for intake. Only a server does: it takes the writer's lock, for which an
    /// export beside a busy server would wait.
    pub(crate) fn prepare_intake(&self) -> Result<(), HqError> {
        self.database.write(|tx| {
            tx.execute_batch(KEEP_PAGES)?;
            Ok(tx.execute_batch(CHECKPOINT_SELDOM)?)
        })
    }

    /// The server certificate, issued anew when it is about to expire.
    pub(crate) fn current_leaf(&self) -> Result<Leaf, HqError> {
        let now_ms = self.clock.wall_ms();
        let (leaf, names, ca_key) = self.database.read(read_leaf)?;
        if !leaf.is_due(now_ms) {
            return Ok(leaf);
        }
        let leaf = certificates::issue_leaf(&ca_key, &serde_json::from_str::<Vec<String>>(&names)?, now_ms)?;
        self.database.write(|tx| update_leaf(tx, &leaf))?;
        tracing::info!("the server certificate was issued anew");
        Ok(leaf)
    }
}

impl std::fmt::Debug for Hq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

fn open_database(dir: &Path, key: &DatabaseKey) -> Result<Database, HqError> {
    let database = Database::open(&dir.join(DATABASE_FILE), key, SCHEMA)?;
    database.read(|tx| tx.execute_batch(KEEP_PAGES))?;
    Ok(database)
}

fn insert(
    tx: &Transaction<'_>,
    authority: &Certified,
    leaf: &Leaf,
    names: &[String],
    rng: &dyn Rng,
) -> Result<(), HqError> {
    let (mut signing_seed, mut challenge_key) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    rng.fill(&mut *signing_seed);
    rng.fill(&mut *challenge_key);
    tx.execute(
        "INSERT INTO headquarters (one, signing_seed, challenge_key, ca_certificate, ca_key, host_names,
             leaf_certificate, leaf_key, leaf_ends_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            &signing_seed[..],
            &challenge_key[..],
            authority.certificate,
            authority.key,
            serde_json::to_string(names)?,
            leaf.certified.certificate,
            leaf.certified.key,
            leaf.ends_ms
        ],
    )?;
    Ok(())
}

fn read_keys(tx: &Transaction<'_>) -> Result<Option<Keys>, HqError> {
    let keys = tx.query_row("SELECT signing_seed, challenge_key, ca_certificate FROM headquarters", [], |row| {
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(row.get(0)?);
        let challenge = Zeroizing::new(row.get(1)?);
        Ok(Keys { signing: SigningKey::from_seed(&seed), challenge, ca_der: row.get(2)? })
    });
    Ok(keys.optional()?)
}

fn read_leaf(tx: &Transaction<'_>) -> Result<(Leaf, String, Zeroizing<Vec<u8>>), HqError> {
    let read = |row: &Row<'_>| {
        let certified = Certified { certificate: row.get(0)?, key: row.get(1)? };
        let leaf = Leaf { certified, ends_ms: row.get(2)? };
        Ok((leaf, row.get(3)?, Zeroizing::new(row.get(4)?)))
    };
    Ok(tx.query_row(
        "SELECT leaf_certificate, leaf_key, leaf_ends_ms, host_names, ca_key FROM headquarters",
        [],
        read,
    )?)
}

fn update_leaf(tx: &Transaction<'_>, leaf: &Leaf) -> Result<(), HqError> {
    tx.execute(
        "UPDATE headquarters SET leaf_certificate = ?1, leaf_key = ?2, leaf_ends_ms = ?3",
        params![leaf.certified.certificate, leaf.certified.key, leaf.ends_ms],
    )?;
    Ok(())
}
