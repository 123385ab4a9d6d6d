//! `drain`: fifteen devices of a store come back after thirty days without a network, all at once, and on each
//! of them a visitor arrives just then.

use super::scene::{Counters, open_hq};
use super::{bare, rate, report};
use anyhow::{Result, ensure};
use floorbook_model::VisitId;
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const DEVICES: usize = 15;
const EVENTS: usize = 15_000;
const PATIENCE: Duration = Duration::from_secs(600);
const POLL: Duration = Duration::from_millis(20);

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let mut counters = Counters::backlogged(runtime, DEVICES, EVENTS)?;
    let lines = counters.lines()?;
    counters.hq().serve()?;
    let start = Instant::now();
    let mut fresh = Vec::new();
    for player in counters.players() {
        fresh.push(player.device.arrive(1)?.visit.id());
        player.device.send_now()?;
    }
    let hq = open_hq(counters.folder())?;
    until(|| has_all(&hq, &fresh))?;
    let fresh_s = start.elapsed().as_secs_f64();
    let early = held(&hq)?;
    until(|| Ok(held(&hq)? >= lines.len() + DEVICES))?;
    let whole_s = start.elapsed().as_secs_f64();
    for player in counters.players() {
        runtime.block_on(player.drain(PATIENCE))?;
    }
    ensure!(held(&hq)? == lines.len() + DEVICES, "headquarters holds {} events", held(&hq)?);
    let limit = rate(lines.len(), bare::push(counters.folder(), &lines)?);
    let note = format!("{} events of {DEVICES} devices at once; limit: bare pair, one device", lines.len());
    report("drain", "events/s", rate(lines.len(), whole_s), limit, 1, &note)?;
    let note =
        format!("until the last new visit of {DEVICES} is there, {early} events with it; limit: the whole drain");
    report("drain_fresh", "s", fresh_s, whole_s, 1, &note)
}

fn until(is_so: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !is_so()? {
        ensure!(start.elapsed() < PATIENCE, "the drain stands still");
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn has_all(hq: &Connection, visits: &[VisitId]) -> Result<bool> {
    let mut query = hq.prepare_cached("SELECT EXISTS (SELECT 1 FROM events WHERE visit = ?1)")?;
    for visit in visits {
        if !query.query_row([visit.as_bytes()], |row| row.get(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Numbers have no gaps, and the last one is cheaper than a count.
fn held(hq: &Connection) -> Result<usize> {
    let held: i64 = hq.query_row("SELECT coalesce(max(n), 0) FROM events", [], |row| row.get(0))?;
    Ok(usize::try_from(held)?)
}
