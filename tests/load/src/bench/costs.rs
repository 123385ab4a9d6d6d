//! What a push costs beside time: processor, bytes on the wire, memory. The device drains in a process of
//! its own, so that what a bench holds is not counted.

use super::scene::Scene;
use super::{median, report};
use anyhow::{Context, Result};
use floorbook_load::Player;
use floorbook_tests::process::{self, Process};
use std::fs;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Most processor seconds for a thousand events, both sides together.
const CPU_S_MAX: f64 = 0.020;
/// Most bytes on the wire for a byte of JSON.
const WIRE_SHARE_MAX: f64 = 0.30;
/// Most memory above idle, MiB.
const MEMORY_MIB_MAX: f64 = 64.0;
const TICKS_PER_S: f64 = 100.0; // Linux tells processor time in hundredths
const PATIENCE: Duration = Duration::from_secs(300);
const REPEATS: usize = 3;

/// Drains a device that was paired and filled before; the child of [`measure`].
#[derive(Debug, clap::Args)]
pub(crate) struct Drain {
    /// Folder of the device
    #[arg(long)]
    dir: PathBuf,
    /// Its seed
    #[arg(long)]
    seed: u64,
}

/// Says `ready` once it is up and idle, drains at the next line of its input, says `done` and waits for another.
pub(crate) fn drain(arguments: &Drain) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let player = Player::start(&arguments.dir, arguments.seed, 2, super::scene::today(), runtime.handle())?;
    let mut lines = std::io::stdin().lock().lines();
    println!("ready");
    lines.next().transpose()?;
    runtime.block_on(player.drain(PATIENCE))?;
    println!("done");
    lines.next().transpose()?;
    Ok(())
}

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    for events in [10_000_usize, 100_000] {
        let (mut cpu, mut wire, mut client, mut server) = (vec![], vec![], vec![], vec![]);
        for _ in 0..REPEATS {
            let cost = push_once(runtime, events)?;
            cpu.push(cost.cpu_s / cost.events * 1_000.0);
            wire.push(cost.wire_bytes / cost.json_bytes);
            client.push(cost.client_mib);
            server.push(cost.server_mib);
        }
        let note = |what: &str| format!("{events} events, {what}");
        let both = note("device and headquarters together");
        report("cpu_per_1k", "s", median(&cpu), CPU_S_MAX, REPEATS, &both)?;
        report("wire_bytes", "of JSON", median(&wire), WIRE_SHARE_MAX, REPEATS, &note("both directions, TLS and all"))?;
        report("memory_sync", "MiB", median(&client), MEMORY_MIB_MAX, REPEATS, &note("device, above idle"))?;
        report("memory_sync", "MiB", median(&server), MEMORY_MIB_MAX, REPEATS, &note("headquarters, above idle"))?;
    }
    Ok(())
}

struct Cost {
    events: f64,
    cpu_s: f64,
    wire_bytes: f64,
    json_bytes: f64,
    client_mib: f64,
    server_mib: f64,
}

fn push_once(runtime: &Runtime, events: usize) -> Result<Cost> {
    let (mut scene, wire) = Scene::wired(runtime, "costs")?;
    scene.hq().kill();
    scene = scene.backlogged(events)?;
    let json: (i64, i64) = scene.raw()?.query_row(
        "SELECT count(*), sum(length(CAST(e.line AS BLOB)) + 1) FROM outbox o JOIN events e ON e.n = o.n",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let parked = scene.parked()?;
    let mut command = process::command(std::env::current_exe()?);
    command.args(["drain", "--dir"]).arg(parked.dir()).args(["--seed", &parked.seed().to_string()]);
    command.stdin(std::process::Stdio::piped());
    // Headquarters is away until the child is up, or it would drain before it is looked at.
    let (mut child, ()) =
        Process::start_until("floorbook-load drain", command, PATIENCE, |line| (line == "ready").then_some(()))?;
    let mut parked = parked;
    parked.hq().serve()?;
    let hq = parked.hq().process_id().context("headquarters serves")?;
    let pids = [child.id(), hq];
    let before = (pids.map(cpu_ticks), pids.map(|pid| memory_kib(pid, "VmRSS")), wire.bytes());
    let mut input = child.input().context("the input was piped")?;
    writeln!(input, "drain")?;
    parked.wait_until_drained(json.0, PATIENCE)?;
    let after = (pids.map(cpu_ticks), pids.map(|pid| memory_kib(pid, "VmHWM")), wire.bytes());
    let mut cost = Cost {
        events: json.0 as f64,
        cpu_s: 0.0,
        wire_bytes: (after.2 - before.2) as f64,
        json_bytes: json.1 as f64,
        client_mib: 0.0,
        server_mib: 0.0,
    };
    for (earlier, later) in before.0.into_iter().zip(after.0) {
        cost.cpu_s += (later? - earlier?) / TICKS_PER_S;
    }
    let [client, server] = [0, 1].map(|n| -> Result<f64> {
        let (idle, peak) = (before.1[n].as_ref(), after.1[n].as_ref());
        let (idle, peak) = (idle.ok().context("no memory read")?, peak.ok().context("no memory read")?);
        Ok((peak - idle).max(0.0) / 1_024.0)
    });
    (cost.client_mib, cost.server_mib) = (client?, server?);
    Ok(cost)
}

/// Processor time of a process so far, in ticks: fields 14 and 15 of `/proc/pid/stat`.
fn cpu_ticks(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(')').context("a process has a name")?.1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|field| Ok(field.parse::<f64>()?));
    ticks.sum()
}

/// One line of `/proc/pid/status`, KiB.
fn memory_kib(pid: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).context("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
