//! Destroying what a device holds, because headquarters wants it: a device that was lost. The key goes
//! first, so that whatever is cut short leaves nothing that can be read; what headquarters does not have
//! yet was sealed to it before, and stays.

use crate::device::{Paired, Stage};
use crate::files::{self, remove_if_there};
use crate::outfit::OUTFIT_FILE;
use crate::pairing::Stored;
use crate::phrase::{PHRASE_FILE, PIN_TRIES_FILE, TRIES_FILE};
use crate::recovery::RECOVERY_FILE;
use crate::spool::{SpoolFile, sign_all};
use crate::startup::Found;
use crate::vault::DeviceRoot;
use crate::{CoreError, DATABASE_FILE, Device, Environment, VaultItem, anew, pairing, rotation};
use floorbook_ledger::{Book, Ledger};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

/// Name of the note that a wiped device keeps, JSON, see [`Wiped`]. It holds no secret.
pub const WIPED_FILE: &str = "wiped.json";

/// Lines that are sealed at a time.
const LINES: usize = 1_000;
/// A database file begins with the salt of its key.
const SALT_BYTES: usize = 16;
/// Between two looks whether a file is free.
const PAUSE: Duration = Duration::from_millis(50);
/// Looks until the database is deleted although somebody has it open.
const PATIENCE: u32 = 60;
/// Tries to delete a file again.
const TRIES: u32 = 10;

/// That a device was wiped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiped {
    /// When, milliseconds UTC.
    pub at_ms: i64,
    /// Records that are kept, sealed to headquarters.
    pub sealed: u64,
    /// Which database this is about: the start of its file.
    database: String,
}

/// Where a wipe can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Sealed,
    Noted,
    KeyForgotten,
    PaperGone,
    DatabaseGone,
}

impl Device {
    /// That it was wiped, until it is paired again.
    pub fn wiped(&self) -> Option<Wiped> {
        noted(&self.environment.dir)
    }

    /// Destroys everything but what is sealed to headquarters. The device is as new then.
    pub(crate) fn wipe(&self, paired: Arc<Paired>) -> Result<(), CoreError> {
        paired.lock();
        paired.stop();
        let mut stage = self.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*stage, Stage::Paired(current) if Arc::ptr_eq(current, &paired)) {
            return Err(CoreError::WrongState);
        }
        let (root, ledger) = (paired.root.clone(), Arc::clone(paired.book.ledger()));
        *stage = Stage::Trouble(CoreError::WrongState);
        drop(paired); // like the one in the stage it holds the database open
        let wiped = wipe_now(&self.environment, &root, ledger);
        let found = wiped.and_then(|()| self.phrase.explained(&self.environment, Ok(Found::Nothing(None))));
        *stage = match found {
            Ok(_) => Stage::Setup { root: None, ledger: None },
            Err(error) => Stage::Trouble(error),
        };
        Ok(())
    }
}

/// What pairing gave the device; one on which that cannot be read is wiped all the same.
fn readable(ledger: &Ledger) -> Option<Stored> {
    pairing::stored(ledger).unwrap_or_else(|error| {
        tracing::error!(error = ?error, "what pairing gave the device cannot be read");
        None
    })
}

/// Wipes the device whose database this is.
pub(crate) fn wipe_now(environment: &Environment, root: &DeviceRoot, ledger: Arc<Ledger>) -> Result<(), CoreError> {
    let stored = readable(&ledger);
    carry_out(environment, root, ledger, stored.as_ref(), &mut |_| Ok(()))
}

/// Wipes. Called again after a cut it ends what was begun.
fn carry_out(
    environment: &Environment,
    root: &DeviceRoot,
    ledger: Arc<Ledger>,
    stored: Option<&Stored>,
    reached: &mut dyn FnMut(Step) -> Result<(), CoreError>,
) -> Result<(), CoreError> {
    tracing::warn!("headquarters wants this device wiped");
    // A full disk must not keep a thief's device readable: what cannot be sealed then is lost with it.
    let sealed = keep_unsent(environment, root, &ledger, stored).unwrap_or_else(|error| {
        tracing::error!(error = ?error, "what was unsent could not be sealed");
        0
    });
    reached(Step::Sealed)?;
    if let Err(error) = note(environment, root, sealed) {
        tracing::error!(error = ?error, "that the device is wiped could not be noted");
    }
    reached(Step::Noted)?;
    forget_key(environment);
    reached(Step::KeyForgotten)?;
    close(ledger);
    remove(environment, reached)
}

/// Whether the key of the database that is there was destroyed and nothing else yet.
pub(crate) fn is_cut(environment: &Environment) -> Result<bool, CoreError> {
    let Some(wiped) = noted(&environment.dir) else { return Ok(false) };
    Ok(salt_of(&environment.dir.join(DATABASE_FILE))?.is_some_and(|salt| wiped.database == hex(&salt)))
}

/// How the file of a database begins; `None` of one that has not begun or is not there.
pub(crate) fn salt_of(database: &Path) -> Result<Option<[u8; SALT_BYTES]>, CoreError> {
    let mut start = [0; SALT_BYTES];
    match File::open(database).and_then(|mut file| file.read_exact(&mut start)) {
        Ok(()) => Ok(Some(start)),
        Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Ends a wipe whose key is destroyed.
pub(crate) fn finish(environment: &Environment) -> Result<(), CoreError> {
    remove(environment, &mut |_| Ok(()))
}

/// Whether the device was wiped; a key that its keyring did not give up then goes now.
pub(crate) fn is_done(environment: &Environment) -> bool {
    let is_done = noted(&environment.dir).is_some();
    if is_done {
        forget_key(environment);
    }
    is_done
}

/// A new database begins: the note of an earlier one must never be taken for its own.
pub(crate) fn forget_note(dir: &Path) -> Result<(), CoreError> {
    if dir.join(WIPED_FILE).try_exists()? {
        remove_if_there(&dir.join(WIPED_FILE))?;
        files::sync_folder(dir)?;
    }
    Ok(())
}

/// Seals what no receipt covers to headquarters, events and contacts, signed, for the device will be another one
/// when it is paired again. Returns how many records.
pub(crate) fn keep_unsent(
    environment: &Environment,
    root: &DeviceRoot,
    ledger: &Arc<Ledger>,
    stored: Option<&Stored>,
) -> Result<u64, CoreError> {
    let Some(stored) = stored else { return Ok(0) };
    let Some(key) = &stored.grant.spool_key else { return Ok(0) };
    let origin = stored.origin()?;
    let device = origin.device;
    let (clock, rng) = (Arc::clone(&environment.clock), Arc::clone(&environment.rng));
    if let Err(error) = sign_all(&environment.dir, device, &root.signing_key()) {
        tracing::error!(error = ?error, "what was logged without the key is not signed");
    }
    let book = Book::new(Arc::clone(ledger), origin, clock, rng);
    // Where the database is damaged, what was sealed before may be readable all the same.
    if let Err(error) = book.seal(i64::MAX).and_then(|_| book.put_back()) {
        tracing::error!(error = ?error, "the last taps could not be sealed");
    }
    if book.is_all_sent()? {
        return Ok(0);
    }
    let signer = Some(root.signing_key());
    let (mut file, _) = SpoolFile::create(environment, &environment.dir, device, device, key, signer)?;
    let mut after_n = 0;
    loop {
        let records = book.outbox(after_n, LINES, usize::MAX)?;
        let Some(last) = records.last() else { break };
        after_n = last.n;
        file.append(&records.iter().map(|record| record.line.as_str()).collect::<Vec<_>>())?;
    }
    // Contacts come behind the visits in which they were left.
    let contacts = book.contact_outbox(usize::MAX)?;
    for contacts in contacts.chunks(LINES) {
        file.append(&contacts.iter().map(|contact| contact.line.as_str()).collect::<Vec<_>>())?;
    }
    Ok(file.records())
}

fn note(environment: &Environment, root: &DeviceRoot, sealed: u64) -> Result<(), CoreError> {
    let at_ms = environment.clock.wall_ms();
    let wiped = Wiped { at_ms, sealed, database: hex(&root.database_salt()) };
    let bytes = serde_json::to_vec(&wiped).map_err(CoreError::storage)?;
    Ok(files::replace(&environment.dir.join(WIPED_FILE), &bytes)?)
}

fn noted(dir: &Path) -> Option<Wiped> {
    serde_json::from_slice(&fs::read(dir.join(WIPED_FILE)).ok()?).ok()
}

/// A keyring that gives nothing up keeps the database from nobody's hands for long: it goes next.
pub(crate) fn forget_key(environment: &Environment) {
    for item in [VaultItem::Root, VaultItem::PinTries] {
        if let Err(error) = environment.vault.forget(item) {
            tracing::error!(error = ?error, "the keyring keeps a secret of the device that is wiped");
        }
    }
}

/// Lets the database go. What works on it was told to end and does so soon; some systems delete no file that
/// somebody has open.
fn close(ledger: Arc<Ledger>) {
    for _ in 0..PATIENCE {
        if Arc::strong_count(&ledger) == 1 {
            return;
        }
        thread::sleep(PAUSE);
    }
    tracing::warn!("somebody has the database open still");
}

fn remove(environment: &Environment, reached: &mut dyn FnMut(Step) -> Result<(), CoreError>) -> Result<(), CoreError> {
    let dir = &environment.dir;
    let papers = [OUTFIT_FILE, RECOVERY_FILE, PHRASE_FILE, PIN_TRIES_FILE, TRIES_FILE].map(|name| dir.join(name));
    // Whatever stays keeps nothing else here.
    let unfinished = files::unfinished(dir).map(|paths| remove_all(paths.into_iter()));
    let aside = anew::folders(dir).map(|folders| folders.iter().map(fs::remove_dir_all).fold(Ok(()), Result::and));
    let papers = remove_all(papers.into_iter());
    files::sync_folder(dir)?;
    reached(Step::PaperGone)?;
    let database = dir.join(DATABASE_FILE);
    let beside = ["db-wal", "db-shm", "db-mark"].map(|end| database.with_extension(end));
    remove_all([rotation::next(environment)].into_iter().chain(beside).chain([database]))?;
    files::sync_folder(dir)?;
    reached(Step::DatabaseGone)?;
    papers.and(unfinished.flatten()).and(aside.flatten())?;
    tracing::warn!("this device was wiped");
    Ok(())
}

/// One that stays keeps none of the others.
fn remove_all(paths: impl Iterator<Item = PathBuf>) -> io::Result<()> {
    paths.map(|path| removed(&path)).fold(Ok(()), Result::and)
}

/// Removes a file, which somebody may have open for a moment.
fn removed(path: &Path) -> io::Result<()> {
    let mut result = remove_if_there(path);
    for _ in 0..TRIES {
        if result.is_ok() {
            break;
        }
        thread::sleep(PAUSE);
        result = remove_if_there(path);
    }
    result
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::phrase::PhraseVault;
    use crate::{KeyVault, MemoryVault, PinCost, SystemClock, SystemRng, startup};
    use floorbook_model::{ClerkId, DeviceId, Opening, Pack, PackRef};
    use floorbook_protocol::{
        OpeningKey, Order, PairGrant, PaperCode, Policy, Purpose, Signed, SigningKey, Spool, SpoolRecord, StoreRecord,
    };
    use std::collections::BTreeSet;
    use tempfile::TempDir;
    use tokio::runtime::Handle;

    const STEPS: [Step; 5] = [Step::Sealed, Step::Noted, Step::KeyForgotten, Step::PaperGone, Step::DatabaseGone];

    pub(crate) struct Desk {
        pub(crate) environment: Environment,
        pub(crate) root: DeviceRoot,
        pub(crate) stored: Stored,
        hq: OpeningKey,
        _folder: TempDir,
    }

    impl Desk {
        /// A paired device with a code on paper and `visits` that were never sent.
        pub(crate) fn with_unsent(visits: i64) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let environment = Environment {
                dir: folder.path().to_owned(),
                vault: Arc::new(MemoryVault::default()),
                clock: Arc::new(SystemClock::new(&SystemRng)),
                rng: Arc::new(SystemRng),
                runtime: Handle::current(),
                pin_cost: PinCost::STANDARD,
            };
            let (root, hq) = (DeviceRoot::make(&SystemRng), OpeningKey::make(&SystemRng));
            let stored = Stored::of(grant(&hq), Order::Wipe);
            let desk = Self { environment, root, stored, hq, _folder: folder };
            let ledger = startup::create(&desk.environment, &desk.root).unwrap();
            let paper = PaperCode::make(&SystemRng).opening_key().sealing_key();
            crate::recovery::seal(&desk.environment, &paper, &[&desk.root]).unwrap();
            let book = desk.book(ledger);
            for n in 0..visits {
                let opening = Opening::new(1_795_406_400_000 + n, 2, PackRef { id: "apparel".to_owned(), version: 1 });
                book.open_visit(&"c01".parse::<ClerkId>().unwrap(), opening).unwrap();
            }
            desk
        }

        pub(crate) fn book(&self, ledger: Arc<Ledger>) -> Book {
            let Environment { clock, rng, .. } = &self.environment;
            Book::new(ledger, self.stored.origin().unwrap(), Arc::clone(clock), Arc::clone(rng))
        }

        /// Ends like a killed program once `last` is reached.
        fn cut_after(&self, last: Step) {
            let ledger = startup::open(&self.environment, &self.root).unwrap();
            let mut cut = |step| if step == last { Err(CoreError::WrongState) } else { Ok(()) };
            let result = carry_out(&self.environment, &self.root, ledger, Some(&self.stored), &mut cut);
            assert!(matches!(result, Err(CoreError::WrongState)), "{last:?}");
        }

        /// What the next start does.
        fn starts(&self) {
            match startup::find(&self.environment).unwrap() {
                startup::Found::Nothing(root) => assert!(root.is_none(), "the key is gone"),
                startup::Found::Open(root, ledger) => {
                    carry_out(&self.environment, &root, ledger, Some(&self.stored), &mut |_| Ok(())).unwrap();
                }
            }
        }

        /// Keeps in the ledger what pairing gave the device, as headquarters signed it.
        pub(crate) fn keep_grant(&self, ledger: &Ledger) {
            let key = SigningKey::from_seed(&[1; 32]);
            let grant = Signed::seal(Purpose::PairGrant, &self.stored.grant, &key).unwrap();
            let grant = serde_json::to_string(&grant).unwrap();
            let kept = [(pairing::GRANT, &*grant), (pairing::HQ_URL, "https://hq.example"), (pairing::HQ_CA, "")];
            ledger.set_meta(&kept).unwrap();
        }

        /// Events that headquarters can read in the sealed files, each once.
        pub(crate) fn sealed(&self) -> BTreeSet<String> {
            let files = fs::read_dir(&self.environment.dir).unwrap().map(|entry| entry.unwrap().path());
            let spools = files.filter(|path| path.extension().is_some_and(|end| end == "sealed"));
            let spools =
                spools.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("spool-")));
            let lines = spools.flat_map(|path| Spool::read(&fs::read(path).unwrap()).lines);
            let open = |line: String| serde_json::from_str::<SpoolRecord>(&line).unwrap().open(&self.hq).unwrap();
            lines.map(|line| String::from_utf8(open(line).to_vec()).unwrap()).collect()
        }

        pub(crate) fn names(&self) -> BTreeSet<String> {
            let files = fs::read_dir(&self.environment.dir).unwrap();
            let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| !name.starts_with("spool-")).collect()
        }
    }

    fn grant(hq: &OpeningKey) -> PairGrant {
        let pack: Pack = serde_json::from_str(include_str!("../../../assets/packs/apparel.json")).unwrap();
        let key = SigningKey::from_seed(&[1; 32]).public();
        PairGrant {
            device: DeviceId::from_bytes([7; 16]),
            device_key: key,
            device_name: "Till".to_owned(),
            store: StoreRecord {
                id: "north".parse().unwrap(),
                name: "North".to_owned(),
                time_zone: "Asia/Shanghai".to_owned(),
                cut_hour: 4,
                currency: "CNY".to_owned(),
            },
            hq_key: key,
            pack,
            roster: Vec::new(),
            policy: Policy::default(),
            contact_key: None,
            spool_key: Some(hq.sealing_key()),
            epoch: 0,
        }
    }

    #[tokio::test]
    async fn a_wiped_device_holds_nothing_but_what_headquarters_can_read() {
        let desk = Desk::with_unsent(1_203);
        desk.starts();
        assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none());
        assert_eq!(desk.names(), BTreeSet::from([WIPED_FILE.to_owned()]));
        assert_eq!(desk.sealed().len(), 1_203);
        assert_eq!(noted(&desk.environment.dir).unwrap().sealed, 1_203);
    }

    #[tokio::test]
    async fn a_cut_at_any_step_is_ended_by_the_next_start_and_loses_nothing() {
        for last in STEPS {
            let desk = Desk::with_unsent(3);
            desk.cut_after(last);
            assert_eq!(desk.sealed().len(), 3, "{last:?}: what was unsent is sealed from the first step on");
            desk.starts();
            assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none(), "{last:?}");
            assert_eq!(desk.names(), BTreeSet::from([WIPED_FILE.to_owned()]), "{last:?}");
            assert_eq!(desk.sealed().len(), 3, "{last:?}");
        }
    }

    #[tokio::test]
    async fn a_phrase_opens_nothing_once_the_device_is_wiped_wherever_that_is_cut() {
        use crate::phrase::tests::{NoKeyring, PHRASE, set_up};
        for last in STEPS {
            let mut desk = Desk::with_unsent(3);
            desk.environment.pin_cost = PinCost { memory_kib: 8, passes: 1 };
            desk.environment.vault = set_up(&desk.environment, &desk.root);
            desk.cut_after(last);

            desk.environment.vault = Arc::new(NoKeyring);
            let phrase = Arc::new(PhraseVault::before(&desk.environment));
            desk.environment.vault = Arc::clone(&phrase) as Arc<dyn KeyVault>;
            let mut found = phrase.explained(&desk.environment, startup::find(&desk.environment));
            if matches!(found, Err(CoreError::PhraseNeeded)) {
                phrase.try_phrase(PHRASE, &desk.environment.clock.now()).unwrap();
                desk.starts();
                found = phrase.explained(&desk.environment, Ok(Found::Nothing(None)));
            }
            assert!(matches!(found, Err(CoreError::PhraseUnset)), "{last:?}: it is as new");
            assert!(!phrase.is_open(), "{last:?}");
            assert_eq!(desk.names(), BTreeSet::from([WIPED_FILE.to_owned()]), "{last:?}");
            assert_eq!(desk.sealed().len(), 3, "{last:?}");
        }
    }

    #[tokio::test]
    async fn nothing_opens_the_database_once_the_key_is_gone() {
        let desk = Desk::with_unsent(1);
        desk.cut_after(Step::KeyForgotten);
        assert!(desk.environment.dir.join(DATABASE_FILE).exists(), "it is there still");
        assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none());
    }

    #[tokio::test]
    async fn the_note_of_a_wipe_is_never_taken_for_that_of_another_database() {
        let desk = Desk::with_unsent(1);
        desk.starts();
        let note = fs::read(desk.environment.dir.join(WIPED_FILE)).unwrap();
        let other = DeviceRoot::make(&SystemRng);
        drop(startup::create(&desk.environment, &other).unwrap());
        assert!(noted(&desk.environment.dir).is_none(), "it goes when the device is set up anew");
        fs::write(desk.environment.dir.join(WIPED_FILE), note).unwrap();
        desk.environment.vault.forget(VaultItem::Root).unwrap();
        assert!(matches!(startup::find(&desk.environment), Err(CoreError::KeyLost)), "a lost key is no wipe");
        assert!(startup::open(&desk.environment, &other).is_ok(), "and nothing was deleted");
    }

    #[tokio::test]
    async fn a_full_disk_and_a_stubborn_keyring_keep_nothing_readable() {
        struct Stubborn;
        impl KeyVault for Stubborn {
            fn load(&self, _: VaultItem) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, crate::VaultError> {
                Err(crate::VaultError::Locked)
            }
            fn keep(&self, _: VaultItem, _: &[u8]) -> Result<(), crate::VaultError> {
                Err(crate::VaultError::Locked)
            }
            fn forget(&self, _: VaultItem) -> Result<(), crate::VaultError> {
                Err(crate::VaultError::Locked)
            }
        }
        let mut desk = Desk::with_unsent(1);
        desk.stored.grant.spool_key = None;
        let ledger = startup::open(&desk.environment, &desk.root).unwrap();
        let honest = std::mem::replace(&mut desk.environment.vault, Arc::new(Stubborn));
        carry_out(&desk.environment, &desk.root, ledger, Some(&desk.stored), &mut |_| Ok(())).unwrap();
        assert_eq!(desk.names(), BTreeSet::from([WIPED_FILE.to_owned()]), "the database and the paper are gone");
        desk.environment.vault = honest;
        desk.starts();
        assert!(desk.environment.vault.load(VaultItem::Root).unwrap().is_none(), "and the key with the next start");
    }
}
