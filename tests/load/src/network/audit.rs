//! What must hold after every act, whatever happened before it.

use super::house::House;
use super::op::Op;
use super::till::Till;
use anyhow::{Result, anyhow};
use floorbook_model::{Brief, BusinessDay, ContactId, Event, Status, Visit, VisitId, contribution, is_kept_of_circle};
use floorbook_protocol::{RecordHead, decode_batch};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// What did not hold.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// Something that was written is gone.
    #[error("{0:#}")]
    Lost(anyhow::Error),
    /// Something is there twice.
    #[error("{0:#}")]
    Doubled(anyhow::Error),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Broken {
    /// Says after what it was found.
    pub(crate) fn after(self, op: Op) -> Self {
        let after = |error: anyhow::Error| error.context(format!("after {op:?}"));
        match self {
            Self::Lost(error) => Self::Lost(after(error)),
            Self::Doubled(error) => Self::Doubled(after(error)),
            Self::Other(error) => Self::Other(after(error)),
        }
    }
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Other(error.into())
    }
}

/// Fails with what did not hold.
macro_rules! hold_to {
    ($holds:expr, $kind:ident, $($why:tt)*) => {
        if !$holds {
            return Err(Broken::$kind(anyhow!($($why)*)));
        }
    };
}

/// Name and number of an event's origin: 16 bytes and a number from 1.
type Origin = ([u8; 16], i64);
/// Events by their origin, as they travel.
type Lines = BTreeMap<Origin, String>;

/// What the database of a device holds.
pub(crate) struct Held {
    own: Vec<String>,
    /// Numbers of own events that wait.
    waiting: BTreeSet<i64>,
    foreign: Lines,
    through: BTreeMap<[u8; 16], i64>,
}

impl Held {
    fn read(till: &Till) -> Result<Self, Broken> {
        let (name, peek) = (till.grant().device.as_bytes(), &till.peek);
        let (mut own, mut waiting, mut foreign) = (Vec::new(), BTreeSet::new(), Lines::new());
        let mut query = peek.prepare_cached(
            "SELECT e.device, e.seq, e.line, o.n IS NOT NULL, q.n IS NOT NULL FROM events e
             LEFT JOIN outbox o ON o.n = e.n LEFT JOIN quarantine q ON q.n = e.n ORDER BY e.seq",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (device, seq, line, waits): ([u8; 16], i64, String, bool) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            hold_to!(!row.get::<_, bool>(4)?, Other, "device {}: event {seq} was set aside", till.n);
            if device != *name {
                hold_to!(!waits, Other, "device {}: it would send what is not its own", till.n);
                foreign.insert((device, seq), line);
                continue;
            }
            own.push(line);
            hold_to!(own.len() as i64 == seq, Lost, "device {}: number {} is missing", till.n, own.len());
            if waits {
                waiting.insert(seq);
            }
        }
        for (origin, line) in on_the_shelf(peek)? {
            let before = foreign.insert(origin, line.clone());
            hold_to!(before.is_none_or(|row| row == line), Other, "device {}: a page and a row differ", till.n);
        }
        let mut query = peek.prepare_cached("SELECT device, through FROM peers")?;
        let through = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(Self { own, waiting, foreign, through })
    }
}

/// What is kept in pages.
fn on_the_shelf(peek: &Connection) -> Result<Lines, Broken> {
    let sql = "SELECT v.visit, v.lines, p.body FROM page_visits v JOIN pages p ON p.n = v.page";
    let (mut lines, mut query) = (Lines::new(), peek.prepare_cached(sql)?);
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (visit, numbers, body): ([u8; 16], String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let numbers: Vec<usize> = serde_json::from_str(&numbers).map_err(anyhow::Error::from)?;
        let batch = decode_batch(&body).map_err(anyhow::Error::from)?;
        for n in numbers {
            let line = batch.records().nth(n).ok_or_else(|| anyhow!("a page has no line {n}"))?;
            let head = RecordHead::parse(line).map_err(anyhow::Error::from)?;
            let is_of_it = head.visit.is_some_and(|named| *named.as_bytes() == visit);
            hold_to!(is_of_it, Other, "a line on the shelf is of another visit");
            lines.insert((*head.device.as_bytes(), i64::try_from(head.seq).unwrap_or(i64::MAX)), line.to_owned());
        }
    }
    Ok(lines)
}

/// What is remembered between two audits.
#[derive(Default)]
pub(crate) struct Memory {
    own: Vec<Vec<String>>,
    /// What headquarters had signed for and lost when it was put back; the device brings it again.
    pub(crate) put_back: BTreeSet<Origin>,
}

impl Memory {
    /// Headquarters was put back: it may have lost whatever it does not hold now.
    pub(crate) fn forgive(&mut self, house: &House, tills: &[Till]) -> Result<(), Broken> {
        let stored = stored(house)?;
        for till in tills {
            let own = Held::read(till)?.own;
            let origins = (1..=own.len() as i64).map(|seq| (*till.grant().device.as_bytes(), seq));
            self.put_back.extend(origins.filter(|origin| !stored.contains_key(origin)));
        }
        Ok(())
    }
}

fn stored(house: &House) -> Result<Lines, Broken> {
    Ok(house.look(|peek| {
        let sql = "SELECT d.id, e.seq, e.line FROM events e JOIN devices d ON d.number = e.device";
        let mut query = peek.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<Lines, _>>()?)
    })?)
}

/// Holds everything that is anywhere against everything else.
pub(crate) fn check(house: &House, tills: &[Till], memory: &mut Memory) -> Result<(), Broken> {
    let held: Vec<Held> = tills.iter().map(Held::read).collect::<Result<_, _>>()?;
    let stored = stored(house)?;
    let mut sealed = Lines::new();
    memory.own.resize(tills.len(), Vec::new());
    for ((till, held), before) in tills.iter().zip(&held).zip(&mut memory.own) {
        hold_to!(held.own.starts_with(before), Lost, "device {}: an event is gone or was changed", till.n);
        before.extend(held.own.iter().skip(before.len()).cloned());
        for (seq, line) in (1..).zip(&held.own) {
            let origin = (*till.grant().device.as_bytes(), seq);
            let kept = held.waiting.contains(&seq) || memory.put_back.contains(&origin);
            let there = stored.get(&origin) == Some(line);
            hold_to!(kept || there, Lost, "event {seq} of device {} left the outbox and is not there", till.n);
            sealed.insert(origin, line.clone());
        }
        hold_to!(till.line.broken().is_none(), Other, "device {}: {}", till.n, till.line.broken().unwrap_or_default());
    }
    for (origin, line) in &stored {
        hold_to!(sealed.get(origin) == Some(line), Doubled, "headquarters made up event {}", origin.1);
    }
    for (till, held) in tills.iter().zip(&held) {
        absorbed(till, held, &sealed)?;
    }
    set_aside_nothing(house)
}

/// What a device has of the others is what they sealed, without gaps.
fn absorbed(till: &Till, held: &Held, sealed: &Lines) -> Result<(), Broken> {
    for (origin, line) in &held.foreign {
        hold_to!(sealed.get(origin) == Some(line), Doubled, "device {}: it took in what nobody sealed", till.n);
    }
    for (device, through) in &held.through {
        let there = held.foreign.range((*device, 0)..=(*device, *through)).count() as i64;
        hold_to!(there == *through, Lost, "device {}: {there} of {through} events of another one", till.n);
    }
    Ok(())
}

fn set_aside_nothing(house: &House) -> Result<(), Broken> {
    let aside: i64 = house.look(|peek| Ok(peek.query_row("SELECT count(*) FROM quarantine", [], |row| row.get(0))?))?;
    hold_to!(aside == 0, Other, "headquarters set {aside} records aside");
    Ok(())
}

/// Whether everything of these devices is at headquarters, and everything of headquarters with each of them.
pub(crate) fn is_agreed(house: &House, tills: &[&Till]) -> Result<bool, Broken> {
    let stored = stored(house)?;
    for till in tills {
        let (held, name) = (Held::read(till)?, *till.grant().device.as_bytes());
        let is_there = (1..=held.own.len() as i64).all(|seq| stored.contains_key(&(name, seq)));
        let is_here = stored.keys().all(|origin| origin.0 == name || held.foreign.contains_key(origin));
        if !is_there || !is_here || !is_sent(till)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether nothing of this device waits.
pub(crate) fn is_sent(till: &Till) -> Result<bool, Broken> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM outbox) AND NOT EXISTS (SELECT 1 FROM pending)
                   AND NOT EXISTS (SELECT 1 FROM contact_outbox)";
    Ok(till.peek.query_row(sql, [], |row| row.get(0))?)
}

/// When all is over: every visit is exported, once. `own` are of devices that could send everything, `others` of
/// those that were shut out.
pub(crate) fn check_exported(house: &House, own: &[VisitId], others: &[VisitId]) -> Result<(), Broken> {
    let (mut out, filter) = (Vec::new(), floorbook_hq::ExportFilter { store: None, with_voided: true });
    house.hq()?.export_jsonl(&mut out, &filter).map_err(anyhow::Error::from)?;
    let mut seen = BTreeSet::new();
    for line in String::from_utf8_lossy(&out).lines() {
        let row: serde_json::Value = serde_json::from_str(line).map_err(anyhow::Error::from)?;
        let visit = row["visit"].as_str().unwrap_or_default().to_owned();
        hold_to!(seen.insert(visit.clone()), Doubled, "visit {visit} is exported twice");
    }
    for visit in own {
        hold_to!(seen.remove(&visit.to_string()), Lost, "visit {visit} is not exported");
    }
    for visit in others {
        seen.remove(&visit.to_string());
    }
    hold_to!(seen.is_empty(), Doubled, "{} visits are exported that nobody opened", seen.len());
    Ok(())
}

/// When all is over: the same visits with the same content everywhere.
pub(crate) fn check_folds(house: &House, tills: &[&Till]) -> Result<(), Broken> {
    let folded = folded(&stored(house)?)?;
    for till in tills {
        for visit in folded.values() {
            let theirs = till.book().visit(visit.id()).ok();
            let is_known = visit.opening().is_some();
            hold_to!(theirs.is_some() == is_known, Lost, "device {}: visit {}", till.n, visit.id());
            let same = theirs.is_none_or(|theirs| theirs == *visit);
            hold_to!(same, Other, "device {}: another fold of visit {}", till.n, visit.id());
        }
        projected(till, &folded)?;
    }
    Ok(())
}

/// When all is over: headquarters holds this revision of a contact, or nothing of it where it is `None`.
pub(crate) fn check_contact(house: &House, contact: ContactId, revision: Option<u32>) -> Result<(), Broken> {
    let held: Option<(u32, bool)> = house.look(|peek| {
        let sql = "SELECT revision, record IS NOT NULL FROM contacts WHERE id = ?1";
        let row = peek.query_row(sql, [contact.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    })?;
    let kept = held.and_then(|(revision, is_kept)| is_kept.then_some(revision));
    hold_to!(kept == revision, Lost, "contact {contact}: headquarters holds {held:?}, not {revision:?}");
    Ok(())
}

fn folded(lines: &Lines) -> Result<BTreeMap<VisitId, Visit>, Broken> {
    let mut visits = BTreeMap::new();
    for line in lines.values() {
        let event: Event = serde_json::from_str(line).map_err(anyhow::Error::from)?;
        if let Some(id) = event.visit {
            visits.entry(id).or_insert_with(|| Visit::new(id)).apply(&event);
        }
    }
    settle(&mut visits);
    Ok(visits)
}

/// Of visits that were merged in a circle one stays open.
fn settle(visits: &mut BTreeMap<VisitId, Visit>) {
    let into: BTreeMap<VisitId, VisitId> =
        visits.values().filter_map(|visit| Some((visit.id(), merged_into(visit)?))).collect();
    for (&id, &first) in &into {
        let Ok(is_kept) = is_kept_of_circle(id, first, |at| Ok::<_, Infallible>(into.get(&at).copied()));
        if is_kept {
            visits.entry(id).and_modify(|visit| *visit = visit.clone().kept_open());
        }
    }
}

fn merged_into(visit: &Visit) -> Option<VisitId> {
    if let Status::Merged(into) = visit.status() { Some(*into) } else { None }
}

/// The lines of the day log and the sums of each day follow from the same visits.
fn projected(till: &Till, visits: &BTreeMap<VisitId, Visit>) -> Result<(), Broken> {
    let calendar = Till::calendar();
    let briefs: Vec<Brief> = visits.values().filter_map(|visit| Brief::of(visit, &calendar)).collect();
    let mut sums: BTreeMap<(BusinessDay, String), i64> = BTreeMap::new();
    for brief in &briefs {
        for (figure, amount) in contribution(brief) {
            *sums.entry((brief.day, figure)).or_default() += amount;
        }
    }
    sums.retain(|_, amount| *amount != 0);
    let mut query = till.peek.prepare_cached("SELECT day, figure, amount FROM day_figures WHERE amount <> 0")?;
    let theirs: BTreeMap<(BusinessDay, String), i64> = query
        .query_map([], |row| Ok(((BusinessDay::from_number(row.get(0)?), row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    hold_to!(theirs == sums, Other, "device {}: other figures of a day", till.n);
    let shown: i64 = till.peek.query_row("SELECT count(*) FROM visits", [], |row| row.get(0))?;
    hold_to!(shown == briefs.len() as i64, Other, "device {}: {shown} lines for {} visits", till.n, briefs.len());
    Ok(())
}

/// What a device seals comes after everything that it knew of the visit, whatever any clock says.
pub(crate) fn check_order(till: &Till) -> Result<(), Broken> {
    let name = till.grant().device.as_bytes();
    let mut query = till.peek.prepare_cached("SELECT visit, hlc, device FROM events ORDER BY n")?;
    let mut rows = query.query([])?;
    let mut latest: BTreeMap<[u8; 16], i64> = BTreeMap::new();
    for line in on_the_shelf(&till.peek)?.values() {
        // Nothing was known of these visits before their page came.
        let Event { visit: Some(visit), hlc, .. } = Event::parse(line).map_err(anyhow::Error::from)? else { continue };
        let before = latest.entry(*visit.as_bytes()).or_insert(i64::MIN);
        *before = (hlc.0 << 16 | i64::from(hlc.1)).max(*before);
    }
    while let Some(row) = rows.next()? {
        let (visit, hlc, device): ([u8; 16], i64, [u8; 16]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let before = latest.entry(visit).or_insert(i64::MIN);
        hold_to!(device != *name || hlc > *before, Other, "device {}: an act comes before what it follows", till.n);
        *before = hlc.max(*before);
    }
    Ok(())
}

/// Whether an event of this device says this of a visit.
pub(crate) fn says(peek: &Connection, device: &[u8; 16], visit: VisitId, text: &str) -> Result<bool, Broken> {
    let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE device = ?1 AND visit = ?2 AND instr(line, ?3) > 0)";
    Ok(peek.prepare_cached(sql)?.query_row((device, visit.as_bytes(), text), |row| row.get(0))?)
}
