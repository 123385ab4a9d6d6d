//! Why headquarters cannot do what its operator asked.

use crate::archive::PostgresError;
use floorbook_model::{DeviceId, Finding, StoreId};
use floorbook_sqlite::{OpenError, is_disk_full};
use std::io;
use std::path::PathBuf;

/// A full disk is not mended in a moment.
const DISK_FULL_RETRY_S: u32 = 60;
/// A database that starts again is back soon.
const AWAY_RETRY_S: u32 = 5;

/// Why headquarters cannot do what its operator asked. What a device did wrong is a problem
/// document instead.
#[derive(Debug, thiserror::Error)]
pub enum HqError {
    /// There is a headquarters, or a part of one, in this place.
    #[error("{} is there already; nothing was changed", .0.display())]
    AlreadyThere(PathBuf),
    /// The folder holds none.
    #[error("{} is not there; make a headquarters with `init` first", .0.display())]
    NotThere(PathBuf),
    /// The key file does not hold what it should, or not under this code.
    #[error("{} does not hold a key, or not under this code", .0.display())]
    BadKeyFile(PathBuf),
    /// The code on paper has a slip in it.
    #[error("that is no code of six groups of five letters; look for a slip")]
    BadCode,
    /// No contact has this receipt code or number.
    #[error("no contact has this receipt code or number")]
    ContactUnknown,
    /// The key is not the one that the contact was sealed to.
    #[error("the contact was sealed to another key")]
    ContactSealed,
    /// The device has never sent its key.
    #[error("device {0} has sent no key; its paper is the only way")]
    EscrowMissing(DeviceId),
    /// The key is not the one that the device's was sealed to.
    #[error("the key of the device was sealed to another key")]
    EscrowSealed,
    /// Nothing of this number was set aside.
    #[error("nothing of number {0} is set aside")]
    QuarantineUnknown(i64),
    /// A record that was set aside would be set aside again.
    #[error("it stays set aside: {0}")]
    Unfit(&'static str),
    /// Somebody changed the register.
    #[error("the register is broken at row {0}: it or a row before it was changed or taken away")]
    AuditBroken(i64),
    /// A file or folder cannot be read or written.
    #[error("{} cannot be read or written", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The database does not open.
    #[error("the database does not open")]
    Open(#[from] OpenError),
    /// The database failed while in use.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// PostgreSQL failed, or cannot be reached.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] PostgresError),
    /// The database of several receivers holds no headquarters.
    #[error("the database holds no headquarters; make one with `init` first")]
    Empty,
    /// It holds one.
    #[error("the database holds a headquarters already; nothing was changed")]
    Taken,
    /// The secrets in the database were sealed with another key file.
    #[error("the key file is not the one of this headquarters")]
    Sealed,
    /// A column of an answer is not what was written.
    #[error("column {0} of an answer of the database holds something else")]
    Column(usize),
    /// What the database holds cannot be what was written.
    #[error("the database holds a broken row in {0}")]
    Broken(&'static str),
    /// A certificate cannot be made, e.g. for a host name that is none.
    #[error("the certificate cannot be made")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses its own certificate or key.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The network failed.
    #[error("the network failed")]
    Network(#[source] io::Error),
    /// The export cannot be written.
    #[error("the export cannot be written")]
    Write(#[source] io::Error),
    /// A document has no JSON form, or a stored one is none.
    #[error("a document cannot be written or read as JSON")]
    Json(#[from] serde_json::Error),
    /// A store of this id exists.
    #[error("store {0} exists")]
    StoreExists(StoreId),
    /// No store of this id.
    #[error("no store {0}")]
    StoreUnknown(StoreId),
    /// No device of this id.
    #[error("no device {0}")]
    DeviceUnknown(DeviceId),
    /// A value of a new store or code does not fit.
    #[error("{0}")]
    BadInput(&'static str),
    /// The pack may not be used; every reason is listed.
    #[error("the pack is refused:{}", list(.0))]
    PackRefused(Vec<Finding>),
    /// A store goes on to later versions of its pack only.
    #[error("the store has pack {id} version {version}; give it a later version, or another pack")]
    PackNotLater {
        /// Trade.
        id: String,
        /// The version that it has.
        version: u32,
    },
    /// A published version never changes.
    #[error("pack {id} version {version} is published with other content; give it a higher version")]
    PackTaken {
        /// Trade.
        id: String,
        /// Its version.
        version: u32,
    },
}

impl HqError {
    /// Seconds after which the same may work, when it is time that mends it.
    pub(crate) fn mends_in_s(&self) -> Option<u32> {
        match self {
            Self::Database(error) if is_disk_full(error) => Some(DISK_FULL_RETRY_S),
            Self::Postgres(error) if error.is_disk_full() => Some(DISK_FULL_RETRY_S),
            Self::Postgres(error) if error.is_passing() => Some(AWAY_RETRY_S),
            _ => None,
        }
    }

    /// An error of the file system, with the path it is about.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("\n  {finding}")).collect()
}
