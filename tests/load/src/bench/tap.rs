//! `tap_commit`: one tap through the core to the durable commit, beside the same row written raw.

use super::scene::Scene;
use super::{percentile, report};
use anyhow::Result;
use floorbook_model::{FieldValue, Patch};
use rusqlite::params;
use std::time::Instant;

const ROUNDS: usize = 20;
const TAPS: usize = 100;
const AGES: [&str; 4] = ["a20", "a35", "a50", "a65"];

pub(super) fn measure(scene: &Scene<'_>, stored: usize) -> Result<()> {
    let device = &scene.player.device;
    let (tapped, raw_tapped) = (device.arrive(2)?.visit.id(), device.arrive(2)?.visit.id());
    let patches: Vec<Patch> =
        AGES.iter().map(|age| Patch::from([("age".to_owned(), FieldValue::Text((*age).to_owned()))])).collect();
    let raw = scene.raw()?;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for patch in patches.iter().cycle().take(TAPS) {
            let start = Instant::now();
            device.note(tapped, patch)?;
            ours.push(start.elapsed().as_secs_f64() * 1e6);
        }
        for patch in patches.iter().cycle().take(TAPS) {
            let text = serde_json::to_string(patch)?;
            let start = Instant::now();
            raw.execute_batch("BEGIN IMMEDIATE")?;
            raw.prepare_cached(
                "INSERT INTO pending (visit, actor, touched_ms, patch) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (visit) DO UPDATE SET touched_ms = excluded.touched_ms, patch = excluded.patch",
            )?
            .execute(params![raw_tapped.as_bytes(), "m01", 1, text])?;
            raw.execute_batch("COMMIT")?;
            limit.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    for (name, p) in [("p50", 0.5), ("p99", 0.99)] {
        let note = format!("{name}, {stored} visits stored; limit: the same row by raw SQLCipher");
        report("tap_commit", "us", percentile(&ours, p), percentile(&limit, p), ours.len(), &note)?;
    }
    Ok(())
}
