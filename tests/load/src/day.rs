//! `day`: several devices of one store play a day at once.

use anyhow::{Context, Result};
use chrono::Local;
use floorbook_load::{Player, plan_day};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest wait for headquarters at the end.
const PATIENCE: Duration = Duration::from_secs(600);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address of headquarters, e.g. https://127.0.0.1:8443
    #[arg(long)]
    hq: String,
    /// Pairing code for as many devices (`floorbook-hq code --devices N`); not looked at on a second run
    #[arg(long, default_value = "")]
    code: String,
    /// Devices of the store
    #[arg(long, default_value_t = 3)]
    devices: u64,
    /// Visits of all of them together
    #[arg(long, default_value_t = 500)]
    visits: usize,
    /// The same seed gives the same day, and the same keys: all of this is made up
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Where the devices' data stays; a second run goes on with it
    #[arg(long)]
    keep: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let base = arguments.keep.as_deref().unwrap_or(folder.path());
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut devices = tokio::task::JoinSet::new();
        for n in 1..=arguments.devices {
            let share = share_of(arguments.visits, arguments.devices, n);
            let dir = base.join(format!("device-{n}"));
            let (hq, code, seed) =
                (arguments.hq.clone(), arguments.code.clone(), arguments.seed.wrapping_mul(1_000) + n);
            devices.spawn(async move { play(&dir, &hq, &code, seed, n, share).await });
        }
        let mut logged = 0;
        while let Some(played) = devices.join_next().await {
            logged += played??;
        }
        println!("{logged} visits logged on {} devices, every outbox empty", arguments.devices);
        Ok(())
    })
}

async fn play(dir: &Path, hq: &str, code: &str, seed: u64, n: u64, visits: usize) -> Result<usize> {
    let now = Local::now();
    let run = u64::try_from(now.timestamp_micros()).context("before 1970")?;
    let player = Player::start(dir, seed, run, now.date_naive(), &tokio::runtime::Handle::current())?;
    player.open(hq, code, &format!("Till {n}")).await?;
    let pack = player.device.profile().context("not paired")?.pack;
    let plan = plan_day(&pack, visits, seed);
    let started = Instant::now();
    let logged = tokio::task::block_in_place(|| player.play(&plan))?;
    println!("device {n}: {logged} visits logged in {:.1} s, sending", started.elapsed().as_secs_f64());
    player.drain(PATIENCE).await?;
    println!("device {n}: all signed for, {:.1} s", started.elapsed().as_secs_f64());
    Ok(logged)
}

/// The visits of device `n` of `devices`, the remainder on the first ones.
fn share_of(visits: usize, devices: u64, n: u64) -> usize {
    let devices = usize::try_from(devices.max(1)).unwrap_or(1);
    let extra = usize::try_from(n).is_ok_and(|n| n <= visits % devices);
    visits / devices + usize::from(extra)
}
