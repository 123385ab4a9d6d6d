//! What devices say of their own logs, held against what is here: every number that a device gave out is held, set
//! aside, or waits on the device. What is neither was lost, and is shown.

use crate::archive::{Transaction, values};
use crate::devices::{self, KnownDevice};
use crate::problem::Refused;
use crate::{Hq, HqError};
use floorbook_model::{BusinessDay, DeviceId, StoreId};
use floorbook_protocol::{ChainHead, DayLedger, ProblemKind, Purpose, Signed, SignedError};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};

/// Days of a device that are kept, those that were spoken of last.
const DAYS_KEPT: u32 = 90;

/// What a device said of its log on one day, and what is here of that now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its store.
    pub store: StoreId,
    /// As people call it.
    pub name: String,
    /// What it said last on that day.
    pub said: DayLedger,
    /// When that came, milliseconds UTC.
    pub said_ms: i64,
    /// Of the numbers that it names, those that are held as events.
    pub held: u64,
    /// Those that are set aside here.
    pub set_aside: u64,
    /// Those that are not here.
    pub missing: Vec<RangeInclusive<u64>>,
    /// What does not add up; nothing when all does.
    pub flaws: Vec<Flaw>,
}

/// What does not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// So many events are not here, and are none of those that waited on the device or were set aside.
    Lost(u64),
    /// The device itself does not have so many of its own events any more.
    LostThere(u64),
    /// What is held is not what the device wrote.
    OtherLines,
    /// The device had got to this number before: it was put back from a copy.
    WentBack(u64),
}

impl LedgerLine {
    /// Numbers that are not here and may still come, because they waited on the device.
    pub fn pending(&self) -> u64 {
        let lost = self.flaws.iter().find_map(|flaw| if let Flaw::Lost(lost) = flaw { Some(*lost) } else { None });
        numbers_in(&self.missing).saturating_sub(lost.unwrap_or(0)).min(self.said.waiting)
    }
}

fn numbers_in(ranges: &[RangeInclusive<u64>]) -> u64 {
    ranges.iter().map(|range| range.end() - range.start() + 1).sum()
}

impl Hq {
    /// What each device said of its log, device by device and day by day, held against what is here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ledgers(&self) -> Result<Vec<LedgerLine>, HqError> {
        self.archive.read(|tx| {
            let sql = "SELECT id FROM devices WHERE number IN (SELECT device FROM ledgers) ORDER BY number";
            let ids = tx.all(sql, &[], |row| Ok(DeviceId::from_bytes(row.get(0)?)))?;
            let mut lines = Vec::new();
            for id in ids {
                let device = devices::find(tx, id)?.ok_or(HqError::Broken("devices"))?;
                lines.extend(lines_of(tx, &device)?);
            }
            Ok(lines)
        })
    }
}

/// Reads what a device says of its log, when its key signed it.
pub(crate) fn open(signed: &Signed, device: &KnownDevice) -> Result<DayLedger, Refused> {
    let said: DayLedger = signed.open(Purpose::Ledger, &device.key).map_err(|error| match error {
        SignedError::Signature => ProblemKind::SignatureInvalid,
        SignedError::Encoding | SignedError::Payload(_) => ProblemKind::Malformed,
    })?;
    if i64::try_from(said.through).is_err() {
        return Err(ProblemKind::Malformed.into());
    }
    if said.device == device.id { Ok(said) } else { Err(ProblemKind::SignatureInvalid.into()) }
}

/// Keeps it as the last word on its day.
pub(crate) fn note(
    tx: &dyn Transaction,
    device: i64,
    said: &DayLedger,
    signed: &Signed,
    now_ms: i64,
) -> Result<(), HqError> {
    let sql = "SELECT max(highest) FROM ledgers WHERE device = ?1";
    let before: Option<i64> = tx.one("ledgers", sql, values![device], |row| row.get(0))?;
    let through = i64::try_from(said.through).unwrap_or(i64::MAX);
    let (highest, held) = (before.unwrap_or(0).max(through), held_through(tx, device, through)?);
    let sql = "INSERT INTO ledgers (device, day, said_ms, highest, held, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (device, day) DO UPDATE SET said_ms = excluded.said_ms, highest = excluded.highest,
                   held = excluded.held, document = excluded.document";
    let day = i64::from(said.day.number());
    tx.execute(sql, values![device, day, now_ms, highest, held, &serde_json::to_string(signed)?])?;
    let surplus = "DELETE FROM ledgers WHERE device = ?1 AND day NOT IN
                       (SELECT day FROM ledgers WHERE device = ?1 ORDER BY said_ms DESC, day DESC LIMIT ?2)";
    tx.execute(surplus, values![device, DAYS_KEPT])?;
    Ok(())
}

/// How many of the numbers up to `through` are here as events. Only what is beyond the first gap is counted: a
/// device says its word every few minutes.
fn held_through(tx: &dyn Transaction, device: i64, through: i64) -> Result<i64, HqError> {
    let gapless = devices::read_progress(tx, device)?.acked_through.min(through);
    let beyond = "SELECT count(*) FROM events WHERE device = ?1 AND seq > ?2 AND seq <= ?3";
    let beyond: i64 = tx.one("events", beyond, values![device, gapless, through], |row| row.get(0))?;
    let aside = format!("SELECT count(DISTINCT seq) FROM quarantine WHERE device = ?1 AND seq <= ?2 AND {NO_EVENT}");
    let aside: i64 = tx.one("quarantine", &aside, values![device, gapless], |row| row.get(0))?;
    Ok(gapless - aside + beyond)
}

/// What a device said, how far it had got by then, and what was here of it.
struct Word {
    said: DayLedger,
    said_ms: i64,
    highest: u64,
    held: u64,
}

fn lines_of(tx: &dyn Transaction, device: &KnownDevice) -> Result<Vec<LedgerLine>, HqError> {
    let (words, name) = (words_of(tx, device)?, devices::name(tx, device.number)?);
    let found = found_at(tx, device.number, words.iter().map(|word| word.said.through))?;
    let line = |word: Word| {
        let Found { held, set_aside, missing, chain } = found.get(&word.said.through).cloned().unwrap_or_default();
        let flaws = flaws(&word, held, numbers_in(&missing), chain);
        let Word { said, said_ms, .. } = word;
        let (store, name) = (device.store.clone(), name.clone());
        LedgerLine { store, name, said, said_ms, held, set_aside, missing, flaws }
    };
    Ok(words.into_iter().map(line).collect())
}

fn words_of(tx: &dyn Transaction, device: &KnownDevice) -> Result<Vec<Word>, HqError> {
    let sql = "SELECT document, said_ms, highest, held, day FROM ledgers WHERE device = ?1 ORDER BY day";
    tx.all(sql, values![device.number], |row| {
        let signed: Signed = serde_json::from_str(row.text(0)?)?;
        let said: DayLedger = signed.open(Purpose::Ledger, &device.key).map_err(|_| HqError::Broken("ledgers"))?;
        let day = i32::try_from(row.get::<i64>(4)?).map(BusinessDay::from_number);
        if day != Ok(said.day) || said.device != device.id {
            return Err(HqError::Broken("ledgers"));
        }
        Ok(Word { said, said_ms: row.get(1)?, highest: number(row.get(2)?), held: number(row.get(3)?) })
    })
}

/// What waited is held against what was here when the device said so: what came since is of that, and must not
/// stand for what was lost. Nothing is lost that is here now.
fn flaws(word: &Word, held: u64, missing: u64, chain: Option<ChainHead>) -> Vec<Flaw> {
    let Word { said, highest, held: held_then, .. } = word;
    let accounted = held.min(*held_then).saturating_add(said.waiting).saturating_add(said.set_aside);
    let lost = said.through.saturating_sub(accounted).min(missing);
    let lost_there = said.through.saturating_sub(said.count);
    let all = [
        (lost > 0, Flaw::Lost(lost)),
        (lost_there > 0, Flaw::LostThere(lost_there)),
        (chain.is_some_and(|chain| chain != said.chain), Flaw::OtherLines),
        (*highest > said.through, Flaw::WentBack(*highest)),
    ];
    all.into_iter().filter_map(|(is_so, flaw)| is_so.then_some(flaw)).collect()
}

/// What is here of the numbers of a device up to one of them.
#[derive(Clone, Debug, Default)]
struct Found {
    held: u64,
    set_aside: u64,
    missing: Vec<RangeInclusive<u64>>,
    /// Follows from the lines; `None` where one is missing, or it cannot be told which of several it is.
    chain: Option<ChainHead>,
}

/// Walks over the numbers of one device.
struct Walk {
    last: u64,
    found: Found,
    /// Where to stop and look, in order.
    stops: std::vec::IntoIter<u64>,
    stop: Option<u64>,
    looked: BTreeMap<u64, Found>,
}

impl Walk {
    /// Takes the next number in. `line` is what is here of it, where that is one line.
    fn step(&mut self, seq: u64, line: Option<&str>, is_event: bool) {
        self.look_before(seq);
        self.skip_to(seq - 1);
        self.found.chain = self.found.chain.zip(line).map(|(chain, line)| chain.after(line));
        *(if is_event { &mut self.found.held } else { &mut self.found.set_aside }) += 1;
        self.last = seq;
    }

    /// Looks at every stop before `seq`.
    fn look_before(&mut self, seq: u64) {
        while let Some(stop) = self.stop.filter(|stop| *stop < seq) {
            let mut found = self.found.clone();
            add_gap(&mut found, self.last, stop);
            self.looked.insert(stop, found);
            self.stop = self.stops.next();
        }
    }

    /// The numbers up to `through` are not here.
    fn skip_to(&mut self, through: u64) {
        add_gap(&mut self.found, self.last, through);
        self.last = self.last.max(through);
    }
}

fn add_gap(found: &mut Found, last: u64, through: u64) {
    if through > last {
        found.missing.push(last + 1..=through);
        found.chain = None;
    }
}

/// What is here up to each of `stops`.
fn found_at(
    tx: &dyn Transaction,
    device: i64,
    stops: impl Iterator<Item = u64>,
) -> Result<BTreeMap<u64, Found>, HqError> {
    let mut stops: Vec<u64> = stops.collect();
    stops.sort_unstable();
    stops.dedup();
    let mut stops = stops.into_iter();
    let found = Found { chain: Some(ChainHead::default()), ..Found::default() };
    let mut walk = Walk { last: 0, found, stop: stops.next(), stops, looked: BTreeMap::new() };
    let mut aside = set_aside(tx, device)?.into_iter().peekable();
    tx.each("SELECT seq, line FROM events WHERE device = ?1 ORDER BY seq", values![device], &mut |row| {
        let seq = number(row.get(0)?);
        while let Some((seq, line)) = aside.next_if(|(aside, _)| *aside < seq) {
            walk.step(seq, line.as_deref(), false);
        }
        walk.step(seq, Some(row.text(1)?), true);
        Ok(ControlFlow::Continue(()))
    })?;
    for (seq, line) in aside {
        walk.step(seq, line.as_deref(), false);
    }
    walk.look_before(u64::MAX);
    Ok(walk.looked)
}

/// That the number of a record that is set aside is not that of an event.
const NO_EVENT: &str =
    "NOT EXISTS (SELECT 1 FROM events AS e WHERE e.device = quarantine.device AND e.seq = quarantine.seq)";

/// Numbers that are set aside and no events, each with its line where there is one alone.
fn set_aside(tx: &dyn Transaction, device: i64) -> Result<BTreeMap<u64, Option<String>>, HqError> {
    let sql = format!("SELECT seq, line FROM quarantine WHERE device = ?1 AND seq IS NOT NULL AND {NO_EVENT}");
    let mut aside = BTreeMap::new();
    tx.few(&sql, values![device], &mut |row| {
        let line = String::from_utf8(row.get(1)?).ok();
        aside.entry(number(row.get(0)?)).and_modify(|line| *line = None).or_insert(line);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(aside)
}

fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}
