//! A PostgreSQL of our own: a cluster in a temporary folder, reached by a Unix socket in that folder, and nowhere
//! else unless a story is about that.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const VERSIONS: &str = "/usr/lib/postgresql";
/// The owner of everything in the cluster.
const ROLE: &str = "floorbook";
/// Whom to be when we are root, as whom it does not run.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// What survives when the machine loses its power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// What was committed, as in production.
    Full,
    /// Perhaps nothing. What was committed survives the end of every process, which is enough for a suite.
    None,
}

/// A cluster that runs. It stops, and its folder goes, when this is dropped or this process ends in any way.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<&'static str>,
    options: String,
    port: u16,
    /// Waits for the end of its input, then tidies up.
    guard: Child,
    databases: AtomicU32,
}

impl Cluster {
    /// The one that the stories of this process share.
    ///
    /// # Panics
    /// When it does not start.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Durability::None).expect("PostgreSQL has to be installed"))
    }

    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start(durability: Durability) -> Result<Self> {
        let cluster = Self::made(durability)?;
        cluster.run_again()?;
        Ok(cluster)
    }

    /// Makes a cluster that is reached by TLS too, at a port of this machine, and starts it. Certificate and key
    /// are PEM.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with_tls(certificate: &str, key: &str) -> Result<Self> {
        let mut cluster = Self::made(Durability::None)?;
        cluster.port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        for (name, pem) in [("server.crt", certificate), ("server.key", key)] {
            let path = cluster.data().join(name);
            fs::write(&path, pem)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            let owner = fs::metadata(cluster.data())?;
            chown(&path, Some(owner.uid()), Some(owner.gid()))?;
        }
        cluster.options += " -c ssl=on -c listen_addresses=127.0.0.1";
        cluster.run_again()?;
        Ok(cluster)
    }

    fn made(durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("floorbook-pg").tempdir()?.keep();
        let user = (fs::metadata(&folder)?.uid() == 0).then(user).transpose()?;
        if let Some(user) = user {
            let (uid, gid) = (id("-u", user)?, id("-g", user)?);
            chown(&folder, Some(uid), Some(gid))?;
        }
        let guard = guard(&folder, &programs, user)?;
        let options = if durability == Durability::None { "-c fsync=off -c full_page_writes=off" } else { "" };
        let options = format!("-k {} -c listen_addresses= {options}", folder.display());
        let cluster = Self { folder, programs, user, guard, options, port: 5432, databases: AtomicU32::new(0) };
        cluster.run("initdb", &["-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"])?;
        Ok(cluster)
    }

    /// Its port, on this machine where it was started with TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a new database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn database(&self) -> Result<String> {
        let name = format!("house_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let (folder, port) = (self.folder.to_string_lossy(), self.port.to_string());
        let output = self.program("createdb").args(["-h", &folder, "-p", &port, "-U", ROLE, &name]).output();
        let output = output.context("createdb cannot be started")?;
        ensure!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        Ok(format!("host={folder} port={port} user={ROLE} dbname={name}"))
    }

    /// Starts it, after [`Self::crash`].
    ///
    /// # Errors
    /// When it does not start.
    pub fn run_again(&self) -> Result<()> {
        let options = format!("-p {} {}", self.port, self.options);
        let log = self.folder.join("log");
        self.run("pg_ctl", &["start", "-w", "-l", &log.to_string_lossy(), "-o", &options])
    }

    /// Ends every process of it at once.
    ///
    /// # Errors
    /// When it did not run.
    pub fn crash(&self) -> Result<()> {
        self.run("pg_ctl", &["stop", "-w", "-m", "immediate"])
    }

    /// Where its files are.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let status = self.program(program).arg("-D").arg(self.data()).args(arguments).status();
        let status = status.with_context(|| format!("{program} cannot be started"))?;
        let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        ensure!(status.success(), "{program} failed\n{}", log());
        Ok(())
    }

    fn program(&self, name: &str) -> Command {
        let mut command = as_user(self.user, &self.programs.join(name));
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        self.guard.wait().ok(); // only fails when it is gone already
    }
}

/// A process of its own that waits for us to end, however we do: what started the cluster may be one of many
/// threads, and a static is never dropped.
fn guard(folder: &Path, programs: &Path, user: Option<&str>) -> Result<Child> {
    let script = "read -r _; \"$0\"/pg_ctl -D \"$1\"/data stop -m immediate -s; rm -rf \"$1\"";
    let mut command = as_user(user, Path::new("sh"));
    command.args(["-c", script]).arg(programs).arg(folder).current_dir("/");
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("the guard of the cluster cannot be started")
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(program);
    command
}

/// The programs of the newest version that is installed.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir(VERSIONS).context("PostgreSQL is not installed: apt-get install postgresql")?;
    let number = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse::<u32>().ok();
    let newest = versions.filter_map(number).max().context("PostgreSQL is not installed")?;
    Ok(Path::new(VERSIONS).join(newest.to_string()).join("bin"))
}

fn user() -> Result<&'static str> {
    USERS.into_iter().find(|user| id("-u", user).is_ok()).context("nobody else can run PostgreSQL")
}

fn id(what: &str, user: &str) -> Result<u32> {
    let output = Command::new("id").args([what, user]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
