//! One device, from its start to its end.

use crate::instance::Instance;
use crate::outlet::Outlet;
use crate::phrase::PhraseVault;
use crate::session::{Holder, Who};
use crate::startup::{self, Found};
use crate::tries::Marks;
use crate::undo::UndoStack;
use crate::vault::DeviceRoot;
use crate::{CoreError, KeyVault, Phone, PinCost, Prefs, VaultError, config, idle, pairing, spool, wipe};
use floorbook_ledger::{Book, Ledger};
use floorbook_model::{Calendar, ClerkId, Clock, Pack, Rng, VisitId};
use floorbook_protocol::{Clerk, Order, Policy, SealingKey, StoreRecord};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a device is given of the world.
#[derive(Clone)]
pub struct Environment {
    /// Folder of its data.
    pub dir: PathBuf,
    /// Keeper of its root secret.
    pub vault: Arc<dyn KeyVault>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Where the sender runs.
    pub runtime: Handle,
    /// What hashing a PIN costs.
    pub pin_cost: PinCost,
}

/// What pairing gave the device.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its store.
    pub store: StoreRecord,
    /// What people call the device.
    pub device_name: String,
    /// Address of headquarters.
    pub hq_url: String,
    /// Whether that is a headquarters of this machine, to try things out.
    pub is_trial: bool,
    /// The form.
    pub pack: Pack,
    /// Who works there.
    pub roster: Vec<Clerk>,
    /// Its rules.
    pub policy: Policy,
    /// The key that contacts are sealed to; `None` where headquarters takes none.
    pub contact_key: Option<SealingKey>,
    /// The key that events are sealed to which go another way; `None` where headquarters gave none.
    pub spool_key: Option<SealingKey>,
}

impl Profile {
    /// How long nobody may touch a visit until a rule closes it, milliseconds.
    pub(crate) fn idle_ms(&self) -> i64 {
        i64::from(self.pack.idle_close_min) * 60_000
    }
}

/// Where a device stands.
#[derive(Clone, Debug)]
pub enum State {
    /// It could not start, and says why.
    Trouble(CoreError),
    /// It is not paired yet.
    Setup,
    /// It is paired and locked.
    Locked,
    /// The screen is turned to the visitor of this visit.
    Turned(VisitId),
    /// Somebody is signed in.
    Open(ClerkId),
}

pub(crate) enum Stage {
    Trouble(CoreError),
    Setup { root: Option<DeviceRoot>, ledger: Option<Arc<Ledger>> },
    Paired(Arc<Paired>),
}

/// A paired device at work.
pub(crate) struct Paired {
    pub(crate) root: DeviceRoot,
    pub(crate) profile: Profile,
    pub(crate) book: Arc<Book>,
    pub(crate) outlet: Outlet,
    pub(crate) holder: Mutex<Holder>,
    /// Held while a PIN is checked; read from the keyring by the first one.
    pub(crate) marks: Mutex<Option<Marks>>,
    pub(crate) undo: Mutex<UndoStack>,
    /// What it does by itself.
    pub(crate) tasks: Vec<JoinHandle<()>>,
    pub(crate) board_changed: watch::Sender<()>,
    /// How it stands with the page for a visitor's phone.
    pub(crate) phone: watch::Sender<Phone>,
    /// What headquarters wanted when it was put to work.
    pub(crate) order: Order,
    /// Becomes true when it wants something else.
    pub(crate) wishes: watch::Sender<bool>,
    /// What it was heard to want and what could not be noted: a full disk keeps no order away.
    pub(crate) unnoted: Arc<Mutex<Option<Order>>>,
}

impl Paired {
    /// Ends what it does by itself.
    pub(crate) fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for Paired {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One device.
pub struct Device {
    pub(crate) environment: Environment,
    /// The vault of the environment.
    pub(crate) phrase: Arc<PhraseVault>,
    pub(crate) instance: Mutex<Option<Instance>>,
    pub(crate) stage: RwLock<Stage>,
}

impl Device {
    /// Starts on what the folder and the keyring hold. It always comes up: what keeps it from
    /// working is its [`State::Trouble`].
    pub fn start(mut environment: Environment) -> Self {
        let phrase = Arc::new(PhraseVault::before(&environment));
        environment.vault = Arc::clone(&phrase) as Arc<dyn KeyVault>;
        let stage = RwLock::new(Stage::Trouble(CoreError::WrongState));
        let device = Self { environment, phrase, instance: Mutex::new(None), stage };
        device.retry();
        device
    }

    /// Starts again after a trouble, or after a time without the key; does nothing when there is none.
    pub fn retry(&self) {
        let mut instance = hold(&self.instance); // two retries at once would open everything twice
        if self.is_without_key() {
            self.end_stand_in(&mut instance);
        } else if matches!(self.state(), State::Trouble(_)) {
            self.enter(&mut instance);
        }
    }

    pub(crate) fn enter(&self, instance: &mut Option<Instance>) {
        let stage = self.begin(instance).unwrap_or_else(|error| {
            tracing::error!(error = ?error, "start failed");
            Stage::Trouble(error)
        });
        *self.stage.write().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn begin(&self, instance: &mut Option<Instance>) -> Result<Stage, CoreError> {
        if instance.is_none() {
            *instance = Some(Instance::claim(&self.environment.dir)?);
        }
        spool::clear(&self.environment.dir)?;
        Ok(match self.phrase.explained(&self.environment, startup::find(&self.environment))? {
            Found::Nothing(root) => Stage::Setup { root, ledger: None },
            Found::Open(root, ledger) if config::order(&ledger)? == Order::Wipe => {
                wipe::wipe_now(&self.environment, &root, ledger)?;
                self.phrase.explained(&self.environment, Ok(Found::Nothing(None)))?;
                Stage::Setup { root: None, ledger: None }
            }
            Found::Open(root, ledger) => match pairing::stored(&ledger)? {
                Some(stored) => Stage::Paired(pairing::assemble(&self.environment, root, ledger, stored)?),
                None => Stage::Setup { root: Some(root), ledger: Some(ledger) },
            },
        })
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        match &*self.stage.read().unwrap_or_else(PoisonError::into_inner) {
            Stage::Trouble(error) => State::Trouble(error.clone()),
            Stage::Setup { .. } => State::Setup,
            Stage::Paired(paired) => match &hold(&paired.holder).who {
                Who::Nobody => State::Locked,
                Who::Visitor(turned) => State::Turned(turned.visit),
                Who::Clerk(session) => State::Open(session.clerk.clone()),
            },
        }
    }

    /// Whether it could not start, or goes on without its key, because no keyring answered.
    pub fn is_without_keyring(&self) -> bool {
        use CoreError::{PhraseNeeded, PhraseUnset, Vault};
        let is_so = |trouble: &CoreError| {
            matches!(trouble, Vault(VaultError::Missing | VaultError::Failing) | PhraseNeeded | PhraseUnset)
        };
        self.is_at(|stage| match stage {
            Stage::Trouble(trouble) => is_so(trouble),
            Stage::Setup { .. } => false,
            Stage::Paired(paired) => paired.outlet.why().is_some_and(is_so),
        })
    }

    /// What pairing gave it.
    pub fn profile(&self) -> Option<Profile> {
        self.paired().ok().map(|paired| paired.profile.clone())
    }

    /// The days of its store.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn calendar(&self) -> Result<Calendar, CoreError> {
        Ok(self.paired()?.book.origin().calendar)
    }

    /// Wakes whenever the board changed without a use case called here; `None` while not paired.
    pub fn board_changes(&self) -> Option<watch::Receiver<()>> {
        self.paired().ok().map(|paired| paired.board_changed.subscribe())
    }

    /// Closes the visits that nobody has touched for the pack's time, as happens by itself some
    /// times a minute. Returns how many.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn close_idle(&self) -> Result<usize, CoreError> {
        let paired = self.paired()?;
        Ok(idle::close(&paired.book, &paired.outlet, paired.profile.idle_ms())?.len())
    }

    /// The folder of its data.
    pub fn dir(&self) -> &std::path::Path {
        &self.environment.dir
    }

    /// What it is set to: language, theme, hand, size of the text, sound.
    pub fn prefs(&self) -> Prefs {
        Prefs::load(&self.environment.dir)
    }

    /// Keeps what it is set to, and gives what it really keeps.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_prefs(&self, prefs: Prefs) -> Result<Prefs, CoreError> {
        let prefs = prefs.within_limits();
        prefs.keep(&self.environment.dir)?;
        Ok(prefs)
    }

    pub(crate) fn is_at(&self, stage: impl FnOnce(&Stage) -> bool) -> bool {
        stage(&self.stage.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn paired(&self) -> Result<Arc<Paired>, CoreError> {
        match &*self.stage.read().unwrap_or_else(PoisonError::into_inner) {
            Stage::Paired(paired) => Ok(Arc::clone(paired)),
            Stage::Trouble(_) | Stage::Setup { .. } => Err(CoreError::WrongState),
        }
    }

    /// The paired device and who is signed in: what every use case of a clerk begins with.
    pub(crate) fn signed_in(&self) -> Result<(Arc<Paired>, ClerkId), CoreError> {
        let paired = self.paired()?;
        let clerk = paired.signed_in().ok_or(CoreError::Locked)?;
        Ok((paired, clerk))
    }

    /// What every use case begins with that can be taken back: also the order number of the last event that
    /// there is before anything is read or done.
    pub(crate) fn acts(&self) -> Result<(Arc<Paired>, ClerkId, i64), CoreError> {
        let (paired, clerk) = self.signed_in()?;
        let newest = paired.book.newest()?;
        Ok((paired, clerk, newest))
    }
}

pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
