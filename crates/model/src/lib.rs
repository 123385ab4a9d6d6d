//! The language of the trade: what a visit is and what may be said about it.
//!
//! A visit is the fold of its events ([`Visit`]); the same fold runs on every device and at
//! headquarters, so all of them agree without a merge protocol. This crate is pure: it reads no
//! clock, no disk, no randomness and no network, it is handed them ([`Clock`], [`Rng`]).

mod brief;
mod clock;
mod day;
mod event;
mod field;
mod figures;
mod fold;
mod hlc;
mod ids;
mod lint;
mod pack;

pub use brief::{Brief, VisitState};
pub use clock::{Clock, Recorded, Rng};
pub use day::{BusinessDay, Calendar, UnknownTimeZone};
pub use event::{Body, Closing, DwellSource, Event, Opening, Outcome, PackRef, SCHEMA};
pub use field::{FieldValue, NOTE, NOTE_CHARS_MAX, Patch, PatchError, SIZE, Step, check_patch, check_patch_of};
pub use figures::{Figures, HourFigure, contribution};
pub use fold::{Stamp, Status, Visit};
pub use hlc::{Hlc, HlcClock};
pub use ids::{BadCode, BatchId, ClerkId, DeviceId, EventId, StoreId, VisitId};
pub use lint::{Finding, check_pack};
pub use pack::{Ask, Choice, Group, GroupKind, Label, OutcomeChoice, Pack};
