//! What logging without the key of the database needs and is no secret: a file beside the database. Of the
//! people it holds their codes alone.

use crate::pairing::Stored;
use crate::{CoreError, files};
use floorbook_ledger::Origin;
use floorbook_model::{Calendar, ClerkId, DeviceId, Pack, check_pack};
use floorbook_protocol::{Clerk, Order, Policy, Role, SealingKey, StoreRecord};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Name of the file in the device's folder, JSON.
pub(crate) const OUTFIT_FILE: &str = "outfit.json";

/// What a device needs to log without its key.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outfit {
    pub(crate) device: DeviceId,
    pub(crate) store: StoreRecord,
    pub(crate) pack: Pack,
    pub(crate) policy: Policy,
    pub(crate) hq_url: String,
    pub(crate) is_trial: bool,
    pub(crate) spool_key: SealingKey,
    roster: Vec<ClerkId>,
}

impl Outfit {
    fn of(stored: &Stored) -> Option<Self> {
        let grant = &stored.grant;
        let spool_key = grant.spool_key.clone().filter(|_| stored.order == Order::Stay)?;
        Some(Self {
            device: grant.device,
            store: grant.store.clone(),
            pack: grant.pack.clone(),
            policy: grant.policy,
            hq_url: stored.hq_url.clone(),
            is_trial: stored.is_trial,
            spool_key,
            roster: grant.roster.iter().map(|clerk| clerk.id.clone()).collect(),
        })
    }

    /// Who works there: their codes stand for their names, and nobody is more than a clerk, for nobody shows a
    /// PIN.
    pub(crate) fn roster(&self) -> Vec<Clerk> {
        self.roster.iter().map(|id| Clerk { id: id.clone(), name: id.to_string(), role: Role::Clerk }).collect()
    }

    /// Where the events of `stand_in` come from.
    pub(crate) fn origin(&self, stand_in: DeviceId) -> Result<Origin, CoreError> {
        let calendar = Calendar::new(&self.store.time_zone, self.store.cut_hour).map_err(|_| CoreError::WrongState)?;
        Ok(Origin { store: self.store.id.clone(), device: stand_in, calendar })
    }
}

/// Keeps the file in step with what headquarters wants. Without a key to seal to, and while the device is
/// shut out, there is none. That it cannot be kept is no reason not to start.
pub(crate) fn keep(dir: &Path, stored: &Stored) {
    let kept = match Outfit::of(stored) {
        Some(outfit) => write(dir, &outfit),
        None => forget(dir),
    };
    if let Err(error) = kept {
        tracing::warn!(error = ?error, "what logging without the key needs was not kept");
    }
}

fn write(dir: &Path, outfit: &Outfit) -> Result<(), CoreError> {
    let (path, bytes) = (dir.join(OUTFIT_FILE), serde_json::to_vec(outfit).map_err(CoreError::storage)?);
    if fs::read(&path).is_ok_and(|kept| kept == bytes) {
        return Ok(());
    }
    Ok(files::replace(&path, &bytes)?)
}

/// What the file holds; `None` where there is none, or none that can be worked with.
pub(crate) fn load(dir: &Path) -> Option<Outfit> {
    let outfit: Outfit = serde_json::from_slice(&fs::read(dir.join(OUTFIT_FILE)).ok()?).ok()?;
    let is_fit = check_pack(&outfit.pack).is_empty() && outfit.origin(outfit.device).is_ok();
    is_fit.then_some(outfit)
}

/// Removes the file: nobody logs on this device without its key any more.
pub(crate) fn forget(dir: &Path) -> Result<(), CoreError> {
    files::remove_if_there(&dir.join(OUTFIT_FILE))?;
    Ok(files::sync_folder(dir)?)
}
