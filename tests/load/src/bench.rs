//! The figures: each one beside the limit that was measured in the same run.

mod bare;
#[cfg(target_os = "linux")]
pub(crate) mod costs;
mod day_open;
mod drain;
mod fill;
mod first_fill;
#[cfg(target_os = "linux")]
mod floor;
mod pull;
mod push;
#[cfg(unix)]
mod push_postgres;
mod resend;
mod scene;
mod tap;
#[cfg(target_os = "linux")]
mod window;
mod wire;

use anyhow::{Result, bail};
use serde::Serialize;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// One figure: start, memory, floor, tap_commit, day_open, push, push_postgres, pull, first_fill, costs, resend,
    /// drain; or sync for the last seven. All of them without.
    name: Option<String>,
    /// Visits stored where a figure says "many"
    #[arg(long, default_value_t = 1_000_000)]
    stored: usize,
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    figure: &'a str,
    value: f64,
    unit: &'a str,
    limit: f64,
    ratio: f64,
    n: usize,
    note: &'a str,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let is_sync =
        |name: &str| ["push", "push_postgres", "pull", "first_fill", "costs", "resend", "drain"].contains(&name);
    let wanted =
        |name: &str| arguments.name.as_deref().is_none_or(|asked| asked == name || (asked == "sync" && is_sync(name)));
    let known = [
        "start",
        "memory",
        "floor",
        "tap_commit",
        "day_open",
        "push",
        "push_postgres",
        "pull",
        "first_fill",
        "costs",
        "resend",
        "drain",
        "sync",
    ];
    if let Some(name) = arguments.name.as_deref().filter(|name| !known.contains(name)) {
        bail!("no figure is called {name}; there are {}", known.join(", "));
    }
    let runtime = tokio::runtime::Runtime::new()?;
    #[cfg(target_os = "linux")]
    if wanted("start") || wanted("memory") {
        window::measure(&runtime)?;
    }
    #[cfg(target_os = "linux")]
    if wanted("floor") {
        floor::measure(&runtime)?;
    }
    if wanted("push") {
        push::measure(&runtime)?;
    }
    #[cfg(unix)]
    if wanted("push_postgres") {
        push_postgres::measure(&runtime)?;
    }
    if wanted("pull") {
        pull::measure(&runtime)?;
    }
    if wanted("first_fill") {
        first_fill::measure(&runtime)?;
    }
    #[cfg(target_os = "linux")]
    if wanted("costs") {
        costs::measure(&runtime)?;
    }
    if wanted("resend") {
        resend::measure(&runtime)?;
    }
    if wanted("drain") {
        drain::measure(&runtime)?;
    }
    if wanted("tap_commit") || wanted("day_open") {
        let scene = scene::Scene::new(&runtime, "device")?;
        if wanted("tap_commit") {
            tap::measure(&scene, 0)?;
        }
        let scene = scene.filled(arguments.stored)?;
        if wanted("tap_commit") {
            tap::measure(&scene, arguments.stored)?;
        }
        if wanted("day_open") {
            day_open::measure(&scene, arguments.stored)?;
        }
    }
    Ok(())
}

/// How often something is measured: what is over in milliseconds more often.
fn repeats(events: usize) -> usize {
    if events > 10_000 { 5 } else { 11 }
}

fn rate(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds
}

/// Prints one figure beside its limit.
fn report(figure: &str, unit: &str, value: f64, limit: f64, n: usize, note: &str) -> Result<()> {
    print(&Line { figure, value, unit, limit, ratio: value / limit, n, note })
}

fn print(line: &Line<'_>) -> Result<()> {
    let round = |x: f64| (x * 1_000.0).round() / 1_000.0;
    let line = Line { value: round(line.value), limit: round(line.limit), ratio: round(line.ratio), ..*line };
    println!("{}", serde_json::to_string(&line)?);
    Ok(())
}

/// The value below which a share `p` of the samples lies.
fn percentile(samples: &[f64], p: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (f64::from(u32::try_from(last).unwrap_or(u32::MAX)) * p).round();
    sorted.into_iter().nth(at as usize).unwrap_or(f64::NAN)
}

fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}
