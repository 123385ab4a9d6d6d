//! A new key for the database. It happens at a start, when nobody else is at the database: a copy under the
//! new key is made whole, the keyring learns of the new key and keeps the old one, the copy takes the place
//! of the database, the keyring forgets the old key. Wherever that is cut, the next start finds a database
//! that one of the keys opens, with everything in it, and goes on from there.

use crate::files::{remove_if_there, sync_folder};
use crate::vault::DeviceRoot;
use crate::{Access, CoreError, DATABASE_FILE, Device, Environment, RECOVERY_FILE, VaultItem, recovery, startup};
use floorbook_ledger::Ledger;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// The copy under the new key, until it takes the place of the database.
const NEXT_FILE: &str = "floorbook.db.next";
/// Kept in the ledger while a new key is wanted: [`NEXT`] or [`WITH_PAPER`].
const DUE: &str = "key.rotation";
/// The next start makes it.
const NEXT: &str = "yes";
/// The first start makes it at which there is a recovery code.
const WITH_PAPER: &str = "with paper";

/// Where a rotation can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Copied,
    RecoveryKnowsBoth,
    KeyringKnowsBoth,
    LogEmptied,
    Replaced,
    Done,
}

impl Device {
    /// Asks for a new key of the database; it is made at the next start.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, or when the database fails.
    pub fn rotate_key(&self) -> Result<(), CoreError> {
        self.allows(Access::Manager)?;
        want(self.paired()?.book.ledger())
    }
}

/// The next start makes a new key.
pub(crate) fn want(ledger: &Ledger) -> Result<(), CoreError> {
    Ok(ledger.set_meta(&[(DUE, NEXT)])?)
}

/// The first start makes a new key at which there is a new recovery code: a keyring that failed once may fail again,
/// and until then only the code of headquarters opens the database.
pub(crate) fn want_with_paper(ledger: &Ledger) -> Result<(), CoreError> {
    Ok(ledger.set_meta(&[(DUE, WITH_PAPER)])?)
}

/// Opens the database of a start: ends a rotation that was cut, and makes one that is due.
pub(crate) fn opened(environment: &Environment, root: DeviceRoot) -> Result<(DeviceRoot, Arc<Ledger>), CoreError> {
    let (root, ledger) = settled(environment, root)?;
    match ledger.meta(DUE)?.as_deref() {
        None => return Ok((root, ledger)),
        Some(WITH_PAPER) if !recovery::has_paper(&ledger)? => return Ok((root, ledger)),
        Some(_) => {}
    }
    match prepared(environment, &root, &ledger, &mut |_| Ok(())) {
        Ok(fresh) => swapped(environment, fresh, ledger, &mut |_| Ok(())),
        Err(error) => {
            // A disk without room or a keyring that takes nothing keeps nobody from working. It stays due. Not
            // again before the next start: a keyring that answers late must not end up with a second new key.
            tracing::warn!(error = ?error, "the database keeps its key for now");
            remove_if_there(&next(environment))?;
            Ok((root, ledger))
        }
    }
}

fn settled(environment: &Environment, root: DeviceRoot) -> Result<(DeviceRoot, Arc<Ledger>), CoreError> {
    let Some(previous) = root.previous() else {
        let ledger = startup::open(environment, &root)?;
        remove_if_there(&next(environment))?; // the keyring never learnt of its key
        return Ok((root, ledger));
    };
    match startup::open(environment, &root) {
        Ok(ledger) => Ok((forget_previous(environment, &root, &ledger)?, ledger)),
        Err(CoreError::KeyMismatch) if is_whole(environment, &root) => {
            empty_log(startup::open(environment, &previous)?)?;
            let ledger = replaced(environment, &root)?;
            Ok((forget_previous(environment, &root, &ledger)?, ledger))
        }
        Err(CoreError::KeyMismatch) => {
            let ledger = startup::open(environment, &previous)?;
            remove_if_there(&next(environment))?;
            environment.vault.keep(VaultItem::Root, &previous.to_item())?;
            Ok((previous, ledger))
        }
        Err(error) => Err(error),
    }
}

/// Makes the copy, and tells paper and keyring of its key.
fn prepared(
    environment: &Environment,
    root: &DeviceRoot,
    ledger: &Ledger,
    reached: &mut dyn FnMut(Step) -> Result<(), CoreError>,
) -> Result<DeviceRoot, CoreError> {
    let fresh = root.rotated(&*environment.rng);
    remove_if_there(&next(environment))?;
    ledger.copy_to(&next(environment), &fresh.database_key()).map_err(startup::opening)?;
    sync_folder(&environment.dir)?;
    reached(Step::Copied)?;
    recovery::seal_again(environment, ledger, &[root, &fresh])?;
    reached(Step::RecoveryKnowsBoth)?;
    environment.vault.keep(VaultItem::Root, &fresh.to_item())?;
    reached(Step::KeyringKnowsBoth)?;
    Ok(fresh)
}

/// Puts the copy into the place of the database.
fn swapped(
    environment: &Environment,
    fresh: DeviceRoot,
    ledger: Arc<Ledger>,
    reached: &mut dyn FnMut(Step) -> Result<(), CoreError>,
) -> Result<(DeviceRoot, Arc<Ledger>), CoreError> {
    empty_log(ledger)?;
    reached(Step::LogEmptied)?;
    let ledger = replaced(environment, &fresh)?;
    reached(Step::Replaced)?;
    let root = forget_previous(environment, &fresh, &ledger)?;
    reached(Step::Done)?;
    tracing::info!("the database has a new key");
    Ok((root, ledger))
}

/// Closes the database with everything in its file: a log that was left would be taken for the log of the
/// file that comes into its place.
fn empty_log(ledger: Arc<Ledger>) -> Result<(), CoreError> {
    let ledger = Arc::into_inner(ledger).ok_or(CoreError::WrongState)?;
    if ledger.empty_log()? { Ok(()) } else { Err(CoreError::WrongState) }
}

fn replaced(environment: &Environment, root: &DeviceRoot) -> Result<Arc<Ledger>, CoreError> {
    let database = environment.dir.join(DATABASE_FILE);
    for beside in ["db-wal", "db-shm", "db-mark"] {
        remove_if_there(&database.with_extension(beside))?;
    }
    sync_folder(&environment.dir)?; // or a power cut leaves the copy beside the log of the file that it replaces
    fs::rename(next(environment), &database)?;
    sync_folder(&environment.dir)?;
    startup::open(environment, root)
}

fn forget_previous(environment: &Environment, root: &DeviceRoot, ledger: &Ledger) -> Result<DeviceRoot, CoreError> {
    ledger.forget_meta(DUE)?;
    let root = root.settled();
    environment.vault.keep(VaultItem::Root, &root.to_item())?;
    if !recovery::seal_again(environment, ledger, &[&root])? {
        remove_if_there(&environment.dir.join(RECOVERY_FILE))?; // headquarters made it, for the old key
    }
    remove_if_there(&next(environment))?;
    Ok(root)
}

/// Whether the copy is there and opens. It was whole before the keyring learnt of its key.
fn is_whole(environment: &Environment, root: &DeviceRoot) -> bool {
    let path = next(environment);
    path.exists() && Ledger::open(&path, &root.database_key()).is_ok()
}

pub(crate) fn next(environment: &Environment) -> PathBuf {
    environment.dir.join(NEXT_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::tests::{CHEAP, PHRASE, set_up, typed};
    use crate::{KeyVault, MemoryVault, SystemClock, SystemRng};
    use floorbook_protocol::PaperCode;
    use tempfile::TempDir;
    use tokio::runtime::Handle;

    const STEPS: [Step; 6] =
        [Step::Copied, Step::RecoveryKnowsBoth, Step::KeyringKnowsBoth, Step::LogEmptied, Step::Replaced, Step::Done];

    struct Desk {
        environment: Environment,
        code: PaperCode,
        first: DeviceRoot,
        is_by_phrase: bool,
        _folder: TempDir,
    }

    impl Desk {
        /// A database with something in it, and a code on paper; the key in a keyring.
        fn in_use() -> Self {
            Self::of(false)
        }

        /// One whose keyring has the key, and one whose key is under a phrase.
        fn both() -> [Self; 2] {
            [false, true].map(Self::of)
        }

        fn of(is_by_phrase: bool) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut environment = Environment {
                dir: folder.path().to_owned(),
                vault: Arc::new(MemoryVault::default()),
                clock: Arc::new(SystemClock::new(&SystemRng)),
                rng: Arc::new(SystemRng),
                runtime: Handle::current(),
                pin_cost: CHEAP,
            };
            let (first, code) = (DeviceRoot::make(&SystemRng), PaperCode::make(&SystemRng));
            if is_by_phrase {
                environment.vault = set_up(&environment, &first);
            }
            let ledger = startup::create(&environment, &first).unwrap();
            let paper = code.opening_key().sealing_key();
            let text = serde_json::to_string(&paper).unwrap();
            ledger.set_meta(&[("kept", "yes"), (DUE, "yes"), ("recovery.paper", &text)]).unwrap();
            recovery::seal(&environment, &paper, &[&first]).unwrap();
            Self { environment, code, first, is_by_phrase, _folder: folder }
        }

        fn in_keyring(&self) -> DeviceRoot {
            DeviceRoot::from_item(&self.environment.vault.load(VaultItem::Root).unwrap().unwrap()).unwrap()
        }

        /// What a start begins with: the phrase, where there is one, is typed again.
        fn comes_up(&mut self) {
            if self.is_by_phrase {
                self.environment.vault = typed(&self.environment, PHRASE);
            }
        }

        /// Ends like a killed program once `last` is reached.
        fn cut_after(&self, last: Step) {
            let ledger = startup::open(&self.environment, &self.first).unwrap();
            let mut cut = |step| if step == last { Err(CoreError::WrongState) } else { Ok(()) };
            let prepared = prepared(&self.environment, &self.first, &ledger, &mut cut);
            let result = prepared.and_then(|fresh| swapped(&self.environment, fresh, ledger, &mut cut));
            assert!(matches!(result, Err(CoreError::WrongState)), "{last:?}");
        }

        /// Starts, and finds everything.
        fn starts(&mut self, when: &str) -> DeviceRoot {
            self.comes_up();
            let (root, ledger) = opened(&self.environment, self.in_keyring()).unwrap();
            assert_eq!(ledger.meta("kept").unwrap().as_deref(), Some("yes"), "{when}");
            assert_eq!(ledger.meta(DUE).unwrap(), None, "{when}: it was made");
            root
        }
    }

    #[tokio::test]
    async fn a_new_key_opens_the_database_and_the_old_one_does_not() {
        for mut desk in Desk::both() {
            let root = desk.starts("the first time");
            assert_ne!(*root.to_item(), *desk.first.to_item());
            assert_eq!(*root.to_item(), *desk.in_keyring().to_item(), "the keyring has it, and no other");
            assert!(root.previous().is_none());
            assert!(matches!(startup::open(&desk.environment, &desk.first), Err(CoreError::KeyMismatch)));
            let again = desk.starts("the second time");
            assert_eq!(*again.to_item(), *root.to_item(), "it is made once");
        }
    }

    #[tokio::test]
    async fn a_cut_at_any_step_leaves_a_database_that_opens_with_everything_in_it() {
        for (last, mut desk) in STEPS.into_iter().flat_map(|last| Desk::both().map(|desk| (last, desk))) {
            desk.cut_after(last);
            let root = desk.starts(&format!("cut after {last:?}"));
            assert!(!next(&desk.environment).exists(), "{last:?}: no copy is left");
            assert!(root.previous().is_none(), "{last:?}: the old key is forgotten");
            assert_ne!(*root.to_item(), *desk.first.to_item(), "{last:?}: the new key is in force");
        }
    }

    #[tokio::test]
    async fn a_cut_at_any_step_with_the_keyring_lost_too_is_mended_by_the_paper() {
        for (last, desk) in STEPS.into_iter().flat_map(|last| Desk::both().map(|desk| (last, desk))) {
            desk.cut_after(last);
            let root = recovery::recovered(&desk.environment, &desk.code.to_string()).unwrap();
            let (_, ledger) = settled(&desk.environment, root).unwrap();
            assert_eq!(ledger.meta("kept").unwrap().as_deref(), Some("yes"), "{last:?}");
        }
    }

    #[tokio::test]
    async fn a_copy_that_was_cut_short_is_made_anew() {
        let mut desk = Desk::in_use();
        fs::write(next(&desk.environment), b"half a page").unwrap();
        desk.starts("half a copy");
        assert!(!next(&desk.environment).exists());
    }

    #[tokio::test]
    async fn a_keyring_that_takes_nothing_leaves_the_old_key_in_force() {
        struct Stubborn(DeviceRoot);
        impl KeyVault for Stubborn {
            fn load(&self, _: VaultItem) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, crate::VaultError> {
                Ok(Some(self.0.to_item()))
            }
            fn keep(&self, _: VaultItem, _: &[u8]) -> Result<(), crate::VaultError> {
                Err(crate::VaultError::Locked)
            }
            fn forget(&self, _: VaultItem) -> Result<(), crate::VaultError> {
                Err(crate::VaultError::Locked)
            }
        }
        let mut desk = Desk::in_use();
        desk.environment.vault = Arc::new(Stubborn(desk.first.clone()));
        let (root, ledger) = opened(&desk.environment, desk.first.clone()).unwrap();
        assert_eq!(*root.to_item(), *desk.first.to_item(), "nobody is kept from working");
        assert_eq!(ledger.meta("kept").unwrap().as_deref(), Some("yes"));
        assert!(ledger.meta(DUE).unwrap().is_some(), "it is tried again at the next start");
        assert!(!next(&desk.environment).exists());
    }
}
