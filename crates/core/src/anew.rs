//! Beginning anew beside a database that is damaged. Nothing is thrown away: what can still be read of it and
//! was not sent is sealed to headquarters, its files go into a folder of their own, and the device is paired
//! again under another key, for its numbers must never be given twice.

use crate::device::{Stage, hold};
use crate::files::{self, remove_if_there};
use crate::recovery::RECOVERY_FILE;
use crate::vault::DeviceRoot;
use crate::{CoreError, DATABASE_FILE, Device, Environment, pairing, startup, wipe};
use floorbook_ledger::Ledger;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the name of such a folder begins with; the time follows.
const ASIDE: &str = "damaged-";
/// What SQLite keeps beside the database.
const LOG_FILE: &str = "floorbook.db-wal";
const INDEX_FILE: &str = "floorbook.db-shm";
/// How far its log was durable.
const MARK_FILE: &str = "floorbook.db-mark";
/// The copy in it that is read and thrown away, so that reading changes nothing.
const READ_FILE: &str = "read.db";

/// Where beginning anew can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Sealed,
    Copied,
    Moved,
    KeyForgotten,
}

impl Device {
    /// Whether what is in the way is a damaged database.
    pub fn can_begin_anew(&self) -> bool {
        self.is_at(|stage| matches!(stage, Stage::Trouble(CoreError::DatabaseDamaged)))
    }

    /// Puts the damaged database aside; the device is to be paired again then. What could be read of it and was
    /// not sent goes to headquarters after that.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] where that is not the trouble, or when disk or keyring fails; the database is
    /// in its place then, or the next start goes on.
    pub fn begin_anew(&self) -> Result<(), CoreError> {
        let mut instance = hold(&self.instance);
        if !self.can_begin_anew() {
            return Err(CoreError::WrongState);
        }
        let root = key_of(&self.environment)?;
        put_aside(&self.environment, &root, &mut |_| Ok(())).or_else(|error| {
            clear_unfinished(&self.environment.dir)?; // the disk may be full, and the clerks go on
            Err(error)
        })?;
        self.enter(&mut instance);
        Ok(())
    }
}

fn put_aside(
    environment: &Environment,
    root: &DeviceRoot,
    reached: &mut dyn FnMut(Step) -> Result<(), CoreError>,
) -> Result<(), CoreError> {
    let dir = &environment.dir;
    clear_unfinished(dir)?;
    let aside = dir.join(format!("{ASIDE}{}", environment.clock.wall_ms()));
    files::make_folder(&aside)?;
    let sealed = seal_what_is_left(environment, root, &aside)?;
    reached(Step::Sealed)?;
    // The database goes last: as long as it is here the next start finds the same trouble.
    for name in [LOG_FILE, MARK_FILE, RECOVERY_FILE] {
        copy(&dir.join(name), &aside.join(name))?;
    }
    files::sync_folder(&aside)?;
    reached(Step::Copied)?;
    fs::rename(dir.join(DATABASE_FILE), aside.join(DATABASE_FILE))?;
    files::sync_folder(&aside)?;
    files::sync_folder(dir)?;
    reached(Step::Moved)?;
    finish(environment)?;
    reached(Step::KeyForgotten)?;
    tracing::warn!(sealed, folder = ?aside.file_name(), "a damaged database was put aside");
    Ok(())
}

/// Removes what is left of tries that came to nothing.
fn clear_unfinished(dir: &Path) -> Result<(), CoreError> {
    for folder in folders(dir)? {
        if !folder.join(DATABASE_FILE).try_exists()? {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

/// The root secret that the database was made with: the keyring's, or while its key changes the one before.
fn key_of(environment: &Environment) -> Result<DeviceRoot, CoreError> {
    let root = startup::load_root(&*environment.vault)?.ok_or(CoreError::KeyLost)?;
    let salt = wipe::salt_of(&environment.dir.join(DATABASE_FILE))?;
    let mut roots = root.previous().into_iter().chain([root]);
    roots.find(|root| salt == Some(root.database_salt())).ok_or(CoreError::KeyMismatch)
}

/// Ends what was begun once the database was moved.
pub(crate) fn finish(environment: &Environment) -> Result<(), CoreError> {
    for name in [LOG_FILE, INDEX_FILE, MARK_FILE, RECOVERY_FILE] {
        remove_if_there(&environment.dir.join(name))?;
    }
    wipe::forget_key(environment);
    Ok(())
}

/// Whether a database that this key opens was put aside, and the key not yet.
pub(crate) fn is_cut(environment: &Environment, root: &DeviceRoot) -> Result<bool, CoreError> {
    let salts = [Some(root.database_salt()), root.previous().map(|root| root.database_salt())];
    for folder in folders(&environment.dir)? {
        let salt = wipe::salt_of(&folder.join(DATABASE_FILE))?;
        if salt.is_some() && salts.contains(&salt) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The folders of damaged databases.
pub(crate) fn folders(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let is_named_so =
        |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(|it| it.starts_with(ASIDE));
    Ok(paths.into_iter().filter(|path| path.is_dir() && is_named_so(path)).collect())
}

/// Reads a copy as far as that goes. Returns how many records were sealed.
fn seal_what_is_left(environment: &Environment, root: &DeviceRoot, aside: &Path) -> Result<u64, CoreError> {
    let read = aside.join(READ_FILE);
    copy(&environment.dir.join(DATABASE_FILE), &read)?;
    copy(&environment.dir.join(LOG_FILE), &read.with_extension("db-wal"))?;
    let opened = Ledger::open_what_is_left(&read, &root.database_key()).map_err(startup::opening);
    let sealed = opened.and_then(|ledger| read_and_seal(environment, root, ledger));
    for end in ["db", "db-wal", "db-shm", "db-mark"] {
        remove_if_there(&read.with_extension(end))?;
    }
    match sealed {
        Err(error @ CoreError::DiskFull) => Err(error), // room can be made
        // Without a paper the keyring alone can ever open it.
        Err(error) if !environment.dir.join(RECOVERY_FILE).try_exists()? => Err(error),
        Err(error) => {
            tracing::error!(error = ?error, "what the damaged database holds could not be sealed");
            Ok(0)
        }
        sealed => sealed,
    }
}

fn read_and_seal(environment: &Environment, root: &DeviceRoot, ledger: Ledger) -> Result<u64, CoreError> {
    let stored = pairing::stored(&ledger)?.ok_or(CoreError::DatabaseDamaged)?;
    wipe::keep_unsent(environment, root, &Arc::new(ledger), Some(&stored))
}

/// A copy that is on the disk; of nothing it is none.
fn copy(from: &Path, to: &Path) -> Result<(), CoreError> {
    match fs::copy(from, to) {
        Ok(_) => Ok(File::options().write(true).open(to)?.sync_all()?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VaultItem;
    use crate::spool::SpoolFile;
    use crate::startup::Found;
    use crate::wipe::tests::Desk;
    use floorbook_model::{ClerkId, DeviceId, Opening, PackRef};
    use floorbook_protocol::{Spool, SpoolRecord};

    const STEPS: [Step; 4] = [Step::Sealed, Step::Copied, Step::Moved, Step::KeyForgotten];
    /// Visits that are in the file, behind which the log begins.
    const IN_FILE: usize = 3;

    /// A device with unsent visits whose log changed while nobody looked.
    fn damaged() -> Desk {
        let desk = Desk::with_unsent(IN_FILE as i64);
        let dir = &desk.environment.dir;
        desk.keep_grant(&startup::open(&desk.environment, &desk.root).unwrap());
        let book = desk.book(startup::open(&desk.environment, &desk.root).unwrap());
        for n in 0..8 {
            let opening = Opening::new(1_795_406_500_000 + n, 2, PackRef { id: "apparel".to_owned(), version: 1 });
            book.open_visit(&"c01".parse::<ClerkId>().unwrap(), opening).unwrap();
        }
        let mut files = [DATABASE_FILE, LOG_FILE].map(|name| (name, fs::read(dir.join(name)).unwrap()));
        drop(book);
        let [_, (_, log)] = &mut files;
        let middle = log.len() / 2;
        *log.get_mut(middle).unwrap() ^= 1;
        files.iter().for_each(|(name, bytes)| fs::write(dir.join(name), bytes).unwrap());
        desk
    }

    fn begin(desk: &Desk, last: Option<Step>) -> Result<(), CoreError> {
        put_aside(&desk.environment, &desk.root, &mut |step| {
            if Some(step) == last { Err(CoreError::WrongState) } else { Ok(()) }
        })
    }

    fn bytes(path: &Path) -> [Vec<u8>; 2] {
        [DATABASE_FILE, LOG_FILE].map(|name| fs::read(path.join(name)).unwrap())
    }

    #[tokio::test]
    async fn a_start_on_a_damaged_log_stops_and_changes_nothing() {
        let desk = damaged();
        let before = bytes(&desk.environment.dir);
        let device = Device::start(desk.environment.clone());
        assert!(device.can_begin_anew());
        assert!(matches!(device.state(), crate::State::Trouble(CoreError::DatabaseDamaged)));
        assert!(bytes(&desk.environment.dir) == before);
    }

    #[tokio::test]
    async fn to_begin_anew_keeps_the_damaged_files_and_seals_what_can_be_read_of_them() {
        let desk = damaged();
        let before = bytes(&desk.environment.dir);
        let device = Device::start(desk.environment.clone());
        device.begin_anew().unwrap();
        assert!(matches!(device.state(), crate::State::Setup));
        assert!(desk.sealed().len() >= IN_FILE, "as far as it reads");
        let [aside] = &folders(&desk.environment.dir).unwrap()[..] else { panic!("one folder") };
        assert!(bytes(aside) == before);
        assert!(aside.join(RECOVERY_FILE).exists(), "whoever has the paper can open it");
        assert_eq!(fs::read_dir(aside).unwrap().count(), 3, "and nothing else");
        assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none(), "numbers are never given twice");
        assert!(matches!(device.begin_anew(), Err(CoreError::WrongState)));
    }

    #[tokio::test]
    async fn what_the_clerks_logged_meanwhile_is_signed_while_the_key_is_there() {
        let desk = damaged();
        let (device, stand_in) = (DeviceId::from_bytes([7; 16]), DeviceId::from_bytes([8; 16]));
        let key = desk.stored.grant.spool_key.clone().unwrap();
        let dir = &desk.environment.dir;
        let (mut file, path) = SpoolFile::create(&desk.environment, dir, device, stand_in, &key, None).unwrap();
        file.append(&["{}", "[]"]).unwrap();
        Device::start(desk.environment.clone()).begin_anew().unwrap();
        let lines = Spool::read(&fs::read(path).unwrap()).lines;
        let records: Vec<SpoolRecord> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records.len(), 2);
        assert!(records.iter().all(|record| record.is_signed_by(&desk.root.signing_key().public())));
    }

    #[tokio::test]
    async fn nothing_is_put_aside_under_a_key_that_is_not_its_own_or_without_a_paper_for_what_cannot_be_read() {
        let desk = damaged();
        let own = desk.environment.vault.load(VaultItem::Root).unwrap().unwrap();
        let other = DeviceRoot::make(&crate::SystemRng);
        desk.environment.vault.keep(VaultItem::Root, &other.to_item()).unwrap();
        let device = Device::start(desk.environment.clone());
        assert!(matches!(device.state(), crate::State::Trouble(CoreError::KeyMismatch)), "the log says nothing of it");
        assert!(matches!(device.begin_anew(), Err(CoreError::WrongState)));

        desk.environment.vault.keep(VaultItem::Root, &own).unwrap();
        fs::remove_file(desk.environment.dir.join(RECOVERY_FILE)).unwrap();
        let database = desk.environment.dir.join(DATABASE_FILE);
        let mut bytes = fs::read(&database).unwrap();
        bytes.iter_mut().skip(4_096).for_each(|byte| *byte = !*byte);
        fs::write(&database, bytes).unwrap();
        device.retry();
        assert!(device.begin_anew().is_err());
        assert!(database.exists() && desk.environment.vault.load(VaultItem::Root).unwrap().is_some());
        assert!(folders(&desk.environment.dir).unwrap().is_empty(), "nothing is left of the try");
    }

    #[tokio::test]
    async fn a_cut_at_any_step_loses_nothing_and_the_next_start_goes_on() {
        for last in STEPS {
            let desk = damaged();
            assert!(begin(&desk, Some(last)).is_err());
            let sealed = desk.sealed();
            assert!(sealed.len() >= IN_FILE, "{last:?}");
            let found = startup::find(&desk.environment);
            match last {
                Step::Sealed | Step::Copied => {
                    assert!(matches!(found, Err(CoreError::DatabaseDamaged)), "{last:?}");
                    begin(&desk, None).unwrap();
                }
                Step::Moved | Step::KeyForgotten => assert!(matches!(found, Ok(Found::Nothing(None))), "{last:?}"),
            }
            assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none(), "{last:?}");
            assert_eq!(desk.sealed(), sealed, "{last:?}: each once for headquarters");
            assert!(matches!(startup::find(&desk.environment), Ok(Found::Nothing(None))), "{last:?}");
        }
    }
}
