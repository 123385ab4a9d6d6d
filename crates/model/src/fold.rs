//! A visit as the fold of its events.
//!
//! Every field is a last-writer-wins register ordered by [`Stamp`]; the opening is the register's
//! mirror, the first writer wins. Both are semilattices, so the fold is commutative, idempotent
//! and associative: any order, any repetition and any split of the events gives the same visit.

use crate::event::{Body, Closing, Correction, CorrectionReason, Event, HandOver, Opening};
use crate::{ClerkId, ContactId, DeviceId, DwellSource, FieldValue, Hlc, Patch, SIZE, StoreId, VisitId};
use std::collections::BTreeMap;

/// Position of an event in the order of all events: time first, then device and number. At the same time
/// the close of a rule comes before whatever people did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    hlc: Hlc,
    by_hand: bool,
    device: DeviceId,
    seq: u64,
}

impl Stamp {
    /// The stamp of `event`.
    pub fn of(event: &Event) -> Self {
        let by_hand = !matches!(&event.body, Body::VisitClosed(closing) if closing.is_by_rule());
        Self { hlc: event.hlc, by_hand, device: event.device, seq: event.seq }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Register<T> {
    at: Stamp,
    value: T,
}

/// How a visit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The party is in the store.
    Open,
    /// The party left.
    Closed(Closing),
    /// Its party is that of another card.
    Merged(VisitId),
    /// There was no such visit.
    Voided,
}

/// The last hand-over of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Who gave the party to whom, and what was said.
    pub over: HandOver,
    /// When, milliseconds UTC.
    pub at_ms: i64,
}

/// Who opened a visit, where, and how it began.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrival {
    store: StoreId,
    clerk: ClerkId,
    opening: Opening,
}

/// One visit, as far as its known events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    id: VisitId,
    arrival: Option<Register<Arrival>>,
    entered_ms: Option<Register<i64>>,
    handed: Option<Register<Handed>>,
    earlier: Option<Register<Option<VisitId>>>,
    corrected: Option<Register<Option<CorrectionReason>>>,
    /// Revision of each contact that was left; `None` of one that was erased.
    contacts: BTreeMap<ContactId, Option<Register<Option<u32>>>>,
    fields: BTreeMap<String, Register<FieldValue>>,
    status: Option<Register<Status>>,
}

impl Visit {
    /// A visit of which no event is known yet.
    pub fn new(id: VisitId) -> Self {
        Self {
            id,
            arrival: None,
            entered_ms: None,
            handed: None,
            earlier: None,
            corrected: None,
            contacts: BTreeMap::new(),
            fields: BTreeMap::new(),
            status: None,
        }
    }

    /// The fold of `events`; those of other visits are passed over.
    pub fn fold<'a>(id: VisitId, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut visit = Self::new(id);
        events.into_iter().for_each(|event| visit.apply(event));
        visit
    }

    /// Takes one event in. Applying it again changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.visit != Some(self.id) {
            return;
        }
        let at = Stamp::of(event);
        match &event.body {
            Body::VisitOpened(opening) => {
                let clerk = opening.serving.as_ref().unwrap_or(&event.actor).clone();
                let arrival = Arrival { store: event.store.clone(), clerk, opening: opening.clone() };
                keep_first(&mut self.arrival, Register { at, value: arrival });
            }
            Body::VisitNoted { patch } => self.set_fields(at, patch),
            Body::VisitHandedOver(over) => {
                let handed = Handed { over: over.clone(), at_ms: event.recorded.wall_ms };
                keep_last(&mut self.handed, Register { at, value: handed });
            }
            Body::VisitRetimed { entered_ms } => self.set_entered(at, *entered_ms),
            Body::VisitLinked { earlier } => keep_last(&mut self.earlier, Register { at, value: *earlier }),
            Body::VisitClosed(closing) => self.set_status(at, Status::Closed(closing.clone())),
            Body::VisitReopened => self.set_status(at, Status::Open),
            Body::VisitMerged { into } => self.set_status(at, Status::Merged(*into)),
            Body::VisitCorrected(correction) => self.correct(at, correction),
            Body::VisitVoided => self.set_status(at, Status::Voided),
            Body::ContactGiven { contact, revision, .. } => {
                keep_last(self.contacts.entry(*contact).or_default(), Register { at, value: Some(*revision) });
            }
            Body::ContactErased { contact } => {
                keep_last(self.contacts.entry(*contact).or_default(), Register { at, value: None });
            }
            Body::ConsentWithdrawn { .. } | Body::ContactRevealed { .. } | Body::Unknown => {}
        }
    }

    fn correct(&mut self, at: Stamp, correction: &Correction) {
        self.set_fields(at, &correction.patch);
        if let Some(entered_ms) = correction.entered_ms {
            self.set_entered(at, entered_ms);
        }
        if let Some(closing) = &correction.closing {
            self.set_status(at, Status::Closed(closing.clone()));
        }
        keep_last(&mut self.corrected, Register { at, value: correction.reason });
    }

    /// Joins what two folds of parts of the same visit know.
    pub fn join(&mut self, other: &Self) {
        if let Some(arrival) = &other.arrival {
            keep_first(&mut self.arrival, arrival.clone());
        }
        for (field, register) in &other.fields {
            self.set_field(field, register.clone());
        }
        join_last(&mut self.entered_ms, other.entered_ms.as_ref());
        join_last(&mut self.handed, other.handed.as_ref());
        join_last(&mut self.earlier, other.earlier.as_ref());
        join_last(&mut self.corrected, other.corrected.as_ref());
        for (contact, register) in &other.contacts {
            join_last(self.contacts.entry(*contact).or_default(), register.as_ref());
        }
        join_last(&mut self.status, other.status.as_ref());
    }

    /// The visit with `patch` laid over it, as though written last: taps that are not sealed yet.
    #[must_use]
    pub fn overlaid(mut self, patch: &Patch) -> Self {
        let (hlc, device) = (Hlc(i64::MAX, u16::MAX), DeviceId::from_bytes([0xff; 16]));
        let at = Stamp { hlc, by_hand: true, device, seq: u64::MAX };
        for (field, value) in patch {
            self.fields.insert(field.clone(), Register { at, value: value.clone() });
        }
        self
    }

    /// The visit as the one that stays open of a circle of merges, see [`is_kept_of_circle`].
    ///
    /// [`is_kept_of_circle`]: crate::is_kept_of_circle
    #[must_use]
    pub fn kept_open(mut self) -> Self {
        self.status.iter_mut().for_each(|status| status.value = Status::Open);
        self
    }

    fn set_fields(&mut self, at: Stamp, patch: &Patch) {
        for (field, value) in patch {
            self.set_field(field, Register { at, value: value.clone() });
        }
    }

    fn set_field(&mut self, field: &str, register: Register<FieldValue>) {
        match self.fields.get_mut(field) {
            Some(known) if known.at >= register.at => {}
            Some(known) => *known = register,
            None => drop(self.fields.insert(field.to_owned(), register)),
        }
    }

    fn set_entered(&mut self, at: Stamp, entered_ms: i64) {
        keep_last(&mut self.entered_ms, Register { at, value: entered_ms });
    }

    fn set_status(&mut self, at: Stamp, value: Status) {
        keep_last(&mut self.status, Register { at, value });
    }

    /// Name of the visit.
    pub fn id(&self) -> VisitId {
        self.id
    }

    /// How it began; `None` while its opening event is not known.
    pub fn opening(&self) -> Option<&Opening> {
        self.arrival.as_ref().map(|arrival| &arrival.value.opening)
    }

    /// Store in which it happened, once its opening is known.
    pub fn store(&self) -> Option<&StoreId> {
        self.arrival.as_ref().map(|arrival| &arrival.value.store)
    }

    /// When the party came in, milliseconds UTC, as put right since; once its opening is known.
    pub fn entered_ms(&self) -> Option<i64> {
        let opened_ms = self.opening()?.entered_ms;
        Some(self.entered_ms.as_ref().map_or(opened_ms, |register| register.value))
    }

    /// Clerk who serves the party, once its opening is known.
    pub fn serving(&self) -> Option<&ClerkId> {
        let first = &self.arrival.as_ref()?.value.clerk;
        Some(self.handed.as_ref().map_or(first, |handed| &handed.value.over.to))
    }

    /// The last hand-over that was not taken back.
    pub fn handed(&self) -> Option<&Handed> {
        self.handed.as_ref().map(|handed| &handed.value).filter(|handed| handed.over.from != handed.over.to)
    }

    /// The earlier visit of the same visitor, where somebody recognised them.
    pub fn earlier(&self) -> Option<VisitId> {
        self.earlier.as_ref().and_then(|register| register.value)
    }

    /// Why it was last put right, where it was.
    pub fn corrected(&self) -> Option<CorrectionReason> {
        self.corrected.as_ref().and_then(|register| register.value)
    }

    /// The contacts that the party left and that were not erased, with how often each was given, the last one first.
    /// What is left on another device is another contact.
    pub fn contacts(&self) -> Vec<(ContactId, u32)> {
        let given = self.contacts.iter().filter_map(|(contact, register)| {
            let Register { at, value } = register.as_ref()?;
            value.map(|revision| (at, (*contact, revision)))
        });
        let mut given: Vec<_> = given.collect();
        given.sort_by(|(a, _), (b, _)| b.cmp(a));
        given.into_iter().map(|(_, contact)| contact).collect()
    }

    /// Whether the party was counted and nothing more was said of it yet.
    pub fn waits_for_words(&self) -> bool {
        self.opening().is_some_and(|opening| opening.later) && self.fields().next().is_none()
    }

    /// Where its times come from, once it is closed.
    pub fn dwell_source(&self) -> Option<DwellSource> {
        let source = self.closing()?.dwell_source;
        let opened_ms = self.opening().map(|opening| opening.entered_ms);
        let by_hand = source == DwellSource::Observed && self.entered_ms() != opened_ms;
        Some(if by_hand { DwellSource::Adjusted } else { source })
    }

    /// How it stands. A visit is open until an event says otherwise.
    pub fn status(&self) -> &Status {
        self.status.as_ref().map_or(&Status::Open, |status| &status.value)
    }

    /// The time of the event that says how it stands; `None` while its opening is not known.
    pub fn stands_since(&self) -> Option<Hlc> {
        let opened = self.arrival.as_ref()?.at.hlc;
        Some(self.status.as_ref().map_or(opened, |status| status.at.hlc.max(opened)))
    }

    /// Its end, where it is closed.
    pub fn closing(&self) -> Option<&Closing> {
        match self.status() {
            Status::Closed(closing) => Some(closing),
            Status::Open | Status::Merged(_) | Status::Voided => None,
        }
    }

    /// Party size 1-5, as corrected since the opening.
    pub fn size(&self) -> u8 {
        let noted = self.text(SIZE).and_then(|size| size.parse().ok());
        noted.or_else(|| self.opening().map(|opening| opening.size)).unwrap_or(1)
    }

    /// Value of a field; `None` when it was never set or was cleared.
    pub fn field(&self, field: &str) -> Option<&FieldValue> {
        self.fields.get(field).map(|register| &register.value).filter(|value| **value != FieldValue::Nothing)
    }

    /// Value of a field that holds one code or a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.field(field) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Codes of a field that holds several; a path gives its zones.
    pub fn codes(&self, field: &str) -> Vec<&str> {
        match self.field(field) {
            Some(FieldValue::List(codes)) => codes.iter().map(String::as_str).collect(),
            Some(FieldValue::Path(steps)) => steps.iter().map(|step| step.zone.as_str()).collect(),
            Some(FieldValue::Text(code)) => vec![code],
            Some(FieldValue::Nothing) | None => Vec::new(),
        }
    }

    /// All fields that hold something, in the order of their names.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields
            .iter()
            .filter(|(_, register)| register.value != FieldValue::Nothing)
            .map(|(field, register)| (field.as_str(), &register.value))
    }
}

fn keep_first<T>(known: &mut Option<Register<T>>, new: Register<T>) {
    if known.as_ref().is_none_or(|known| new.at < known.at) {
        *known = Some(new);
    }
}

fn join_last<T: Clone>(known: &mut Option<Register<T>>, other: Option<&Register<T>>) {
    if let Some(other) = other {
        keep_last(known, other.clone());
    }
}

fn keep_last<T>(known: &mut Option<Register<T>>, new: Register<T>) {
    if known.as_ref().is_none_or(|known| new.at > known.at) {
        *known = Some(new);
    }
}
