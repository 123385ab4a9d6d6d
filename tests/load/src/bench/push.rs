//! `push`: events a second from the outbox to headquarters and back as verified receipts, over
//! TLS, beside the bare pair on the same lines. Each push is of later days than those before it, as a store logs:
//! the same days again would scatter its rows among those of the others, and `drain` is about that.

use super::scene::Scene;
use super::{bare, median, rate, repeats, report};
use anyhow::{Context, Result};
use floorbook_core::Phase;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const REPEATS: usize = 3;
const MANY: usize = 100_000;
/// Events of some years of a store.
const MUCH: usize = 1_000_000;
/// What has to be left of a rate where there is more.
const FLAT: f64 = 0.9;

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let mut rates = Vec::new();
    for events in [1_000_usize, 10_000, 100_000] {
        let (mut ours, mut limit) = (vec![], vec![]);
        let mut scene = Scene::new(runtime, "push")?;
        for later in (0..repeats(events)).rev() {
            scene.hq().kill(); // or the device would begin to send while it is being filled
            scene = scene.backlogged_before(later, events)?;
            let lines = bare::outbox_lines(&scene.raw()?)?;
            scene.serve_and_use(later)?;
            ours.push(rate(lines.len(), push_once(&scene)?));
            limit.push(rate(lines.len(), bare::push(scene.folder(), &lines)?));
        }
        let note =
            format!("{events} events, embedded encrypted HQ that was just used, signed, over TLS; limit: bare pair");
        report("push", "events/s", median(&ours), median(&limit), ours.len(), &note)?;
        rates.push(median(&ours));
    }
    if let [_, ten, hundred] = rates[..] {
        report(
            "push_growth",
            "events/s",
            hundred,
            ten * FLAT,
            repeats(MANY),
            "100000 events; limit: 0.9 of the rate at 10000",
        )?;
    }
    onto_much(runtime)
}

/// Onto a headquarters that holds a million events of earlier days, beside one that holds none, in turn.
fn onto_much(runtime: &Runtime) -> Result<()> {
    let mut full = Scene::new(runtime, "push-full")?;
    for before in (1..=MUCH / MANY).rev() {
        full = push_more(full, before + REPEATS, &mut vec![])?;
    }
    let (mut ours, mut limit) = (vec![], vec![]);
    for before in (0..REPEATS).rev() {
        full = push_more(full, before, &mut ours)?;
        push_more(Scene::new(runtime, "push-empty")?, before, &mut limit)?;
    }
    let note = format!("{MANY} events onto {MUCH}; limit: 0.9 of the rate onto none");
    report("push_onto_many", "events/s", median(&ours), median(&limit) * FLAT, REPEATS, &note)
}

/// Pushes what is of the days `before` so many pushes.
fn push_more<'a>(mut scene: Scene<'a>, before: usize, rates: &mut Vec<f64>) -> Result<Scene<'a>> {
    scene.hq().kill();
    scene = scene.backlogged_before(before, MANY)?;
    scene.hq().serve()?;
    rates.push(rate(MANY, push_once(&scene)?));
    Ok(scene)
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
