//! Child processes that never outlive the test that started them.

use anyhow::{Context, Result, anyhow};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const GRACE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(10);

/// A running child with all its descendants; they end when this is dropped.
///
/// It has to be dropped on the thread that started it: on Linux the kernel ends the child together
/// with that thread, so that nothing is left behind even when this process is killed.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts what [`command`] has prepared.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Starts `command` and waits until `wanted` finds what it looks for in a line of its output.
    ///
    /// # Errors
    /// When the program cannot be started, ends, or does not say it within `patience`.
    pub fn start_until<T>(
        name: &str,
        mut command: Command,
        patience: Duration,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Result<(Self, T)> {
        command.stdout(Stdio::piped());
        let mut process = Self::start(name, command)?;
        let output = process.child.stdout.take().context("the output was piped")?;
        let (line_read, lines) = mpsc::channel();
        // Reads to the end: a full pipe would stop the program.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                line_read.send(line).ok(); // nobody listens any more once the wanted line was found
            }
        });
        let deadline = Instant::now() + patience;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => match wanted(line.trim()) {
                    Some(found) => return Ok((process, found)),
                    None => continue,
                },
                Err(RecvTimeoutError::Timeout) => {
                    return Err(anyhow!("{} did not get ready within {patience:?}", process.name));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(anyhow!("{} ended at once", process.name)),
            }
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it without a chance to tidy up, like `kill -9`.
    pub fn kill(mut self) {
        self.signal_group(true);
        self.child.wait().ok(); // only fails when it is gone already
    }

    fn ended_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.is_running() {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(POLL);
        }
        true
    }

    /// Its standard input, once, when it was piped.
    pub fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    #[cfg(unix)]
    fn signal_group(&mut self, force: bool) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let signal = if force { Signal::KILL } else { Signal::TERM };
        if let Some(group) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) {
            kill_process_group(group, signal).ok(); // only fails when the whole group is gone
        }
    }

    #[cfg(not(unix))]
    fn signal_group(&mut self, _force: bool) {
        self.child.kill().ok(); // only fails when it is gone already
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal_group(false);
        self.ended_within(GRACE);
        // Also reaches descendants that outlived the head of their group.
        self.signal_group(true);
        self.child.wait().ok();
    }
}

/// A command for [`Process`]: the head of a process group of its own, which the kernel ends with us.
#[cfg(target_os = "linux")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).process_group(0);
    command
}

/// A command for [`Process`].
#[cfg(not(target_os = "linux"))]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}
