//! The language of the trade: what a visit is and what may be said about it.
//!
//! A visit is the fold of its events ([`Visit`]); the same fold runs on every device and at
//! headquarters, so all of them agree without a merge protocol. This crate is pure: it reads no
//! clock, no disk, no randomness and no network, it is handed them ([`Clock`], [`Rng`]).

mod asked;
mod brief;
mod clock;
mod consent;
mod day;
mod event;
mod field;
mod figures;
mod fold;
mod hlc;
mod ids;
mod likeness;
mod lint;
mod merge;
mod pack;
mod words;

pub use asked::due;
pub use brief::{Brief, VisitState};
pub use clock::{Clock, Recorded, Rng};
pub use consent::{Consent, NoticeRef, RevealReason};
pub use day::{BusinessDay, Calendar, UnknownTimeZone};
pub use event::{
    Body, Closing, Correction, CorrectionReason, DwellSource, Event, HandOver, Opening, Outcome, PackRef, SCHEMA,
    UNSEEN, UnreadableEvent,
};
pub use field::{
    FieldValue, ITEM_CHARS_MAX, ITEMS, NOTE, NOTE_CHARS_MAX, Patch, PatchError, SIZE, Step, check_patch,
    check_patch_of, check_words, is_item,
};
pub use figures::{Figures, HourFigure, contribution};
pub use fold::{Handed, Stamp, Status, Visit};
pub use hlc::{Hlc, HlcClock};
pub use ids::{BadCode, BatchId, ClerkId, ContactId, DeviceId, EventId, StoreId, VisitId};
pub use likeness::{likeness, may_be_same};
pub use lint::{Finding, TOO_YOUNG, check_pack};
pub use merge::{is_kept_of_circle, merged};
pub use pack::{
    Ask, Choice, ContactForm, Group, GroupKind, Label, Notice, OnlyIf, OutcomeChoice, Pack, Plan, Question, Shape,
};
pub use words::{Unfit, plain, unfit};
