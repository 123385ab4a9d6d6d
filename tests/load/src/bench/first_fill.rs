//! `first_fill`: events a second into a new encrypted ledger, folded, from pages that stay whole, beside the same
//! events in pages that tear every visit, so that each event becomes a row. The pages are read before and there is no
//! network: `pull` has the whole way.

use super::scene::{self, Scene};
use super::{bare, median, rate, report};
use anyhow::{Result, ensure};
use floorbook_ledger::{Book, Ledger, Origin, Page};
use floorbook_load::{SeededRng, SimClock};
use floorbook_model::{DeviceId, Rng};
use floorbook_protocol::encode_batch;
use floorbook_sqlite::DatabaseKey;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const REPEATS: usize = 3;
const EVENTS: usize = 99_000;
/// Events of a visit of the bench.
const PER_VISIT: usize = 3;
const PER_PAGE: usize = 1_000;

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let mut scene = Scene::new(runtime, "first-fill")?;
    scene.hq().kill();
    scene = scene.backlogged(EVENTS)?;
    let raw = scene.raw()?;
    let (lines, writer) = (bare::outbox_lines(&raw)?, scene::origin(&raw)?);
    let (whole, torn) = (lines.clone(), tear(&lines, writer.device));
    let (mut ours, mut limit) = (vec![], vec![]);
    for n in 0..REPEATS {
        let origin = Origin { store: writer.store.clone(), device: device(9), calendar: writer.calendar };
        ours.push(fill(&scene.folder().join(format!("whole-{n}.db")), origin.clone(), &whole)?);
        limit.push(fill(&scene.folder().join(format!("torn-{n}.db")), origin, &torn)?);
    }
    let note = format!("{EVENTS} events, pages that stay whole; limit: the same events one by one");
    report("first_fill", "events/s", median(&ours), median(&limit), REPEATS, &note)
}

fn device(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 16])
}

/// As three devices would have logged it that share every visit: three pages hold the thousand visits of three pages.
fn tear(lines: &[String], writer: DeviceId) -> Vec<String> {
    let nth = |group: &[String], n: usize| {
        let name = device(u8::try_from(n).unwrap_or(0)).to_string();
        let lines = group.iter().skip(n).step_by(PER_VISIT);
        lines.map(|line| line.replace(&writer.to_string(), &name)).collect::<Vec<_>>()
    };
    lines.chunks(PER_PAGE * PER_VISIT).flat_map(|group| (0..PER_VISIT).flat_map(move |n| nth(group, n))).collect()
}

/// Takes `lines` in, three pages at a time as a device does; gives events a second.
fn fill(path: &Path, origin: Origin, lines: &[String]) -> Result<f64> {
    let rng = SeededRng::new(7);
    let (mut key, mut salt) = ([0; 32], [0; 16]);
    rng.fill(&mut key);
    rng.fill(&mut salt);
    let ledger = Arc::new(Ledger::open(path, &DatabaseKey::new(key, salt))?);
    let book = Book::new(ledger, origin, Arc::new(SimClock::at(0)), Arc::new(rng));
    let (mut taken, mut visits) = (Duration::ZERO, 0);
    for group in lines.chunks(PER_PAGE * PER_VISIT) {
        let pages = group.chunks(PER_PAGE).map(|lines| Ok(Page::read(encode_batch(lines)?, 0)?));
        let pages = pages.collect::<Result<Vec<_>>>()?;
        let start = Instant::now();
        visits += book.absorb(pages)?.len();
        taken += start.elapsed();
    }
    ensure!(visits * PER_VISIT >= lines.len(), "{visits} visits");
    Ok(rate(lines.len(), taken.as_secs_f64()))
}
