//! The Secret Service of a desktop without a person: unlocked with a password that everybody may know.

use super::wait::POLL;
use crate::process::{self, Process};
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Unlocks the keyring that `cargo xtask run --keep DIR` leaves in `DIR/keyring`.
pub const PASSWORD: &str = "floorbook";

const START: Duration = Duration::from_secs(20);
/// The attribute by which Floorbook's entries are found.
const SERVICE: [&str; 2] = ["service", "floorbook"];
/// The collection that the daemon unlocks, as D-Bus writes a list of one.
const LOGIN: &str = "array:objpath:/org/freedesktop/secrets/collection/login";
/// How the name of the one with the keys begins.
const ROOT: &str = "device-root";

/// A running keyring daemon.
#[derive(Debug)]
pub struct Keyring {
    _daemon: Process,
    environment: Vec<(OsString, Option<OsString>)>,
}

/// An entry taken out of the keyring, to be put back.
#[derive(Debug)]
pub struct Entry {
    attributes: Vec<(String, String)>,
    secret: String,
}

impl Entry {
    /// What it holds, as it stands in the keyring.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The same entry with another secret.
    #[must_use]
    pub fn holding(&self, secret: &str) -> Self {
        Self { attributes: self.attributes.clone(), secret: secret.to_owned() }
    }
}

impl Keyring {
    /// Starts the daemon on the bus that `about` knows; its files are in `folder`.
    pub(super) fn unlock(folder: &Path, about: &Command) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let environment: Vec<_> =
            about.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
        let mut command = process::command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        wear(&mut command, &environment);
        command.env("XDG_DATA_HOME", folder.canonicalize()?);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = Process::start("gnome-keyring-daemon", command)?;
        // The password ends with the input, not with a line.
        daemon.input().context("the input was piped")?.write_all(PASSWORD.as_bytes())?;
        let keyring = Self { _daemon: daemon, environment };
        keyring.await_service()?;
        Ok(keyring)
    }

    /// The keys that Floorbook keeps in the keyring, as they stand there; `None` when there is no such entry.
    ///
    /// # Errors
    /// When the keyring cannot be asked.
    pub fn secret(&self) -> Result<Option<String>> {
        let Some(name) = self.root()? else { return Ok(None) };
        Ok(Some(String::from_utf8(self.tool("lookup", Some(&name)).output()?.stdout)?))
    }

    /// Takes the entry with the keys out, as a reinstalled system would.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&self) -> Result<Entry> {
        let secret = self.secret()?.context("the keyring has no entry of Floorbook")?;
        let name = self.root()?;
        let attributes = self.attributes(name.as_deref())?;
        ensure!(self.tool("clear", name.as_deref()).status()?.success(), "the entry could not be removed");
        Ok(Entry { attributes, secret })
    }

    /// Puts an entry back.
    ///
    /// # Errors
    /// When the keyring refuses it.
    pub fn put_back(&self, entry: &Entry) -> Result<()> {
        let mut command = self.dressed("secret-tool");
        command.args(["store", "--label=floorbook"]);
        command.args(entry.attributes.iter().flat_map(|(name, value)| [name, value]));
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        child.stdin.take().context("the input was piped")?.write_all(entry.secret.as_bytes())?;
        ensure!(child.wait()?.success(), "the entry could not be put back");
        Ok(())
    }

    /// Locks it, as a system does that logs in without a password.
    ///
    /// # Errors
    /// When the keyring refuses.
    pub fn lock(&self) -> Result<()> {
        let mut command = self.dressed("dbus-send");
        command.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]);
        command.args(["org.freedesktop.Secret.Service.Lock", LOGIN]);
        ensure!(command.stdout(Stdio::null()).status()?.success(), "the keyring could not be locked");
        Ok(())
    }

    fn await_service(&self) -> Result<()> {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            let mut question = self.dressed("dbus-send");
            question.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]);
            question.args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]);
            if String::from_utf8_lossy(&question.output()?.stdout).contains("boolean true") {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        bail!("the keyring did not get ready within {START:?}")
    }

    /// The name of the entry with the keys.
    fn root(&self) -> Result<Option<String>> {
        let names = self.attributes(None)?.into_iter().filter(|(name, _)| name == "username");
        Ok(names.map(|(_, value)| value).find(|value| value.starts_with(ROOT)))
    }

    /// The attributes of one entry, or of all.
    fn attributes(&self, username: Option<&str>) -> Result<Vec<(String, String)>> {
        let found = self.tool("search", username).output()?;
        // The tool prints attributes on the error stream and everything else on the other.
        let printed = [found.stdout, found.stderr].concat();
        Ok(String::from_utf8_lossy(&printed)
            .lines()
            .filter_map(|line| line.strip_prefix("attribute.")?.split_once(" = "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect())
    }

    fn tool(&self, verb: &str, username: Option<&str>) -> Command {
        let mut command = self.dressed("secret-tool");
        command.arg(verb);
        if verb == "search" {
            command.arg("--all");
        }
        command.args(SERVICE);
        command.args(username.map(|name| ["username", name]).into_iter().flatten());
        command
    }

    fn dressed(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        wear(&mut command, &self.environment);
        command
    }
}

fn wear(command: &mut Command, environment: &[(OsString, Option<OsString>)]) {
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}
