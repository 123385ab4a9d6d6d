//! A desktop without a desktop: a display, a session bus and an unlocked keyring of our own, and the real
//! window on it, driven by WebKit's own driver.
//!
//! Invariants: everything started here ends with the value that started it; nothing touches the display, the
//! bus, the keyring or the home folder of whoever runs the tests; nothing waits without a limit.

mod acts;
mod album;
mod app;
pub mod budgets;
mod clerk;
mod day;
mod device;
mod keyring;
mod looks;
mod rules;
mod tapper;
mod tour;
mod visitor;
mod wait;
mod window;

pub use acts::{Act, Acts};
pub use album::Album;
pub use app::App;
pub use clerk::{Clerk, LI, MANAGER, Staff};
pub use day::{Logged, play};
pub use device::{Hit, database, scan};
pub use keyring::{Entry, Keyring, PASSWORD};
pub use looks::{LOOKS, Look, SIZES};
pub use tapper::{Plan, Played, tap};
pub use tour::{fill, tour};
pub use visitor::Visitor;
pub use wait::{PATIENCE, eventually};
pub use window::Window;

use crate::process::{self, Process};
use anyhow::{Context, Result};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const START: Duration = Duration::from_secs(20);
/// Wide and tall enough for every window the journeys open, upright ones too.
const SCREEN: &str = "1600x1400x24";

/// A display, a session bus and a keyring.
#[derive(Debug)]
pub struct Desktop {
    keyring: Keyring,
    _bus: Process,
    _display: Process,
    display: String,
    bus: String,
    windows: AtomicUsize,
    is_keyring_hidden: bool,
    /// Set once there is a bus for screen readers.
    readers: Option<Process>,
    folder: TempDir,
}

impl Desktop {
    /// Starts one whose keyring keeps its files in `keyring_folder`, and so finds them again next time.
    ///
    /// # Errors
    /// When one of its programs is missing or does not start.
    pub fn start(keyring_folder: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("floorbook-desktop-").tempdir()?;
        for name in ["home", "runtime", "logs"] {
            fs::create_dir(folder.path().join(name))?;
        }
        fs::set_permissions(folder.path().join("runtime"), Permissions::from_mode(0o700))?;
        let (display_process, display) = start_display()?;
        let (bus_process, bus) = start_bus(folder.path(), &display)?;
        let mut about = Command::new("true");
        dress(&mut about, folder.path(), &display, &bus);
        let keyring = Keyring::unlock(keyring_folder, &about)?;
        Ok(Self {
            keyring,
            _bus: bus_process,
            _display: display_process,
            display,
            bus,
            windows: AtomicUsize::new(0),
            is_keyring_hidden: false,
            readers: None,
            folder,
        })
    }

    /// The keyring of this desktop.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Whether programs opened from now on are on a machine without a keyring: they find no session bus, which
    /// might start one.
    pub fn hide_keyring(&mut self, is_hidden: bool) {
        self.is_keyring_hidden = is_hidden;
    }

    /// Makes `command` a program of this desktop.
    pub fn dress(&self, command: &mut Command) {
        dress(command, self.folder.path(), &self.display, &self.bus);
        if self.is_keyring_hidden {
            command
                .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.folder.path().join("no-bus").display()));
        }
        if self.readers.is_some() {
            command.env_remove("NO_AT_BRIDGE");
        }
    }

    /// The address of its session bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// Lets screen readers in: windows opened from now on show themselves to them.
    ///
    /// # Errors
    /// When the bus for them cannot be started.
    pub fn admit_readers(&mut self) -> Result<()> {
        let mut command = process::command("/usr/libexec/at-spi-bus-launcher");
        command.args(["--launch-immediately", "--a11y=1"]).stdout(Stdio::null()).stderr(Stdio::null());
        self.dress(&mut command);
        self.readers = Some(Process::start("at-spi-bus-launcher", command)?);
        Ok(())
    }

    /// The home folder of its programs; empty at the start.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A place for the log of the next window.
    pub(crate) fn next_log(&self) -> PathBuf {
        let number = self.windows.fetch_add(1, Ordering::Relaxed) + 1;
        self.folder.path().join("logs").join(format!("window-{number}.log"))
    }

    /// What the windows have logged so far, one after another.
    pub fn logs(&self) -> String {
        let count = self.windows.load(Ordering::Relaxed);
        let logs = self.folder.path().join("logs");
        (1..=count)
            .map(|number| {
                let log = fs::read_to_string(logs.join(format!("window-{number}.log"))).unwrap_or_default();
                format!("— window {number} —\n{log}")
            })
            .collect()
    }
}

fn start_display() -> Result<(Process, String)> {
    let mut command = process::command("Xvfb");
    // It finds a free number itself and prints it on the descriptor it is given.
    command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
    command.stderr(Stdio::null());
    Process::start_until("Xvfb", command, START, |line| line.parse::<u32>().ok().map(|number| format!(":{number}")))
        .context("no virtual display")
}

fn start_bus(folder: &Path, display: &str) -> Result<(Process, String)> {
    let mut command = process::command("dbus-daemon");
    command.args(["--session", "--print-address", "--nofork", "--nopidfile"]).stderr(Stdio::null());
    dress(&mut command, folder, display, "");
    Process::start_until("dbus-daemon", command, START, |line| line.starts_with("unix:").then(|| line.to_owned()))
        .context("no session bus")
}

fn dress(command: &mut Command, folder: &Path, display: &str, bus: &str) {
    for name in ["WAYLAND_DISPLAY", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GNOME_KEYRING_CONTROL"] {
        command.env_remove(name);
    }
    command
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("HOME", folder.join("home"))
        .env("XDG_RUNTIME_DIR", folder.join("runtime"))
        .env("GDK_BACKEND", "x11")
        .env("GSETTINGS_BACKEND", "memory")
        .env("NO_AT_BRIDGE", "1");
}
