//! Running other programs, where they belong and with an eye on the clock.

use anyhow::{Context, Result, ensure};
use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// `cargo`, the one that runs us, in the workspace.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace()).current_dir(root());
    command
}

/// `npm`, in the folder of the interface.
pub(crate) fn npm(arguments: &str) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments.split_whitespace()).current_dir(root().join("ui"));
    command
}

/// Runs a command that has to succeed; its output goes to the terminal.
pub(crate) fn must(mut command: Command) -> Result<()> {
    let what = said(&command);
    let status = command.status().with_context(|| format!("cannot start `{what}`"))?;
    ensure!(status.success(), "`{what}` failed: {status}");
    Ok(())
}

/// Runs a command that has to succeed, and shows each line of its output to `watch` on its way to the terminal.
pub(crate) fn must_watched(mut command: Command, mut watch: impl FnMut(&str)) -> Result<()> {
    let what = said(&command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{what}`"))?;
    let output = child.stdout.take().context("the output was piped")?;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        watch(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{what}` failed: {status}");
    Ok(())
}

/// Does one step and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {name}");
    let start = Instant::now();
    let done = work();
    let seconds = start.elapsed().as_secs_f32();
    println!("── {name}: {}, {seconds:.1} s\n", if done.is_ok() { "done" } else { "FAILED" });
    done.with_context(|| format!("in the step “{name}”"))
}

fn said(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
