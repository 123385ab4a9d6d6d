//! Headquarters as a program of its own, used the way its operator does.

use crate::process::{self, Process};
use crate::programs;
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the receiver may take until it listens.
const START: Duration = Duration::from_secs(30);
/// Remembers the port inside HQ's folder: the devices keep the address.
const PORT_FILE: &str = "port";

/// One visit as HQ's export tells it: column name → value.
pub type Row = Map<String, Value>;

/// How it is told of a PostgreSQL.
const DATABASE: &str = "FLOORBOOK_HQ_DATABASE";

/// A receiver with its data in one folder, or in a database.
#[derive(Debug)]
pub struct HqProcess {
    data: PathBuf,
    database: Option<String>,
    serving: Option<Process>,
}

impl HqProcess {
    /// The receiver whose data is in `data`; makes a new one where there is none.
    ///
    /// # Errors
    /// When `floorbook-hq init` fails.
    pub fn at(data: &Path) -> Result<Self> {
        Self::with(data, None)
    }

    /// The receiver with its key file in `data` and everything else in the PostgreSQL at `database`.
    ///
    /// # Errors
    /// When `floorbook-hq init` fails.
    pub fn on(data: &Path, database: String) -> Result<Self> {
        Self::with(data, Some(database))
    }

    fn with(data: &Path, database: Option<String>) -> Result<Self> {
        let hq = Self { data: data.to_path_buf(), database, serving: None };
        let fresh = !data.exists() || fs::read_dir(data)?.next().is_none();
        if fresh {
            fs::create_dir_all(data)?;
            hq.ask(&["init"])?;
        }
        Ok(hq)
    }

    /// What `store list` prints, one store a line, each beginning with its id.
    ///
    /// # Errors
    /// When HQ refuses.
    pub fn stores(&self) -> Result<Vec<String>> {
        let said = self.ask(&["store", "list"])?;
        Ok(said.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }

    /// Adds a store that uses the form pack `pack`.
    ///
    /// # Errors
    /// When HQ refuses.
    pub fn add_store(&self, id: &str, name: &str, pack: &str) -> Result<()> {
        self.ask(&["store", "add", "--id", id, "--name", name, "--pack", pack]).map(drop)
    }

    /// A fresh pairing code of a store.
    ///
    /// # Errors
    /// When HQ refuses.
    pub fn code(&self, store: &str) -> Result<String> {
        let said = self.ask(&["code", "--store", store])?;
        said.lines().last().map(|line| line.trim().to_owned()).context("HQ printed no code")
    }

    /// The id of the one device that is paired.
    ///
    /// # Errors
    /// When there is none, or HQ refuses.
    pub fn only_device(&self) -> Result<String> {
        let said = self.ask(&["device", "list"])?;
        said.split_whitespace().next().map(str::to_owned).context("no device is paired")
    }

    /// Shuts a device out.
    ///
    /// # Errors
    /// When HQ refuses.
    pub fn shuts_out(&self, device: &str) -> Result<()> {
        self.ask(&["device", "revoke", device]).map(drop)
    }

    /// Has a device wiped.
    ///
    /// # Errors
    /// When HQ refuses.
    pub fn wipes(&self, device: &str) -> Result<()> {
        self.ask(&["device", "wipe", device, "--who", "Officer", "--reason", "stolen"]).map(drop)
    }

    /// Takes in a file that somebody brought from a device, and gives what it says of it.
    ///
    /// # Errors
    /// When HQ does not take in all of it.
    pub fn imports(&self, file: &Path) -> Result<String> {
        self.ask(&["spool", "import", file.to_str().context("a path without a text")?])
    }

    /// Starts serving, on the port of last time if there was one, and gives the address.
    ///
    /// # Errors
    /// When it does not listen in time; its log says why.
    pub fn serve(&mut self) -> Result<String> {
        let remembered = fs::read_to_string(self.data.join(PORT_FILE)).ok();
        let port = remembered.as_deref().map_or("0", str::trim);
        self.serve_on(port)
    }

    /// Starts anew, on the same port, with pages for visitors' phones.
    ///
    /// # Errors
    /// When it does not listen in time; its log says why.
    pub fn serve_phones_too(&mut self) -> Result<String> {
        self.kill();
        let port = fs::read_to_string(self.data.join(PORT_FILE))?;
        self.serve_with(port.trim(), &["--visitor-listen", "127.0.0.1:0"])
    }

    /// Starts serving on `port` of this machine.
    ///
    /// # Errors
    /// When it does not listen in time; its log says why.
    pub fn serve_on(&mut self, port: &str) -> Result<String> {
        self.serve_with(port, &[])
    }

    fn serve_with(&mut self, port: &str, options: &[&str]) -> Result<String> {
        ensure!(self.serving.is_none(), "HQ serves already");
        let mut command = process::command(programs::floorbook_hq()?);
        command.arg("--data").arg(&self.data).args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        command.args(options);
        command.envs(self.database.iter().map(|address| (DATABASE, address)));
        command.stderr(File::options().create(true).append(true).open(self.log())?);
        let (process, url) = Process::start_until("floorbook-hq", command, START, |line| {
            line.strip_prefix("listening ").map(str::to_owned)
        })
        .with_context(|| format!("see {}", self.log().display()))?;
        self.serving = Some(process);
        let port = port_of(&url)?;
        fs::write(self.data.join(PORT_FILE), port)?;
        Ok(url)
    }

    /// The process that serves; `None` while none does.
    pub fn process_id(&self) -> Option<u32> {
        self.serving.as_ref().map(Process::id)
    }

    /// Ends the receiver like `kill -9`; its data stays.
    pub fn kill(&mut self) {
        if let Some(process) = self.serving.take() {
            process.kill();
        }
    }

    /// Every visit as HQ sees it.
    ///
    /// # Errors
    /// When HQ cannot export, or prints something else than JSON Lines.
    pub fn export(&self) -> Result<Vec<Row>> {
        self.rows(&["export", "--format", "jsonl"])
    }

    /// Every visit as HQ sees it, those too of which somebody said that there was none.
    ///
    /// # Errors
    /// As [`Self::export`].
    pub fn export_with_voided(&self) -> Result<Vec<Row>> {
        self.rows(&["export", "--format", "jsonl", "--voided"])
    }

    fn rows(&self, arguments: &[&str]) -> Result<Vec<Row>> {
        let said = self.ask(arguments)?;
        let lines = said.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| serde_json::from_str(line).with_context(|| format!("not a row: {line}"))).collect()
    }

    /// How often each visit stands in the export.
    ///
    /// # Errors
    /// As [`Self::export`], or when a row has no id.
    pub fn visits(&self) -> Result<BTreeMap<String, usize>> {
        let mut counted = BTreeMap::new();
        for row in self.export()? {
            let id = row.get("visit").and_then(Value::as_str).context("a row without its visit's id")?;
            *counted.entry(id.to_owned()).or_default() += 1;
        }
        Ok(counted)
    }

    /// The contacts that visitors left: receipt code, and whether it is `kept` or `erased`.
    ///
    /// # Errors
    /// When HQ refuses, or prints something else than its list.
    pub fn contacts(&self) -> Result<Vec<(String, String)>> {
        let said = self.ask(&["contact", "list"])?;
        let cells = said.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let contact = |cells: Vec<String>| match cells.as_slice() {
            [code, _, _, state] => Ok((code.clone(), state.clone())),
            _ => Err(anyhow!("not a contact: {cells:?}")),
        };
        cells.map(contact).collect()
    }

    /// Where its folder is.
    pub fn data(&self) -> &Path {
        &self.data
    }

    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(programs::floorbook_hq()?);
        command.arg("--data").arg(&self.data).args(arguments).stdin(Stdio::null());
        command.envs(self.database.iter().map(|address| (DATABASE, address)));
        let answer = command.output().context("cannot start floorbook-hq")?;
        ensure!(
            answer.status.success(),
            "floorbook-hq {} failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&answer.stderr).trim()
        );
        Ok(String::from_utf8(answer.stdout)?)
    }
}

/// The port of an address such as `https://127.0.0.1:4711`.
fn port_of(url: &str) -> Result<&str> {
    url.rsplit(':').next().filter(|port| port.parse::<u16>().is_ok()).ok_or_else(|| anyhow!("no port in {url}"))
}
