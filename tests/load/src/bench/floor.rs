//! `floor`: what a tap costs in the real window, alone and while a backlog is being pushed, beside the raw commit
//! of the same row in the same minutes; and the budgets in taps. A limit that is missed makes the bench fail.

mod gates;
mod taps;

use super::{fill, scene, window};
use anyhow::{Context, Result};
use floorbook_core::DATABASE_FILE;
use floorbook_tests::desktop::{App, Clerk, Desktop, MANAGER, budgets};
use floorbook_tests::hq::HqProcess;
use gates::Gates;
use std::path::{Path, PathBuf};
use taps::{Raw, Taps};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Taps of each kind of minutes.
const TAPS: usize = 1_000;
const CARDS: usize = 50;
const BACKLOG: usize = 100_000;
/// A backlog is gone long before a thousand taps are made, so there is one after another.
const BACKLOGS_MAX: usize = 20;
/// Visitors turned to in one go, alone and while pushing, where every go ends with a look whether that goes on.
const TURNS: (usize, usize) = (5, 1);

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let floor = Floor::open()?;
    let mut gates = Gates::default();
    runtime.block_on(floor.measured(&mut gates))?;
    gates.verdict()
}

struct Floor {
    desktop: Desktop,
    folder: TempDir,
}

impl Floor {
    fn open() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("floorbook-bench-floor").tempdir()?;
        Ok(Self { desktop: Desktop::start(&folder.path().join("keyring"))?, folder })
    }

    async fn measured(&self, gates: &mut Gates) -> Result<()> {
        let mut hq = HqProcess::at(&self.folder.path().join("hq"))?;
        window::stock(&self.desktop, &mut hq, &self.device()).await?;
        let raw = Raw::open(&self.desktop, &self.folder.path().join("raw.db"))?;
        let app = self.app().await?;
        for flow in budgets::spend(Clerk::at(&app)).await? {
            gates.budget(&flow)?;
        }
        for n in 0..CARDS - Clerk::at(&app).running().await?.len() {
            Clerk::at(&app).welcomes(u8::try_from(n % 5 + 1)?).await?;
        }
        let mut idle = Taps::default();
        while idle.len() < TAPS {
            idle.add(taps::batch(&app, &raw, TURNS.0).await?);
        }
        app.wait_until_sent().await?;
        app.quit().await?;
        gates.times("idle", &idle)?;

        let mut pushing = Taps::default();
        for _ in 0..BACKLOGS_MAX {
            if pushing.len() < TAPS {
                self.push(&mut hq, &raw, &mut pushing).await?;
            }
        }
        gates.times("while 100000 events are pushed", &pushing)?;
        gates.compare(&idle, &pushing)
    }

    /// Taps as long as a backlog is being pushed.
    async fn push(&self, hq: &mut HqProcess, raw: &Raw, pushing: &mut Taps) -> Result<()> {
        hq.kill(); // or the device would begin to send before anybody taps
        let database = window::raw(&self.desktop, &self.device().join(DATABASE_FILE))?;
        fill::backlog(&database, &window::pack()?, &scene::origin(&database)?, BACKLOG, 0)?;
        drop(database);
        let app = self.app().await?;
        taps::batch(&app, raw, TURNS.0).await?; // what is drawn for the first time is not what is measured
        hq.serve()?;
        for button in ["sync-chip", "send-now", "sync-chip"] {
            app.click(button).await?;
        }
        loop {
            let taps = taps::batch(&app, raw, TURNS.1).await?;
            if !is_sending(&app).await? {
                break;
            }
            pushing.add(taps);
        }
        app.quit().await
    }

    async fn app(&self) -> Result<App> {
        let app = App::open(&self.desktop, &self.device()).await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        Ok(app)
    }

    fn device(&self) -> PathBuf {
        Path::new(self.folder.path()).join("device")
    }
}

async fn is_sending(app: &App) -> Result<bool> {
    // The page shows how sending stands only once the hands rest.
    let status = app.ask_later("__TAURI_INTERNALS__.invoke('sync_status').then([...arguments].at(-1))").await?;
    Ok(status.get("state").context("no state of sending")? == "sending")
}
