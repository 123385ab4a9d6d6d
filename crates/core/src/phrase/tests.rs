//! What the vault of a phrase promises to the rest of the device, and the way into a keyring that came later.

use super::PHRASE_FILE;
use super::vault::PhraseVault;
use crate::vault::DeviceRoot;
use crate::{CoreError, Environment, KeyVault, MemoryVault, PinCost, SystemClock, SystemRng, VaultError, VaultItem};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

pub(crate) const PHRASE: &str = "six grey cats sleep under boats";
pub(crate) const CHEAP: PinCost = PinCost { memory_kib: 8, passes: 1 };

/// A machine that has no keyring.
pub(crate) struct NoKeyring;

impl KeyVault for NoKeyring {
    fn load(&self, _: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Err(VaultError::Missing)
    }

    fn keep(&self, _: VaultItem, _: &[u8]) -> Result<(), VaultError> {
        Err(VaultError::Missing)
    }

    fn forget(&self, _: VaultItem) -> Result<(), VaultError> {
        Err(VaultError::Missing)
    }
}

/// The vault of a start at which the phrase was typed.
pub(crate) fn typed(environment: &Environment, phrase: &str) -> Arc<PhraseVault> {
    let vault = PhraseVault::before(&Environment { vault: Arc::new(NoKeyring), ..environment.clone() });
    vault.try_phrase(phrase, &environment.clock.now()).unwrap();
    Arc::new(vault)
}

/// The vault of a device that is set up with a phrase.
pub(crate) fn set_up(environment: &Environment, root: &DeviceRoot) -> Arc<PhraseVault> {
    let vault = PhraseVault::before(&Environment { vault: Arc::new(NoKeyring), ..environment.clone() });
    vault.begin(PHRASE, root).unwrap();
    Arc::new(vault)
}

/// A keyring that works until it has done so much.
struct Failing {
    keyring: MemoryVault,
    left: AtomicUsize,
}

impl Failing {
    fn works(&self) -> Result<(), VaultError> {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| VaultError::Failing)
    }
}

impl KeyVault for Failing {
    fn load(&self, item: VaultItem) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.works()?;
        self.keyring.load(item)
    }

    fn keep(&self, item: VaultItem, secret: &[u8]) -> Result<(), VaultError> {
        self.works()?;
        self.keyring.keep(item, secret)
    }

    fn forget(&self, item: VaultItem) -> Result<(), VaultError> {
        self.works()?;
        self.keyring.forget(item)
    }
}

struct Desk {
    environment: Environment,
    root: DeviceRoot,
    _folder: TempDir,
}

impl Desk {
    /// A device that a phrase opens, with a database and a PIN that was tried in vain.
    fn in_use() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut environment = Environment {
            dir: folder.path().to_owned(),
            vault: Arc::new(NoKeyring),
            clock: Arc::new(SystemClock::new(&SystemRng)),
            rng: Arc::new(SystemRng),
            runtime: Handle::current(),
            pin_cost: CHEAP,
        };
        let root = DeviceRoot::make(&SystemRng);
        environment.vault = set_up(&environment, &root);
        crate::startup::create(&environment, &root).unwrap();
        environment.vault.keep(VaultItem::PinTries, b"three").unwrap();
        Self { environment, root, _folder: folder }
    }

    /// Starts with a keyring, and types the phrase where it is asked for. Says whether it was.
    fn start(&self, keyring: &Arc<Failing>) -> (PhraseVault, bool) {
        let mut environment = self.environment.clone();
        environment.vault = Arc::clone(keyring) as Arc<dyn KeyVault>;
        let vault = Arc::new(PhraseVault::before(&environment));
        environment.vault = Arc::clone(&vault) as Arc<dyn KeyVault>;
        let begun = vault.explained(&environment, crate::startup::find(&environment)).map(drop);
        let is_asked = matches!(begun, Err(CoreError::PhraseNeeded));
        if is_asked {
            vault.try_phrase(PHRASE, &environment.clock.now()).unwrap();
            vault.explained(&environment, crate::startup::find(&environment)).unwrap();
        } else {
            begun.unwrap();
        }
        drop(environment);
        (Arc::into_inner(vault).unwrap(), is_asked)
    }

    fn holds(&self, name: &str) -> bool {
        self.environment.dir.join(name).exists()
    }

    fn assert_knows_all(&self, vault: &dyn KeyVault, when: &str) {
        assert_eq!(vault.load(VaultItem::Root).unwrap().unwrap(), self.root.to_item(), "{when}");
        assert_eq!(vault.load(VaultItem::PinTries).unwrap().unwrap().as_slice(), b"three", "{when}");
    }
}

#[tokio::test]
async fn what_is_kept_is_there_at_the_next_start_and_in_no_file_in_clear() {
    let desk = Desk::in_use();
    desk.assert_knows_all(&*typed(&desk.environment, PHRASE), "typed again");
    let item = String::from_utf8(desk.root.to_item().to_vec()).unwrap();
    let item: serde_json::Value = serde_json::from_str(&item).unwrap();
    for file in fs::read_dir(&desk.environment.dir).unwrap() {
        let text = String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned();
        for (field, secret) in item.as_object().unwrap().iter().filter(|(_, value)| value.is_string()) {
            assert!(!text.contains(secret.as_str().unwrap()), "{field}");
        }
        assert!(!text.contains("six grey cats"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::in_use();
    for name in [PHRASE_FILE, "pin-tries.sealed"] {
        let mode = fs::metadata(desk.environment.dir.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn tries_that_were_counted_elsewhere_or_spoilt_are_none_and_stop_nothing() {
    let desk = Desk::in_use();
    let path = desk.environment.dir.join("pin-tries.sealed");
    let ours = fs::read(&path).unwrap();
    let others = fs::read(Desk::in_use().environment.dir.join("pin-tries.sealed")).unwrap();
    let vault = typed(&desk.environment, PHRASE);
    for spoilt in [others.as_slice(), b"", &ours[..ours.len() - 1]] {
        fs::write(&path, spoilt).unwrap();
        assert_eq!(vault.load(VaultItem::PinTries).unwrap(), None);
    }
    vault.keep(VaultItem::PinTries, b"four").unwrap();
    assert_eq!(vault.load(VaultItem::PinTries).unwrap().unwrap().as_slice(), b"four");
}

#[tokio::test]
async fn a_folder_that_takes_nothing_leaves_the_key_that_is_there() {
    let desk = Desk::in_use();
    let vault = typed(&desk.environment, PHRASE);
    let fresh = desk.environment.dir.join(Path::new(PHRASE_FILE).with_extension("sealed.new"));
    fs::create_dir(&fresh).unwrap(); // where the new file would be written
    assert_eq!(vault.keep(VaultItem::Root, &DeviceRoot::make(&SystemRng).to_item()), Err(VaultError::Failing));
    fs::remove_dir(&fresh).unwrap();
    desk.assert_knows_all(&*vault, "the one before");
    desk.assert_knows_all(&*typed(&desk.environment, PHRASE), "typed again");
}

#[tokio::test]
async fn a_keyring_that_came_later_takes_the_key_over_wherever_that_is_cut() {
    const WHOLE: usize = 20;
    for works in (0..8).chain([WHOLE]) {
        let desk = Desk::in_use();
        let keyring = Arc::new(Failing { keyring: MemoryVault::default(), left: AtomicUsize::new(WHOLE) });
        // It works for the first question, and for some of those after the phrase was typed.
        keyring.left.store(1 + works, Ordering::SeqCst);
        let (vault, is_asked) = desk.start(&keyring);
        assert!(is_asked);
        keyring.left.store(usize::MAX, Ordering::SeqCst);
        desk.assert_knows_all(&vault, &format!("cut after {works}"));
        drop(vault);

        let (vault, _) = desk.start(&keyring);
        desk.assert_knows_all(&vault, &format!("after {works}"));
        desk.assert_knows_all(&keyring.keyring, &format!("the keyring after {works}"));
        assert!(!vault.is_open() && !desk.holds(PHRASE_FILE) && !desk.holds("pin-tries.sealed"), "{works}");
        let (_, is_asked) = desk.start(&keyring);
        assert!(!is_asked, "{works}: the keyring has it now");
    }
}

#[tokio::test]
async fn a_file_that_is_left_where_the_keyring_opens_the_database_goes() {
    let desk = Desk::in_use();
    let left = fs::read(desk.environment.dir.join(PHRASE_FILE)).unwrap();
    let keyring = Arc::new(Failing { keyring: MemoryVault::default(), left: AtomicUsize::new(usize::MAX) });
    desk.start(&keyring);
    fs::write(desk.environment.dir.join(PHRASE_FILE), left).unwrap(); // cut just before it went
    let (_, is_asked) = desk.start(&keyring);
    assert!(!is_asked && !desk.holds(PHRASE_FILE));
}

#[tokio::test]
async fn the_key_of_something_else_stays_in_the_keyring() {
    let desk = Desk::in_use();
    let other = DeviceRoot::make(&SystemRng).to_item();
    let keyring = Arc::new(Failing { keyring: MemoryVault::default(), left: AtomicUsize::new(usize::MAX) });
    keyring.keep(VaultItem::Root, &other).unwrap();
    for _ in 0..2 {
        let (vault, is_asked) = desk.start(&keyring);
        assert!(is_asked && vault.is_open());
        desk.assert_knows_all(&vault, "by the phrase");
        assert_eq!(keyring.load(VaultItem::Root).unwrap().unwrap(), other);
    }
}

#[tokio::test]
async fn what_is_forgotten_is_in_no_file_and_the_phrase_opens_nothing() {
    let desk = Desk::in_use();
    for item in [VaultItem::Root, VaultItem::PinTries] {
        desk.environment.vault.forget(item).unwrap();
    }
    assert!(!desk.holds(PHRASE_FILE) && !desk.holds("pin-tries.sealed"));
    let vault = PhraseVault::before(&Environment { vault: Arc::new(NoKeyring), ..desk.environment.clone() });
    let refused = vault.try_phrase(PHRASE, &desk.environment.clock.now());
    assert!(matches!(refused, Err(CoreError::PhraseDamaged)));
    assert_eq!(desk.environment.vault.load(VaultItem::Root), Err(VaultError::Missing), "it is the keyring again");
}
