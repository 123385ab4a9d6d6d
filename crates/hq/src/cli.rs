//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use floorbook_hq::{Because, Visitors};
use floorbook_model::{ClerkId, DeviceId, StoreId};
use floorbook_protocol::{Clerk, Role};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Headquarters of Floorbook 进店簿: pairs devices, takes in what they log, exports visits.
#[derive(Debug, Parser)]
#[command(name = "floorbook-hq", version)]
pub(crate) struct Cli {
    /// Folder of the database, of its key and of `ca.pem`
    #[arg(long, value_name = "DIR", env = "FLOORBOOK_HQ_DATA", global = true, default_value = "floorbook-hq-data")]
    pub(crate) data: PathBuf,
    /// File that holds the key of the database [default: DIR/hq.key]. It protects copies and
    /// backups of the database; in production keep it away from the data
    #[arg(long, value_name = "FILE", env = "FLOORBOOK_HQ_KEY_FILE", global = true)]
    pub(crate) key_file: Option<PathBuf>,
    /// PostgreSQL to keep everything in, e.g. postgres://floorbook@db.example.com/floorbook, instead of an
    /// encrypted file in DIR. Several receivers may share it; each needs the same key file
    #[arg(long, value_name = "URL", env = "FLOORBOOK_HQ_DATABASE", hide_env_values = true, global = true)]
    pub(crate) database: Option<String>,
    /// Certificates of the authorities that vouch for the PostgreSQL, PEM; needed unless it is on this machine
    #[arg(long, value_name = "FILE", env = "FLOORBOOK_HQ_DATABASE_CA", global = true)]
    pub(crate) database_ca: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a headquarters: keys, certificates and an encrypted database
    Init {
        /// Host name or address under which devices reach it, beside this machine's own; repeatable
        #[arg(long = "name", value_name = "HOST")]
        names: Vec<String>,
        /// File for the key that opens contacts [default: DIR/contact.key]. Take it off this machine
        #[arg(long, value_name = "FILE")]
        contact_key: Option<PathBuf>,
    },
    /// Contacts that visitors left
    #[command(subcommand)]
    Contact(ContactCommand),
    /// List every look at a contact, every erasure, every lost device and whatever else was changed by these commands,
    /// check the chain of them and print where it ends
    Audit,
    /// Hold what each device says of its own log, day by day, against what is here; fails where it does not add up
    Ledger {
        /// Only this device; its id, as `device list` shows it
        #[arg(long, value_name = "ID")]
        device: Option<DeviceId>,
    },
    /// Records that were set aside, and wait for somebody
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// What devices sealed: while their own key was away, or to be carried
    #[command(subcommand)]
    Spool(SpoolCommand),
    /// Stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// Devices
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Make a pairing code, good for 15 minutes; it is the last line of the output
    Code {
        /// Store in which the devices will stand
        #[arg(long, value_name = "ID")]
        store: StoreId,
        /// How many devices may pair with it
        #[arg(long, default_value_t = 1)]
        devices: u32,
        #[command(flatten)]
        said: SaidArgs,
        /// Print the code alone
        #[arg(long)]
        quiet: bool,
    },
    /// Answer devices until interrupted
    Serve {
        /// Address to listen at; port 0 takes a free one
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443", env = "FLOORBOOK_HQ_LISTEN")]
        listen: SocketAddr,
        #[command(flatten)]
        visitors: VisitorArgs,
        /// Also stop when standard input ends
        #[arg(long)]
        until_stdin_closes: bool,
    },
    /// Write every visit; works while `serve` runs
    Export(Export),
}

#[derive(Debug, Args)]
pub(crate) struct VisitorArgs {
    /// Also serve pages for visitors' own phones at this address, for a proxy on this machine that brings TLS
    /// with a certificate that phones trust
    #[arg(long, value_name = "ADDR", env = "FLOORBOOK_HQ_VISITOR_LISTEN")]
    pub(crate) visitor_listen: Option<SocketAddr>,
    /// Where phones reach them, e.g. https://visit.example.com [default: the address that is listened at]
    #[arg(long, value_name = "URL", env = "FLOORBOOK_HQ_VISITOR_URL", requires = "visitor_listen")]
    visitor_url: Option<String>,
    /// Serve them over TLS with headquarters' own certificate, which phones warn of: for trials
    #[arg(long, requires = "visitor_listen")]
    visitor_tls: bool,
}

impl VisitorArgs {
    pub(crate) fn as_visitors(&self) -> Visitors {
        Visitors { url: self.visitor_url.clone(), with_tls: self.visitor_tls, ..Visitors::default() }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContactCommand {
    /// Make a key that opens contacts from now on; what was sealed before is opened by the key of before.
    /// The last line of the output is the code of the file
    Key {
        /// File to write. Take it off this machine
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// List the contacts; nothing of what visitors typed
    List,
    /// Find the contacts of a visitor who has lost the receipt code, which goes on record. The code of the
    /// key file is read from standard input
    Find {
        /// Phone number, at least its last eight digits
        number: String,
        /// File of the key that opens contacts
        #[arg(long, value_name = "FILE")]
        contact_key: PathBuf,
        #[command(flatten)]
        because: BecauseArgs,
    },
    /// Write everything about one contact as JSON, which goes on record. The code of the key file is
    /// read from standard input
    Show {
        /// Receipt code of the visitor
        code: String,
        /// File of the key that opens contacts
        #[arg(long, value_name = "FILE")]
        contact_key: PathBuf,
        #[command(flatten)]
        because: BecauseArgs,
    },
    /// Erase one contact; the proof of consent stays
    Erase {
        /// Receipt code of the visitor
        code: String,
        #[command(flatten)]
        because: BecauseArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List them: number, device, store, number on the device, why, when
    List,
    /// Write one exactly as it came
    Show {
        /// Its number, as `quarantine list` shows it
        n: i64,
    },
    /// Take one in as an event, if it fits now, which goes on record; otherwise say why not
    Release {
        /// Its number, as `quarantine list` shows it
        n: i64,
        #[command(flatten)]
        said: SaidArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SpoolCommand {
    /// Take in a file that somebody brought from a device: spool-….sealed. The same file again changes nothing
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        said: SaidArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BecauseArgs {
    /// Your name, for the register
    #[arg(long)]
    pub(crate) who: String,
    /// Why, for the register
    #[arg(long)]
    pub(crate) reason: String,
}

impl BecauseArgs {
    pub(crate) fn as_words(&self) -> Because<'_> {
        Because { who: &self.who, reason: &self.reason }
    }
}

/// What is on record even where nobody says who and why.
#[derive(Debug, Args)]
pub(crate) struct SaidArgs {
    /// Your name, for the register
    #[arg(long, default_value = "", hide_default_value = true)]
    who: String,
    /// Why, for the register
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl SaidArgs {
    pub(crate) fn as_words(&self) -> Because<'_> {
        Because { who: &self.who, reason: &self.reason }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Add a store. Without anybody it starts with 店长 and three clerks
    Add(StoreAdd),
    /// List the stores
    List,
    /// Say who works in a store: these people and nobody else
    Roster {
        /// Code of the store
        #[arg(long)]
        id: StoreId,
        #[command(flatten)]
        people: People,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Give a store a later version of its form pack, or the pack of another trade
    Pack {
        /// Code of the store
        #[arg(long)]
        id: StoreId,
        /// Form pack: apparel, jewellery, electronics, or the path of a JSON file
        #[arg(long)]
        pack: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Say what becomes of devices of a store that do not reach headquarters
    Policy {
        /// Code of the store
        #[arg(long)]
        id: StoreId,
        #[command(flatten)]
        rules: PolicyArgs,
        #[command(flatten)]
        said: SaidArgs,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct PolicyArgs {
    /// Days after which a manager has to sign in before clerks can, or `never`
    #[arg(long, value_name = "DAYS", value_parser = parse_lease)]
    pub(crate) manager_after_days: Option<Lease>,
    /// Days after which they destroy their key, or `never`; at least 7 more than the other one
    #[arg(long, value_name = "DAYS", value_parser = parse_lease)]
    pub(crate) wipe_after_days: Option<Lease>,
}

/// Days, or never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease(pub(crate) Option<u16>);

#[derive(Debug, Args)]
pub(crate) struct StoreAdd {
    /// Code of the store, e.g. north-gate
    #[arg(long)]
    pub(crate) id: StoreId,
    /// Its name
    #[arg(long)]
    pub(crate) name: String,
    /// Form pack: apparel, jewellery, electronics, or the path of a JSON file
    #[arg(long)]
    pub(crate) pack: String,
    /// IANA time zone [default: Asia/Shanghai]
    #[arg(long)]
    pub(crate) time_zone: Option<String>,
    /// Local hour at which its day begins [default: 4]
    #[arg(long, value_name = "HOUR")]
    pub(crate) cut_hour: Option<u8>,
    /// ISO 4217 currency code [default: CNY]
    #[arg(long)]
    pub(crate) currency: Option<String>,
    #[command(flatten)]
    pub(crate) people: People,
    #[command(flatten)]
    pub(crate) said: SaidArgs,
}

#[derive(Debug, Args)]
pub(crate) struct People {
    /// Somebody who works there, `c01:小李` or `c01:小李:manager`; repeatable
    #[arg(long = "clerk", value_name = "ID:NAME[:ROLE]", value_parser = parse_clerk)]
    clerks: Vec<Clerk>,
    /// A manager, `m01:店长`; repeatable
    #[arg(long = "manager", value_name = "ID:NAME", value_parser = parse_manager)]
    managers: Vec<Clerk>,
}

impl People {
    /// As on the sign-in screen.
    pub(crate) fn in_order(self) -> Vec<Clerk> {
        self.managers.into_iter().chain(self.clerks).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// List the devices and how far each has sent
    List,
    /// Shut a device out, which goes on record; what it sent is kept
    Revoke {
        /// Its id, as `device list` shows it
        id: DeviceId,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Shut a device out and have it destroy its key, which goes on record and cannot be taken back
    Wipe {
        /// Its id, as `device list` shows it
        id: DeviceId,
        #[command(flatten)]
        because: BecauseArgs,
    },
    /// Write what is known of a lost device, and what to do next
    Sheet {
        /// Its id, as `device list` shows it
        id: DeviceId,
    },
    /// Make a new recovery code for a device whose paper is lost, which goes on record. The code of the key
    /// file is read from standard input; the last line of the output is the recovery code
    Recovery {
        /// Its id, as `device list` shows it
        id: DeviceId,
        /// File of the key that opens contacts
        #[arg(long, value_name = "FILE")]
        contact_key: PathBuf,
        /// File to write, for the folder of the device: recovery.sealed
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        because: BecauseArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Form of the file
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// Only the visits of one store
    #[arg(long, value_name = "ID")]
    pub(crate) store: Option<StoreId>,
    /// Also visits that were voided
    #[arg(long)]
    pub(crate) voided: bool,
    /// File to write, complete or not at all; standard output when absent
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line
    Jsonl,
    /// For spreadsheets
    Csv,
}

fn parse_clerk(text: &str) -> Result<Clerk, String> {
    let (id, rest) = text.split_once(':').ok_or("write it as ID:NAME or ID:NAME:ROLE")?;
    let (name, role) = match rest.rsplit_once(':') {
        Some((name, "clerk")) => (name, Role::Clerk),
        Some((name, "manager")) => (name, Role::Manager),
        Some(_) => return Err("the role is clerk or manager".to_owned()),
        None => (rest, Role::Clerk),
    };
    let id: ClerkId = id.parse().map_err(|error: floorbook_model::BadCode| error.to_string())?;
    Ok(Clerk { id, name: name.to_owned(), role })
}

fn parse_lease(text: &str) -> Result<Lease, String> {
    if text == "never" {
        return Ok(Lease(None));
    }
    text.parse().map(|days| Lease(Some(days))).map_err(|_| "give a number of days, or never".to_owned())
}

fn parse_manager(text: &str) -> Result<Clerk, String> {
    parse_clerk(text).map(|clerk| Clerk { role: Role::Manager, ..clerk })
}
