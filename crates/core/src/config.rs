//! What headquarters wants of this device: a newer kit, to let nobody in, to destroy its key. What was heard
//! is in the database before anything follows from it.

use crate::device::{Paired, Stage, hold};
use crate::pairing::{self, Stored};
use crate::session::Who;
use crate::vault::DeviceRoot;
use crate::{CoreError, Device, Environment, lease, phone, recovery, rights};
use floorbook_ledger::{Book, Ledger};
use floorbook_model::{Calendar, DeviceId, Rng, check_pack};
use floorbook_protocol::{Config, Kit, Order, PairGrant, Purpose, Sealed, SealedFor, SealingKey, Signed};
use floorbook_sync::{Heard, HttpTransport, Syncer};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Kept in the ledger: the answer that brought the newest kit, signed, JSON.
const KIT: &str = "config.kit";
/// Kept in the ledger: what headquarters wants, unless it is that all goes on.
const ORDER: &str = "config.order";
const LOCK: &str = "lock";
const WIPE: &str = "wipe";
/// Kept in the ledger: which root secret headquarters holds, and under which key of its own.
const ESCROW: &str = "config.escrow";

/// So often a device that runs looks whether its lease is over.
const LEASE_PACE: Duration = Duration::from_secs(5 * 60);

impl Device {
    /// Becomes true when headquarters wants something of the device; then [`Device::obey`]. `None` while
    /// not paired.
    pub fn wishes(&self) -> Option<watch::Receiver<bool>> {
        self.paired().ok().map(|paired| paired.wishes.subscribe())
    }

    /// Whether headquarters wants nobody to be let in.
    pub fn is_shut_out(&self) -> bool {
        self.paired().is_ok_and(|paired| paired.order != Order::Stay)
    }

    /// Does what headquarters wants: works with the newest kit, lets nobody in, or destroys the key and all
    /// that it opens. Whoever is signed in stays so where the new roster has them.
    ///
    /// # Errors
    /// When the device is not paired, or the keyring, the disk or the database fails; then it is tried again
    /// at the next start.
    pub fn obey(&self) -> Result<(), CoreError> {
        let paired = self.paired()?;
        paired.check_key()?;
        let ledger = paired.book.ledger();
        let unnoted = *hold(&paired.unnoted);
        let order = unnoted.map_or_else(|| order(ledger), Ok)?;
        if order == Order::Wipe {
            return self.wipe(paired);
        }
        let mut stored = pairing::stored(ledger)?.ok_or(CoreError::DatabaseDamaged)?;
        stored.order = order;
        let fresh = pairing::assemble(&self.environment, paired.root.clone(), Arc::clone(ledger), stored)?;
        let mut stage = self.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*stage, Stage::Paired(current) if Arc::ptr_eq(current, &paired)) {
            return Err(CoreError::WrongState); // somebody else obeyed meanwhile
        }
        hand_over(&self.environment, &paired, &fresh);
        *stage = Stage::Paired(fresh);
        Ok(())
    }
}

/// Who had the device in hand has it still, unless they are not of the store any more.
fn hand_over(environment: &Environment, before: &Paired, fresh: &Arc<Paired>) {
    let (mut from, mut to) = (hold(&before.holder), hold(&fresh.holder));
    let stays = match &from.who {
        Who::Nobody => false,
        Who::Visitor(_) => true,
        Who::Clerk(session) => match (before.member(&session.clerk), fresh.member(&session.clerk)) {
            (Ok(was), Ok(is)) => was.role == is.role,
            _ => false,
        },
    };
    to.turns = from.turns + 1;
    if stays && fresh.order == Order::Stay {
        to.who = std::mem::take(&mut from.who);
        let turns = to.turns;
        if let Who::Visitor(turned) = &mut to.who {
            turned.page = phone::offer(environment, fresh, turns); // the form may be another one
        }
        std::mem::swap(&mut *hold(&before.undo), &mut *hold(&fresh.undo));
    }
    from.who = Who::Nobody;
}

/// What the ledger holds of the newest answers.
pub(crate) fn applied(ledger: &Ledger, grant: PairGrant) -> Result<(PairGrant, Order), CoreError> {
    let order = order(ledger)?;
    let Some(document) = ledger.meta(KIT)? else { return Ok((grant, order)) };
    let signed: Option<Signed> = serde_json::from_str(&document).ok();
    let config: Option<Config> = signed.and_then(|signed| signed.open(Purpose::Config, &grant.hq_key).ok());
    let Some(kit) = config.and_then(|config| config.kit) else {
        tracing::error!("the newest kit cannot be read; the one of the pairing is good until there is another");
        return Ok((grant, order));
    };
    let Kit { epoch, store, pack, roster, policy, contact_key, spool_key } = kit;
    Ok((PairGrant { epoch, store, pack, roster, policy, contact_key, spool_key, ..grant }, order))
}

/// What headquarters wants.
pub(crate) fn order(ledger: &Ledger) -> Result<Order, CoreError> {
    Ok(match ledger.meta(ORDER)?.as_deref() {
        Some(WIPE) => Order::Wipe,
        Some(LOCK) => Order::Lock,
        _ => Order::Stay,
    })
}

/// Everything that listening needs of a paired device.
pub(crate) struct Listener {
    pub(crate) book: Arc<Book>,
    pub(crate) syncer: Arc<Syncer<HttpTransport>>,
    pub(crate) stored: Stored,
    /// See [`escrow`].
    pub(crate) escrow_mark: Option<String>,
    pub(crate) wishes: watch::Sender<bool>,
    /// See [`Paired::unnoted`].
    pub(crate) unnoted: Arc<Mutex<Option<Order>>>,
}

/// Takes in what headquarters says, as long as it is not dropped.
pub(crate) async fn listen(listener: Listener, mut heard: watch::Receiver<Option<Arc<Heard>>>) {
    let listener = Arc::new(listener);
    let mut pace = tokio::time::interval(LEASE_PACE);
    pace.tick().await; // the first comes at once
    loop {
        let news = tokio::select! {
            changed = heard.changed() => match changed {
                Ok(()) => heard.borrow_and_update().clone(),
                Err(_) => return,
            },
            _ = pace.tick() => None,
        };
        let it = Arc::clone(&listener);
        let taken = tokio::task::spawn_blocking(move || match news {
            Some(heard) => it.take_in(&heard),
            None => it.end_lease(),
        });
        match taken.await {
            Ok(false) => {}
            Ok(true) => {
                listener.wishes.send_replace(true);
            }
            Err(error) => tracing::error!(error = %error, "taking in what headquarters wants failed"),
        }
    }
}

impl Listener {
    /// Whether the device has to obey. The order comes first, and nothing that fails beside it holds it up.
    fn take_in(&self, heard: &Heard) -> bool {
        let is_ordered = self.take_order(heard.config.order);
        let is_renewed = self.take_kit(heard).unwrap_or_else(|error| {
            tracing::error!(error = ?error, "a kit was not kept");
            false
        });
        for result in [self.mark_escrow(heard), self.erase(&heard.config)] {
            if let Err(error) = result {
                tracing::error!(error = ?error, "what headquarters wants was not all done");
            }
        }
        is_ordered || is_renewed
    }

    fn mark_escrow(&self, heard: &Heard) -> Result<(), CoreError> {
        match self.escrow_mark.as_deref().filter(|_| heard.with_escrow) {
            Some(mark) => Ok(self.book.ledger().set_meta(&[(ESCROW, mark)])?),
            None => Ok(()),
        }
    }

    /// Contacts that headquarters erased are erased here too.
    fn erase(&self, config: &Config) -> Result<(), CoreError> {
        let mut erased = false;
        for id in &config.erased {
            if let Some(contact) = self.book.contact(*id)? {
                self.book.erase_contact_for_hq(*id, contact.visit)?;
                erased = true;
            }
        }
        if erased {
            rights::scour_now(&self.book)?;
            self.syncer.written();
        }
        Ok(())
    }

    /// Whether the device is to work otherwise than it does. An order that cannot be noted is obeyed all the same.
    fn take_order(&self, wanted: Order) -> bool {
        let noted = self.note_order(wanted);
        if let Err(error) = &noted {
            tracing::error!(error = ?error, order = ?wanted, "an order could not be noted");
        }
        *hold(&self.unnoted) = noted.is_err().then_some(wanted);
        wanted != self.stored.order || wanted == Order::Wipe
    }

    fn note_order(&self, wanted: Order) -> Result<(), CoreError> {
        let ledger = self.book.ledger();
        match wanted {
            _ if wanted == order(ledger)? => {}
            Order::Stay => ledger.forget_meta(ORDER)?,
            Order::Lock => ledger.set_meta(&[(ORDER, LOCK)])?,
            Order::Wipe => ledger.set_meta(&[(ORDER, WIPE)])?,
        }
        Ok(())
    }

    /// A kit that this program cannot work with is not taken; the one of before stays good. Whoever is not of
    /// its roster has no PIN from now on: a code that comes back may be somebody else's.
    fn take_kit(&self, heard: &Heard) -> Result<bool, CoreError> {
        let Some(kit) = &heard.config.kit else { return Ok(false) };
        let grant = &self.stored.grant;
        let is_ours = kit.store.id == grant.store.id && kit.epoch > grant.epoch;
        let is_fit =
            check_pack(&kit.pack).is_empty() && Calendar::new(&kit.store.time_zone, kit.store.cut_hour).is_ok();
        if !is_ours || !is_fit {
            tracing::warn!(kit.epoch, is_ours, is_fit, "a kit was not taken");
            return Ok(false);
        }
        let document = serde_json::to_string(&heard.document).map_err(CoreError::storage)?;
        let staying: Vec<&str> = kit.roster.iter().map(|member| member.id.as_str()).collect();
        self.book.ledger().keep_pins_of(&staying)?;
        self.book.ledger().set_meta(&[(KIT, &document)])?;
        Ok(true)
    }

    /// A device that headquarters has not heard of for too long acts as if it had been told to.
    fn end_lease(&self) -> bool {
        let is_over = lease::is_over(&self.book, &self.stored.grant.policy).unwrap_or_else(|error| {
            tracing::error!(error = ?error, "how long headquarters is silent is not known");
            false
        });
        if is_over {
            tracing::warn!("headquarters was not heard of for too long");
        }
        is_over && self.take_order(Order::Wipe)
    }
}

/// The root secret sealed for headquarters, and what to note once it holds it; `None` while it does, and
/// where it has no key for it, or one that nothing can be sealed to.
pub(crate) fn escrow(
    ledger: &Ledger,
    root: &DeviceRoot,
    device: DeviceId,
    key: Option<&SealingKey>,
    rng: &dyn Rng,
) -> Option<(Sealed, String)> {
    let made = sealed_root(ledger, root, device, key?, rng);
    made.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "the root secret could not be sealed to headquarters");
        None
    })
}

fn sealed_root(
    ledger: &Ledger,
    root: &DeviceRoot,
    device: DeviceId,
    key: &SealingKey,
    rng: &dyn Rng,
) -> Result<Option<(Sealed, String)>, CoreError> {
    let digest = Sha256::new().chain_update(root.to_item()).chain_update(&key.id).finalize();
    let mark: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if ledger.meta(ESCROW)?.as_ref() == Some(&mark) {
        return Ok(None);
    }
    let text = recovery::items(&[root])?;
    let sealed = Sealed::seal(SealedFor::Escrow, device.as_bytes(), &text, key, rng).map_err(CoreError::storage)?;
    Ok(Some((sealed, mark)))
}
