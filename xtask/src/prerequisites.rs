//! What the machine has to have before anything can be built, and how it gets there.

use crate::steps::must;
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// Debian 12's names of what the window is built from.
const TO_BUILD: [&str; 5] = ["build-essential", "pkg-config", "perl", "libwebkit2gtk-4.1-dev", "fonts-noto-cjk"];
/// And of what a desktop without a display is made of, and the database that several receivers share.
const TO_DRIVE: [&str; 8] =
    ["webkit2gtk-driver", "xvfb", "dbus", "at-spi2-core", "gnome-keyring", "libsecret-tools", "faketime", "postgresql"];
/// The oldest Node that the interface's tools run on.
const NODE: (u32, u32) = (20, 19);

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Build, and open the window on the display that is there.
    Show,
    /// Build, and drive the window on a display of our own.
    Drive,
}

/// Makes sure that everything is there; installs what may be installed.
pub(crate) fn ensure_for(purpose: Purpose) -> Result<()> {
    if cfg!(target_os = "linux") {
        packages(purpose)?;
    } else {
        ensure!(
            purpose == Purpose::Show,
            "driving the window needs Linux: no driver exists for this system's web view"
        );
    }
    node()
}

fn packages(purpose: Purpose) -> Result<()> {
    let wanted: Vec<&str> = match purpose {
        Purpose::Show => TO_BUILD.to_vec(),
        Purpose::Drive => [TO_BUILD.as_slice(), TO_DRIVE.as_slice()].concat(),
    };
    if !Path::new("/usr/bin/dpkg-query").exists() {
        println!("This is not Debian. Floorbook needs what Debian calls: {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(mut leave) = leave_to_install() else {
        bail!("these packages are missing; install them and start again:\n\n  sudo apt-get install -y {list}\n");
    };
    println!("installing {list}");
    let command = "apt-get update && apt-get install -y --no-install-recommends";
    leave.args(["sh", "-c", &format!("export DEBIAN_FRONTEND=noninteractive; {command} {list}")]);
    must(leave).with_context(|| format!("install them yourself and start again: apt-get install {list}"))
}

/// How a command that installs has to begin; `None` when we may not install.
fn leave_to_install() -> Option<Command> {
    if output_of(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(Command::new("env"));
    }
    output_of(Command::new("sudo").args(["-n", "true"])).map(|_| {
        let mut sudo = Command::new("sudo");
        sudo.arg("-n");
        sudo
    })
}

fn is_installed(package: &str) -> bool {
    let status = output_of(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]));
    status.as_deref() == Some("install ok installed")
}

fn node() -> Result<()> {
    let (major, minor) = NODE;
    let advice = format!("Node {major}.{minor} or newer with npm is needed: https://nodejs.org/en/download");
    let version = output_of(Command::new("node").arg("--version")).with_context(|| advice.clone())?;
    ensure!(is_new_enough(&version), "{advice} (this is {version})");
    ensure!(output_of(&mut crate::steps::npm("--version")).is_some(), "{advice} (npm is missing)");
    Ok(())
}

/// Whether `v20.20.2` is at least [`NODE`].
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= NODE
}

/// Whether a person sits in front of a display.
pub(crate) fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// What a program prints, when it exists and succeeds.
fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_compared_by_number_not_by_letter() {
        assert!(is_new_enough("v20.19.0"), "the oldest that will do");
        assert!(is_new_enough("v100.0.0"), "a hundred is more than twenty");
        assert!(!is_new_enough("v20.9.0"), "nine is less than nineteen");
        assert!(!is_new_enough("v18.20.4"), "Debian's own is too old");
    }
}
