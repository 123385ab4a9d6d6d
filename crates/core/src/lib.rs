//! The use cases of one device: start, pair, sign in, log, undo, read the day, send.
//!
//! Everything that a window, a test or a load generator does goes through [`Device`]. No user
//! interface and no SQL here; keys, time and randomness are handed in.

mod access;
mod anew;
mod attempt;
mod board;
mod card;
mod carry;
mod catalogue;
mod config;
mod contact;
mod day;
mod device;
mod error;
mod files;
mod held;
mod idle;
mod instance;
mod lease;
mod lineup;
mod moves;
mod outfit;
mod outlet;
mod pairing;
mod phone;
mod phrase;
mod pin;
mod prefs;
mod quick_words;
mod recovery;
mod rights;
mod rotation;
mod session;
mod sheet;
mod spool;
mod startup;
mod system;
mod tries;
mod undo;
mod vault;
mod visits;
mod wipe;

pub use access::{Access, Standing};
pub use board::{Board, Card, Change, Item, Today};
pub use card::{ContactCard, Masked};
pub use carry::Carried;
pub use catalogue::Imported;
pub use contact::Given;
pub use day::{Day, PAGE_ROWS, Page};
pub use device::{Device, Environment, Profile, State};
pub use error::CoreError;
pub use held::Held;
pub use moves::Correcting;
pub use phone::Phone;
pub use phrase::PHRASE_FILE;
pub use pin::PinCost;
pub use prefs::{Hand, LOCK_S, Locale, Prefs, TEXT_PCT, Theme};
pub use quick_words::{QuickKind, QuickWord};
pub use recovery::RECOVERY_FILE;
pub use rights::{ContactCopy, MaskedContact};
pub use session::Approval;
pub use sheet::{Problem, Skipped};
pub use startup::DATABASE_FILE;
pub use system::{SystemClock, SystemRng, leave_no_core};
pub use undo::{Undo, UndoKind};
pub use vault::{DeviceRoot, KeyVault, MemoryVault, VaultError, VaultItem};
pub use visits::Arrival;
pub use wipe::{WIPED_FILE, Wiped};

pub use floorbook_ledger::{Catalogue, Rows};
pub use floorbook_protocol::{Behind, Clerk, PaperCode, ProblemKind, Role, StoreRecord};
pub use floorbook_sync::{Phase, Status, SyncError};
