//! *Try it here*: a real headquarters on this machine, as a child of this program.

use crate::error::{AppError, ErrorCode};
use floorbook_core::Device;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

const PROGRAM: &str = if cfg!(windows) { "floorbook-hq.exe" } else { "floorbook-hq" };
const STORE: &str = "trial";

/// The headquarters of a trial, running while this program does.
pub(crate) struct Trial {
    program: Option<PathBuf>,
    data: PathBuf,
    server: Mutex<Option<Child>>,
}

/// Where a device finds its headquarters, and the code to pair with it.
pub(crate) struct Invitation {
    pub(crate) hq_url: String,
    pub(crate) code: String,
}

impl Trial {
    pub(crate) fn new(device_dir: &Path) -> Arc<Self> {
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(PROGRAM)));
        let program = beside.filter(|program| program.is_file());
        Arc::new(Self { program, data: device_dir.join("trial-hq"), server: Mutex::new(None) })
    }

    /// Whether the headquarters program stands beside this one.
    pub(crate) fn is_possible(&self) -> bool {
        self.program.is_some()
    }

    /// Starts the headquarters of a device that was paired with one here, beside everything else.
    pub(crate) fn resume(self: &Arc<Self>, device: &Device) {
        let Some(profile) = device.profile().filter(|profile| profile.is_trial) else { return };
        let trial = Arc::clone(self);
        std::thread::spawn(move || {
            if let Err(error) = trial.serve(profile.hq_url.trim_start_matches("https://")) {
                tracing::warn!(error = ?error, "the trial's headquarters did not start");
            }
        });
    }

    /// Makes a headquarters with one store, once, and starts it. Takes some seconds.
    pub(crate) fn prepare(&self, pack: &str, store_name: &str) -> Result<Invitation, AppError> {
        if !matches!(pack, "apparel" | "jewellery" | "electronics") {
            return Err(AppError::from(ErrorCode::BadInput));
        }
        self.make()?;
        let store = format!("{STORE}-{pack}");
        if !self.call(&["store", "list"])?.contains(&store) {
            self.call(&["store", "add", "--id", &store, "--name", store_name, "--pack", pack])?;
        }
        let hq_url = self.serve("127.0.0.1:0")?;
        let answer = self.call(&["code", "--store", &store])?;
        let code = answer.lines().last().unwrap_or_default().trim().to_owned();
        Ok(Invitation { hq_url, code })
    }

    /// Makes the headquarters, once: half of one is never taken for a whole.
    fn make(&self) -> Result<(), AppError> {
        if self.data.is_dir() {
            return Ok(());
        }
        let fresh = self.data.with_extension("new");
        if fresh.is_dir() {
            std::fs::remove_dir_all(&fresh).map_err(failed)?; // of an attempt that was cut short
        }
        self.call_on(&fresh, &["init"])?;
        std::fs::rename(&fresh, &self.data).map_err(failed)
    }

    fn command(&self, data: &Path) -> Result<Command, AppError> {
        let program = self.program.as_ref().ok_or(ErrorCode::TrialFailed)?;
        let mut command = Command::new(program);
        command.arg("--data").arg(data);
        Ok(command)
    }

    fn call(&self, arguments: &[&str]) -> Result<String, AppError> {
        self.call_on(&self.data, arguments)
    }

    fn call_on(&self, data: &Path, arguments: &[&str]) -> Result<String, AppError> {
        let output = self.command(data)?.args(arguments).stdin(Stdio::null()).output().map_err(failed)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(failed(String::from_utf8_lossy(&output.stderr).trim()))
        }
    }

    /// Starts the server on `listen`, unless it runs, and returns its address. It stops when this
    /// program does, however that ends: its standard input closes then.
    fn serve(&self, listen: &str) -> Result<String, AppError> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut running) = server.take() {
            running.kill().and_then(|()| running.wait()).map_err(failed)?;
        }
        let listen = if listen.ends_with(":0") { free_address().map_err(failed)? } else { listen.to_owned() };
        let mut child = self
            .command(&self.data)?
            .args(["serve", "--listen", &listen, "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdout = child.stdout.take().ok_or(ErrorCode::TrialFailed)?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        let address = line.trim().strip_prefix("listening ").ok_or(ErrorCode::TrialFailed)?.to_owned();
        *server = Some(child);
        Ok(address)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(server.stdin.take());
            drop(server.wait());
        }
    }
}

/// A port that stays the same from now on: the device remembers the address.
fn free_address() -> std::io::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn failed(cause: impl std::fmt::Display) -> AppError {
    AppError { detail: Some(cause.to_string()), ..AppError::from(ErrorCode::TrialFailed) }
}
