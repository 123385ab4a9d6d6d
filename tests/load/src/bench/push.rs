//! `push`: events a second from the outbox to headquarters and back as verified receipts, over
//! TLS, beside the bare pair on the same lines.

use super::scene::Scene;
use super::{bare, median, rate, report};
use anyhow::{Context, Result};
use floorbook_core::Phase;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const REPEATS: usize = 3;

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    for events in [1_000_usize, 10_000, 100_000] {
        let (mut ours, mut limit) = (vec![], vec![]);
        let mut scene = Scene::new(runtime, "push")?;
        for _ in 0..REPEATS {
            scene.hq().kill(); // or the device would begin to send while it is being filled
            scene = scene.backlogged(events)?;
            let lines = bare::outbox_lines(&scene.raw()?)?;
            scene.hq().serve()?;
            ours.push(rate(lines.len(), push_once(&scene)?));
            limit.push(rate(lines.len(), bare::push(scene.folder(), &lines)?));
        }
        let note = format!("{events} events, embedded encrypted HQ, signed and verified over TLS; limit: bare pair");
        report("push", "events/s", median(&ours), median(&limit), REPEATS, &note)?;
    }
    Ok(())
}

pub(super) fn push_once(scene: &Scene<'_>) -> Result<f64> {
    scene.runtime().block_on(async {
        let device = &scene.player.device;
        let mut changes = device.sync_changes().context("not paired")?;
        let start = Instant::now();
        device.send_now()?;
        // The database is only asked between runs: asking takes time from what is measured.
        while matches!(device.sync_phase()?, Phase::Sending { .. }) || device.sync_status()?.waiting > 0 {
            if tokio::time::timeout(Duration::from_secs(1), changes.changed()).await.is_err() {
                device.send_now()?;
            }
        }
        Ok(start.elapsed().as_secs_f64())
    })
}
