//! Going on without the key of the database. A stand-in with a name of its own logs into a database whose
//! key is in memory alone, so that the floor works as always; what counts is the spool file.

use crate::device::{Paired, Profile, Stage, hold};
use crate::instance::Instance;
use crate::outfit::{self, Outfit};
use crate::outlet::{Outlet, Spooler};
use crate::spool::SpoolFile;
use crate::startup::{self, opening};
use crate::vault::DeviceRoot;
use crate::{CoreError, Device, Environment, files, idle};
use floorbook_ledger::{Book, Ledger};
use floorbook_model::DeviceId;
use floorbook_protocol::Order;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Its database, which nobody can open once the program has ended.
const STAND_IN_FILE: &str = "standin.db";

impl Device {
    /// Whether the clerks may go on although the database cannot be opened.
    pub fn can_log_without_key(&self) -> bool {
        self.is_at(is_key_away) && outfit::load(&self.environment.dir).is_some()
    }

    /// Whether they do.
    pub fn is_without_key(&self) -> bool {
        self.paired().is_ok_and(|paired| paired.is_without_key())
    }

    /// Lets the clerks go on although the database cannot be opened: what they log is sealed to headquarters
    /// and shown until the program ends, then again once headquarters has it. Nobody is more than a clerk then.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] where that cannot be, or when the disk fails.
    pub fn log_without_key(&self) -> Result<(), CoreError> {
        let _one_at_a_time = hold(&self.instance);
        let outfit = outfit::load(&self.environment.dir).ok_or(CoreError::WrongState)?;
        let mut stage = self.stage.write().unwrap_or_else(PoisonError::into_inner);
        let why = match &*stage {
            Stage::Trouble(error) if is_key_away(&stage) => error.clone(),
            _ => return Err(CoreError::WrongState),
        };
        tracing::warn!(error = ?why, "the key is away; what is logged is sealed for headquarters");
        *stage = Stage::Paired(put_to_work(&self.environment, outfit, why)?);
        Ok(())
    }

    /// Ends the time without a key when it is back. While a keyring is locked or away the clerks go on where
    /// they were; any other trouble is shown.
    pub(crate) fn end_stand_in(&self, instance: &mut Option<Instance>) {
        let Ok(paired) = self.paired() else { return };
        let found = self.phrase.explained(&self.environment, startup::find(&self.environment));
        if let Err(error @ CoreError::Vault(_)) = found {
            tracing::warn!(error = ?error, "the key is still away");
            return;
        }
        drop(found); // the start opens it anew
        paired.lock();
        paired.stop();
        paired.outlet.close(); // before anybody sends the file
        drop(paired);
        *self.stage.write().unwrap_or_else(PoisonError::into_inner) = Stage::Trouble(CoreError::WrongState);
        self.enter(instance);
    }
}

fn is_key_away(stage: &Stage) -> bool {
    use CoreError::{DatabaseDamaged, KeyLost, KeyMismatch, PhraseDamaged, PhraseNeeded, Vault};
    matches!(stage, Stage::Trouble(DatabaseDamaged | KeyLost | KeyMismatch | Vault(_) | PhraseNeeded | PhraseDamaged))
}

fn put_to_work(environment: &Environment, outfit: Outfit, why: CoreError) -> Result<Arc<Paired>, CoreError> {
    let (clock, rng) = (Arc::clone(&environment.clock), Arc::clone(&environment.rng));
    clear(&environment.dir)?;
    let (root, stand_in) = (DeviceRoot::make(&*rng), DeviceId::make(clock.wall_ms(), &*rng));
    let ledger = Ledger::open(&environment.dir.join(STAND_IN_FILE), &root.database_key()).map_err(opening)?;
    let book = Arc::new(Book::new(Arc::new(ledger), outfit.origin(stand_in)?, Arc::clone(&clock), rng));
    let (file, _) = SpoolFile::create(environment, &environment.dir, outfit.device, stand_in, &outfit.spool_key, None)?;
    let outlet = Outlet::Spool(Arc::new(Spooler::new(Arc::clone(&book), file, why)));
    let profile = Profile {
        roster: outfit.roster(),
        store: outfit.store,
        device_name: String::new(),
        hq_url: outfit.hq_url,
        is_trial: outfit.is_trial,
        pack: outfit.pack,
        policy: outfit.policy,
        contact_key: None,
        spool_key: None,
    };
    let board_changed = watch::Sender::new(());
    let closing =
        idle::keep_closing(Arc::clone(&book), outlet.clone(), clock, profile.idle_ms(), board_changed.clone());
    Ok(Arc::new(Paired {
        root,
        profile,
        book,
        outlet,
        holder: Mutex::default(),
        marks: Mutex::new(None),
        undo: Mutex::default(),
        tasks: vec![environment.runtime.spawn(closing)],
        board_changed,
        phone: watch::Sender::default(),
        order: Order::Stay,
        wishes: watch::Sender::new(false),
        unnoted: Arc::default(),
    }))
}

/// Removes what an earlier stand-in left behind.
pub(crate) fn clear(dir: &Path) -> Result<(), CoreError> {
    let database = dir.join(STAND_IN_FILE);
    for beside in ["db", "db-wal", "db-shm", "db-mark"] {
        files::remove_if_there(&database.with_extension(beside))?;
    }
    Ok(())
}
