//! `pull`: events a second from headquarters into a second encrypted device, folded into its visits, beside
//! the bare pair, which only stores the same lines. The device has nothing of the store yet, so this is its first fill.
//!
//! The pair is a hard limit: its lines come out of a plain file and over plain TCP, and its table has three trees. Ours
//! are decrypted, signed for, carried over TLS and verified, and go into six trees and the sums of days. Counted
//! on our side only are whatever is left of the first handshake when pairing is over and a connection that looks on;
//! at a thousand events that is felt, at more it is not.

use super::scene::{Scene, open_other, today};
use super::{bare, median, rate, repeats, report};
use anyhow::{Context, Result, ensure};
use chrono::Days;
use floorbook_load::Player;
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_secs(300);

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    for events in [1_000_usize, 10_000, 100_000] {
        let mut scene = Scene::new(runtime, "pull")?;
        scene.hq().kill();
        scene = scene.backlogged(events)?;
        let lines = bare::outbox_lines(&scene.raw()?)?;
        let url = scene.hq().serve()?;
        runtime.block_on(scene.player.drain(PATIENCE))?;
        let (mut ours, mut limit) = (vec![], vec![]);
        for n in 1..=repeats(events) {
            let code = scene.hq().code("north")?;
            ours.push(rate(lines.len(), pull_once(&scene, n, &url, &code, lines.len())?));
            limit.push(rate(lines.len(), bare::pull(scene.folder(), &lines)?));
        }
        let note =
            format!("{events} events, first fill of a second encrypted device, folded; limit: bare pull, stored only");
        report("pull", "events/s", median(&ours), median(&limit), ours.len(), &note)?;
    }
    Ok(())
}

/// From pairing until everything is there. The device's day is long ago, so that it wants all of it.
fn pull_once(scene: &Scene<'_>, n: usize, url: &str, code: &str, wanted: usize) -> Result<f64> {
    let dir = scene.folder().join(format!("second-{n}"));
    let seed = 4_000 + u64::try_from(n)?;
    let player = Player::start(&dir, seed, 0, today() - Days::new(60), scene.runtime().handle())?;
    scene.runtime().block_on(async {
        player.device.pair(url, code, "Till 2", false).await?;
        let start = Instant::now();
        let raw = open_other(&dir, seed)?;
        let mut changes = player.device.board_changes().context("not paired")?;
        while stored(&raw)? < wanted {
            ensure!(start.elapsed() < PATIENCE, "the feed stands still");
            drop(tokio::time::timeout(Duration::from_millis(50), changes.changed()).await);
        }
        Ok(start.elapsed().as_secs_f64())
    })
}

fn stored(raw: &Connection) -> Result<usize> {
    let through: i64 = raw.query_row("SELECT coalesce(sum(through), 0) FROM peers", [], |row| row.get(0))?;
    Ok(usize::try_from(through)?)
}
