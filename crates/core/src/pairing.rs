//! Pairing a device, and what it keeps of it.

use crate::config::{self, Listener};
use crate::device::{Paired, Profile, Stage, hold};
use crate::outlet::Outlet;
use crate::session::Who;
use crate::undo::{Done, Step, UndoStack};
use crate::vault::DeviceRoot;
use crate::{CoreError, Device, Environment, idle, lease, outfit, startup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_ledger::{Book, Ledger, Origin};
use floorbook_model::{Calendar, ClerkId, VisitId, check_pack};
use floorbook_protocol::{Order, PairGrant, Purpose, Signed};
use floorbook_sync::{HttpTransport, Identity, Phase, Question, Status, Syncer};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

pub(crate) const GRANT: &str = "pairing.grant";
pub(crate) const HQ_URL: &str = "pairing.hq_url";
pub(crate) const HQ_CA: &str = "pairing.hq_ca_der";
const TRIAL: &str = "pairing.trial";

/// What a paired ledger keeps.
#[derive(Clone)]
pub(crate) struct Stored {
    /// As it was granted, with the newest kit.
    pub(crate) grant: PairGrant,
    pub(crate) hq_url: String,
    ca_der: Vec<u8>,
    pub(crate) is_trial: bool,
    /// What headquarters wants.
    pub(crate) order: Order,
}

impl Stored {
    #[cfg(test)]
    pub(crate) fn of(grant: PairGrant, order: Order) -> Self {
        Self { grant, hq_url: "https://127.0.0.1".to_owned(), ca_der: Vec::new(), is_trial: false, order }
    }

    /// Where its events come from.
    pub(crate) fn origin(&self) -> Result<Origin, CoreError> {
        let store = &self.grant.store;
        let calendar = Calendar::new(&store.time_zone, store.cut_hour).map_err(|_| CoreError::DatabaseDamaged)?;
        Ok(Origin { store: store.id.clone(), device: self.grant.device, calendar })
    }
}

impl Device {
    /// Pairs with the headquarters at `hq_url` by a one-time code. The device is locked then, and
    /// sends in the background.
    ///
    /// # Errors
    /// [`CoreError::WrongState`] when it is paired already, [`CoreError::PackRefused`] when the
    /// store's pack may not be used, otherwise the keyring's, the disk's or the network's trouble.
    /// A failed attempt can be repeated.
    pub async fn pair(&self, hq_url: &str, code: &str, device_name: &str, is_trial: bool) -> Result<(), CoreError> {
        let name = device_name.trim();
        if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
            return Err(CoreError::BadInput);
        }
        let (root, ledger) = self.database()?;
        let paired = floorbook_sync::pair(hq_url, code, &root.signing_key(), name).await?;
        let findings = check_pack(&paired.grant.pack);
        if let Some(finding) = findings.first() {
            return Err(CoreError::PackRefused(finding.to_string()));
        }
        let document = serde_json::to_string(&paired.document).map_err(CoreError::storage)?;
        let ca_der = STANDARD.encode(&paired.ca_der);
        let stored = Stored {
            grant: paired.grant,
            hq_url: hq_url.trim().to_owned(),
            ca_der: paired.ca_der,
            is_trial,
            order: Order::Stay,
        };
        // A grant that this program cannot work with must not be kept: assemble it first.
        let assembled = assemble(&self.environment, root, Arc::clone(&ledger), stored)?;
        let mut stage = self.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::Setup { .. }) {
            return Err(CoreError::WrongState);
        }
        let trial = if is_trial { "yes" } else { "no" };
        ledger.set_meta(&[(GRANT, &document), (HQ_URL, hq_url.trim()), (HQ_CA, &ca_der), (TRIAL, trial)])?;
        *stage = Stage::Paired(assembled);
        Ok(())
    }

    /// The open database of a device that is being set up, made when there is none.
    fn database(&self) -> Result<(DeviceRoot, Arc<Ledger>), CoreError> {
        let mut stage = self.stage.write().unwrap_or_else(PoisonError::into_inner);
        let Stage::Setup { root, ledger } = &mut *stage else { return Err(CoreError::WrongState) };
        // Made once: a keyring that answers late must not end up with another secret than ours.
        let root = root.get_or_insert_with(|| DeviceRoot::make(&*self.environment.rng)).clone();
        let ledger = match ledger {
            Some(ledger) => Arc::clone(ledger),
            None => Arc::clone(ledger.insert(startup::create(&self.environment, &root)?)),
        };
        Ok((root, ledger))
    }

    /// How sending stands.
    ///
    /// # Errors
    /// When the device is not paired or the database fails.
    pub fn sync_status(&self) -> Result<Status, CoreError> {
        self.paired()?.outlet.status()
    }

    /// What the sender is doing, without a look into the database.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn sync_phase(&self) -> Result<Phase, CoreError> {
        Ok(self.paired()?.outlet.phase())
    }

    /// Asks to send everything now.
    ///
    /// # Errors
    /// When the device is not paired.
    pub fn send_now(&self) -> Result<(), CoreError> {
        self.paired()?.outlet.ask();
        Ok(())
    }

    /// Wakes whenever [`Device::sync_status`] may say something new; `None` while not paired.
    pub fn sync_changes(&self) -> Option<tokio::sync::watch::Receiver<()>> {
        self.paired().ok().map(|paired| paired.outlet.changes())
    }
}

/// Reads back what pairing kept; `None` when the ledger was never paired.
pub(crate) fn stored(ledger: &Ledger) -> Result<Option<Stored>, CoreError> {
    let Some(document) = ledger.meta(GRANT)? else { return Ok(None) };
    let (hq_url, ca_der) = (ledger.meta(HQ_URL)?, ledger.meta(HQ_CA)?);
    let is_trial = ledger.meta(TRIAL)?.as_deref() == Some("yes");
    let signed: Signed = serde_json::from_str(&document).map_err(|_| CoreError::DatabaseDamaged)?;
    let grant = signed.open_self_signed(Purpose::PairGrant, |grant: &PairGrant| grant.hq_key);
    let (Ok(grant), Some(hq_url), Some(ca_der)) = (grant, hq_url, ca_der) else {
        return Err(CoreError::DatabaseDamaged);
    };
    let ca_der = STANDARD.decode(ca_der).map_err(|_| CoreError::DatabaseDamaged)?;
    let (grant, order) = config::applied(ledger, grant)?;
    Ok(Some(Stored { grant, hq_url, ca_der, is_trial, order }))
}

/// Puts a paired device to work: book, sender and an empty session.
pub(crate) fn assemble(
    environment: &Environment,
    root: DeviceRoot,
    ledger: Arc<Ledger>,
    stored: Stored,
) -> Result<Arc<Paired>, CoreError> {
    let origin = stored.origin()?;
    outfit::keep(&environment.dir, &stored);
    let (clock, rng) = (Arc::clone(&environment.clock), Arc::clone(&environment.rng));
    let key = stored.grant.contact_key.as_ref();
    let (escrow, escrow_mark) = config::escrow(&ledger, &root, origin.device, key, &*rng).unzip();
    let book = Arc::new(Book::new(ledger, origin, Arc::clone(&clock), Arc::clone(&rng)));
    lease::begin(&book)?;
    book.anchor_running()?;
    if let Err(error) = book.absorb_unread() {
        tracing::error!(error = %error, "what an earlier version could not read was not taken in");
    }
    let Stored { grant, hq_url, ca_der, is_trial, order } = stored.clone();
    let identity = Identity { device: grant.device, key: root.signing_key(), hq_key: grant.hq_key };
    let question = Question { epoch: grant.epoch, version: env!("CARGO_PKG_VERSION").to_owned(), escrow };
    let transport = HttpTransport::new(&hq_url, &ca_der)?;
    let seal_after_ms = grant.policy.seal_after_ms;
    let syncer = Syncer::new(Arc::clone(&book), transport, identity, question, seal_after_ms, Arc::clone(&clock), rng);
    let syncer = Arc::new(syncer.with_spools(environment.dir.clone()));
    let (wishes, unnoted) = (watch::Sender::new(false), Arc::default());
    let listener = Listener {
        book: Arc::clone(&book),
        syncer: Arc::clone(&syncer),
        stored,
        escrow_mark,
        wishes: wishes.clone(),
        unnoted: Arc::clone(&unnoted),
    };
    // From here on nothing fails: what is put to work now would go on without anybody to end it.
    let listener = environment.runtime.spawn(config::listen(listener, syncer.heard()));
    let sender = environment.runtime.spawn(Arc::clone(&syncer).run());
    let board_changed = watch::Sender::new(());
    let board = board_changed.clone();
    let following = Arc::clone(&syncer).follow(grant.epoch, move || board.send_replace(()));
    let follower = environment.runtime.spawn(following);
    let profile = Profile {
        store: grant.store,
        device_name: grant.device_name,
        hq_url,
        is_trial,
        pack: grant.pack,
        roster: grant.roster,
        policy: grant.policy,
        contact_key: grant.contact_key,
        spool_key: grant.spool_key,
    };
    let outlet = Outlet::Hq(syncer);
    let closing =
        idle::keep_closing(Arc::clone(&book), outlet.clone(), clock, profile.idle_ms(), board_changed.clone());
    let closer = environment.runtime.spawn(closing);
    let (marks, undo) = (Mutex::new(None), Mutex::new(UndoStack::default()));
    Ok(Arc::new(Paired {
        root,
        profile,
        book,
        outlet,
        holder: Mutex::default(),
        marks,
        undo,
        tasks: vec![sender, closer, listener, follower],
        board_changed,
        phone: watch::Sender::default(),
        order,
        wishes,
        unnoted,
    }))
}

impl Paired {
    /// Who is signed in.
    pub(crate) fn signed_in(&self) -> Option<ClerkId> {
        match &hold(&self.holder).who {
            Who::Clerk(session) => Some(session.clerk.clone()),
            Who::Nobody | Who::Visitor(_) => None,
        }
    }

    /// The clerk did something that can be taken back, `newest` being what [`Device::acts`] said.
    pub(crate) fn did(&self, visit: VisitId, step: Step, newest: i64) {
        hold(&self.undo).push(Done { visit, step, newest });
    }

    /// Whether the key of the database is away.
    pub(crate) fn is_without_key(&self) -> bool {
        self.outlet.why().is_some()
    }

    /// Refuses what cannot be done while it is.
    pub(crate) fn check_key(&self) -> Result<(), CoreError> {
        if self.is_without_key() { Err(CoreError::WrongState) } else { Ok(()) }
    }

    /// Forgets who is signed in, or to whom the screen is turned. What they did can be taken back when
    /// they return.
    pub(crate) fn lock(&self) {
        hold(&self.holder).who = Who::Nobody;
    }
}
