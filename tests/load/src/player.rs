//! Plays planned visits on one device.

use crate::{Planned, SeededRng, SimClock};
use anyhow::{Context, Result, ensure};
use floorbook_core::{
    Approval, Device, DeviceRoot, Environment, KeyVault, MemoryVault, Phase, PinCost, State, VaultItem,
};
use floorbook_model::{ClerkId, Clock, VisitId};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

const MANAGER: (&str, &str) = ("m01", "204816");

/// One device of a simulated store.
pub struct Player {
    /// The device.
    pub device: Arc<Device>,
    clock: Arc<SimClock>,
    midnight_ms: i64,
}

enum Act<'a> {
    Arrive,
    Tap(&'a crate::Tap),
    Leave,
}

/// A vault that holds a root secret derived from `seed`: synthetic data may be opened by whoever
/// knows the seed, so no key has to be kept anywhere.
pub fn derive_vault(seed: u64) -> Result<MemoryVault> {
    let vault = MemoryVault::default();
    vault.keep(VaultItem::Root, &DeviceRoot::make(&SeededRng::new(seed)).to_item())?;
    Ok(vault)
}

impl Player {
    /// A device on `dir` whose key and ids follow from `seed`. `day` names the day that is played;
    /// `run` tells the ids of one run from those of another.
    ///
    /// # Errors
    /// When the device does not come up.
    pub fn start(dir: &Path, seed: u64, run: u64, day: chrono::NaiveDate, runtime: &Handle) -> Result<Self> {
        let noon = day.and_hms_opt(0, 0, 0).context("no midnight")?.and_utc().timestamp_millis();
        let midnight_ms = noon - 8 * 3_600_000; // the generator's stores are in Shanghai
        let clock = Arc::new(SimClock::at(midnight_ms));
        let environment = Environment {
            dir: dir.to_owned(),
            vault: Arc::new(derive_vault(seed)?),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(seed ^ run.rotate_left(32))),
            runtime: runtime.clone(),
            pin_cost: PinCost::STANDARD,
        };
        let device = Arc::new(Device::start(environment));
        if let State::Trouble(error) = device.state() {
            return Err(error).context("the device does not start");
        }
        Ok(Self { device, clock, midnight_ms })
    }

    /// Pairs it, when it is not paired yet, and signs the manager in.
    ///
    /// # Errors
    /// When headquarters refuses or is away.
    pub async fn open(&self, hq_url: &str, code: &str, name: &str) -> Result<()> {
        if matches!(self.device.state(), State::Setup) {
            self.device.pair(hq_url, code, name, false).await.context("pairing")?;
        }
        let manager: ClerkId = MANAGER.0.parse()?;
        if self.device.clerks_with_pin()?.is_empty() {
            self.device.enrol_pin(&manager, MANAGER.1, &Approval::Nobody)?;
        } else {
            self.device.unlock(&manager, MANAGER.1)?;
        }
        Ok(())
    }

    /// Logs `plan`, several visits at once where they overlap. Returns how many.
    ///
    /// # Errors
    /// When the device refuses a tap.
    pub fn play(&self, plan: &[Planned]) -> Result<usize> {
        let mut acts: Vec<(i64, usize, Act<'_>)> = Vec::new();
        for (n, visit) in plan.iter().enumerate() {
            acts.push((visit.entered_ms, n, Act::Arrive));
            acts.extend(visit.taps.iter().map(|tap| (tap.at_ms, n, Act::Tap(tap))));
            acts.push((visit.left_ms, n, Act::Leave));
        }
        acts.sort_by_key(|(at_ms, n, _)| (*at_ms, *n));
        let mut ids: Vec<Option<VisitId>> = vec![None; plan.len()];
        for (at_ms, n, act) in acts {
            self.clock.set(self.midnight_ms + at_ms);
            let id = ids[n].context("a visit begins with its arrival");
            match act {
                Act::Arrive => ids[n] = Some(self.device.arrive(plan[n].size)?.visit.id()),
                Act::Tap(tap) => drop(self.device.note(id?, &tap.patch)?),
                Act::Leave => drop(self.device.close_visit(id?, plan[n].outcome.clone())?),
            }
        }
        Ok(plan.len())
    }

    /// Waits until headquarters has signed for everything, asking again while it is away.
    ///
    /// # Errors
    /// When that takes longer than `patience`, or when a record was set aside.
    pub async fn drain(&self, patience: Duration) -> Result<()> {
        let mut changes = self.device.sync_changes().context("not paired")?;
        self.device.send_now()?;
        let wait = async {
            loop {
                let status = self.device.sync_status()?;
                ensure!(status.quarantined == 0, "headquarters set {} records aside", status.quarantined);
                if status.waiting == 0 {
                    return Ok(());
                }
                if matches!(status.phase, Phase::Waiting { .. }) {
                    tokio::time::sleep(Duration::from_millis(500)).await; // a person would press "send now" again
                    self.device.send_now()?;
                }
                changes.changed().await?;
            }
        };
        tokio::time::timeout(patience, wait).await.context("headquarters did not sign for everything in time")?
    }
}
