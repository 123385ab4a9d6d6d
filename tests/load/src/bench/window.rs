//! `start` and `memory`: the real window beside a bare one with the same web-view settings.

use super::{fill, median, report, scene};
use anyhow::{Context, Result, ensure};
use floorbook_core::DATABASE_FILE;
use floorbook_hq::embedded_pack;
use floorbook_model::{Calendar, Pack};
use floorbook_tests::desktop::{App, Clerk, Desktop, MANAGER, eventually};
use floorbook_tests::hq::HqProcess;
use floorbook_tests::process::{self, Process};
use floorbook_tests::programs;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

pub(super) const STORED: usize = 100_000;
const REPEATS: usize = 7;
const START: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(4);

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("floorbook-bench-window").tempdir()?;
    let desktop = Desktop::start(&folder.path().join("keyring"))?;
    let data = folder.path().join("device");
    let mut hq = HqProcess::at(&folder.path().join("hq"))?;
    let unlock_ms = runtime.block_on(prepare(&desktop, &mut hq, &data))?;
    let ours = Contender { program: programs::floorbook()?, data: Some(data), word: "ui.ready screen=lock" };
    let bare = Contender { program: bare_window()?, data: None, word: "title painted" };
    let mut figures = Figures::default();
    let mut files = BTreeSet::new();
    for contender in [&ours, &bare] {
        files.extend(mapped_files(&contender.start(&desktop)?.0)?);
    }
    for _ in 0..REPEATS {
        for (contender, side) in [(&ours, 0), (&bare, 1)] {
            files.iter().try_for_each(|file| super::day_open::drop_from_cache(file))?;
            figures.cold[side].push(contender.start(&desktop)?.1);
            let (process, warm) = contender.start(&desktop)?;
            figures.warm[side].push(warm);
            thread::sleep(IDLE);
            figures.memory[side].push(resident_mb(&process)?);
        }
    }
    figures.report(unlock_ms)
}

/// Pairs a device, with the manager's PIN chosen, and stores its past.
pub(super) async fn stock(desktop: &Desktop, hq: &mut HqProcess, data: &Path) -> Result<()> {
    hq.add_store("north", "North", "apparel")?;
    let url = hq.serve()?;
    let app = App::open(desktop, data).await?;
    app.pair(&url, &hq.code("north")?, "Till 1").await?;
    Clerk::at(&app).signs_in(MANAGER, None).await?;
    app.quit().await?;
    let calendar = Calendar::new("Asia/Shanghai", 4).map_err(|_| anyhow::anyhow!("no such zone"))?;
    fill::history(&raw(desktop, &data.join(DATABASE_FILE))?, &pack()?, &calendar, STORED)
}

pub(super) fn pack() -> Result<Pack> {
    embedded_pack("apparel")?.context("no such pack")
}

/// Opens a database under the key of this desktop's device.
pub(super) fn raw(desktop: &Desktop, path: &Path) -> Result<Connection> {
    let item: serde_json::Value = serde_json::from_str(&desktop.keyring().secret()?.context("no key in the keyring")?)?;
    scene::open_with(path, &scene::key_hex(&item)?)
}

/// Measures the way from the last digit of a PIN to the floor, on a device with a past.
async fn prepare(desktop: &Desktop, hq: &mut HqProcess, data: &Path) -> Result<Vec<f64>> {
    stock(desktop, hq, data).await?;
    let app = App::open(desktop, data).await?;
    app.wait_for_screen("lock").await?;
    let mut unlock_ms = vec![];
    for _ in 0..REPEATS {
        app.ask(WATCH).await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        let seen = eventually("the floor is painted", START, async || {
            Ok(app.ask("return window.floorSeen - window.lastTap").await?.as_f64())
        });
        unlock_ms.push(seen.await?);
        Clerk::at(&app).locks().await?;
    }
    app.quit().await?;
    Ok(unlock_ms)
}

/// Notes when the last tap came and when the floor had been painted after it.
const WATCH: &str = "
    window.floorSeen = undefined;
    addEventListener('click', () => { window.lastTap = performance.now(); }, true);
    new MutationObserver((_, watch) => {
        if (!document.querySelector('[data-screen=floor]')) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => { window.floorSeen = performance.now(); }));
    }).observe(document.body, { childList: true, subtree: true });";

#[derive(Default)]
struct Figures {
    cold: [Vec<f64>; 2],
    warm: [Vec<f64>; 2],
    memory: [Vec<f64>; 2],
}

impl Figures {
    fn report(&self, unlock_ms: Vec<f64>) -> Result<()> {
        let unlock = median(&unlock_ms);
        for (how, [ours, bare]) in [("cold", &self.cold), ("warm", &self.warm)] {
            let note = format!(
                "{how}, process start to a lock screen that takes a PIN, {STORED} visits stored; limit: bare window"
            );
            report("start", "ms", median(ours), median(bare), ours.len(), &note)?;
            let note = format!(
                "{how}, the same and on to the floor, {unlock:.0} ms of it checking the PIN and drawing; limit: bare window"
            );
            report("start_to_floor", "ms", median(ours) + unlock, median(bare), ours.len(), &note)?;
        }
        let [ours, bare] = &self.memory;
        let note =
            format!("proportional set of the process tree after 4 s, {STORED} visits stored; limit: bare window");
        report("memory", "MB", median(ours), median(bare), ours.len(), &note)
    }
}

struct Contender {
    program: PathBuf,
    data: Option<PathBuf>,
    /// What it says when it has painted.
    word: &'static str,
}

impl Contender {
    /// Starts it; gives the process and the milliseconds until it had painted.
    fn start(&self, desktop: &Desktop) -> Result<(Process, f64)> {
        let mut command = process::command("sh");
        command.args(["-c", "exec \"$@\" 2>&1", "sh"]).arg(&self.program);
        if let Some(data) = &self.data {
            command.arg("--data").arg(data);
        }
        desktop.dress(&mut command);
        let start = Instant::now();
        let (process, at) = Process::start_until("window", command, START, |line| {
            line.contains(self.word).then(|| start.elapsed().as_secs_f64() * 1e3)
        })?;
        Ok((process, at))
    }
}

fn bare_window() -> Result<PathBuf> {
    let path = programs::floorbook()?.with_file_name("examples").join("bare_window");
    ensure!(path.is_file(), "there is no {}: `cargo xtask bench` builds it", path.display());
    Ok(path)
}

/// The process and everything below it.
fn tree(root: u32) -> Result<Vec<u32>> {
    let mut known = vec![root];
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut at = 0;
    while let Some(parent) = known.get(at).copied() {
        known.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    Ok(known)
}

fn resident_mb(process: &Process) -> Result<f64> {
    let mut kib = 0.0;
    for id in tree(process.id())? {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
        kib += pss.trim().trim_end_matches(" kB").parse::<f64>()?;
    }
    Ok(kib / 1024.0)
}

fn mapped_files(process: &Process) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for id in tree(process.id())? {
        let maps = fs::read_to_string(format!("/proc/{id}/maps"))?;
        let paths = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).map(PathBuf::from);
        files.extend(paths.filter(|path| path.is_file() && !path.starts_with("/dev")));
    }
    Ok(files)
}
