//! `resend`: headquarters is killed when half of the backlog is there. What goes once more is what was on the
//! way: it does not grow with the backlog.

use super::push::push_once;
use super::report;
use super::scene::{Scene, open_hq};
use anyhow::{Context, Result, ensure};
use floorbook_core::Phase;
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Three batches of a thousand are on the way at once.
const WINDOW: f64 = 3_000.0;
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    for events in [10_000_usize, 100_000] {
        let mut scene = Scene::new(runtime, "resend")?;
        scene.hq().kill();
        scene = scene.backlogged(events)?;
        let all = count(&scene.raw()?, "outbox")?;
        scene.hq().serve()?;
        scene.player.device.send_now()?;
        until_half(&scene, all)?;
        scene.hq().kill();
        runtime.block_on(until_idle(&scene))?;
        let again = count(&scene.raw()?, "outbox")? + count(&open_hq(scene.folder())?, "events")? - all;
        scene.hq().serve()?;
        push_once(&scene)?;
        let held = count(&open_hq(scene.folder())?, "events")?;
        ensure!(held == all, "{held} of {all} events are at headquarters");
        let note = format!("{events} events, headquarters killed at half; sent again; limit: one window");
        report("resend", "events", f64::from(i32::try_from(again)?), WINDOW, 1, &note)?;
    }
    Ok(())
}

fn until_half(scene: &Scene<'_>, all: i64) -> Result<()> {
    let (hq, start) = (open_hq(scene.folder())?, Instant::now());
    while last(&hq)? < all / 2 {
        ensure!(start.elapsed() < PATIENCE, "half of the events do not arrive");
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// What was on the way is known to be lost.
async fn until_idle(scene: &Scene<'_>) -> Result<()> {
    let device = &scene.player.device;
    let mut changes = device.sync_changes().context("not paired")?;
    while matches!(device.sync_phase()?, Phase::Sending { .. }) {
        tokio::time::timeout(PATIENCE, changes.changed()).await.context("the device still sends")??;
    }
    Ok(())
}

/// The number of the last event, which is as good and costs headquarters nothing.
fn last(hq: &Connection) -> Result<i64> {
    Ok(hq.query_row("SELECT coalesce(max(n), 0) FROM events", [], |row| row.get(0))?)
}

fn count(database: &Connection, table: &str) -> Result<i64> {
    Ok(database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
}
