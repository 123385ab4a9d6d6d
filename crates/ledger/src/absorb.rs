//! Events of the other devices of the store: they fold into the same visits.

use crate::append::Folded;
use crate::page::{Told, Visits};
use crate::project::Lines;
use crate::shelf::{Places, Shelf};
use crate::{Book, LedgerError, Page, append, running, shelf};
use floorbook_model::{DeviceId, Recorded, VisitId, VisitState};
use floorbook_protocol::RecordHead;
use rusqlite::{Connection, params};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

impl Book {
    /// Up to which number the events of each other device are here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn peers(&self) -> Result<BTreeMap<DeviceId, u64>, LedgerError> {
        self.ledger.database.read(peers)
    }

    /// Takes in pages of what other devices logged, one after the other, as headquarters gave them. Events that are
    /// here already change nothing. Returns the visits that changed.
    ///
    /// # Errors
    /// [`LedgerError::Foreign`] for an event of another store, of this device, or out of its order, or when
    /// the database fails; then none of them is taken in.
    pub fn absorb(&self, pages: Vec<Page>) -> Result<BTreeSet<VisitId>, LedgerError> {
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            let (mut peers, mut visits) = (peers(tx)?, BTreeMap::new());
            for mut page in pages {
                let whole = note(tx, mem::take(&mut page.visits), page.ahead, &mut visits)?;
                shelf::keep(tx, &page, &whole)?;
                let lines: Vec<_> = page.told.iter().zip(page.batch.records()).collect();
                let (early, in_turn) = lines.split_at(page.ahead.min(lines.len()));
                self.take_in(tx, early, &whole, &mut BTreeMap::new())?;
                self.take_in(tx, in_turn, &whole, &mut peers)?;
            }
            keep(tx, &peers)?;
            self.show(tx, visits, &now)
        })
    }

    /// Whether another device did something on one of `visits` that came after the event with the order number
    /// `newest`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn went_on_elsewhere(&self, visits: &[VisitId], newest: i64) -> Result<bool, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE visit = ?1 AND n > ?2 AND device <> ?3)";
        self.ledger.database.read(|tx| {
            let mut statement = tx.prepare_cached(sql)?;
            for visit in visits {
                let came = params![visit.as_bytes(), newest, self.origin.device.as_bytes()];
                if statement.query_row(came, |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Takes in what came while an earlier version of the program could not read it. Returns the visits that
    /// changed.
    ///
    /// # Errors
    /// When the database fails; then none of it is taken in.
    pub fn absorb_unread(&self) -> Result<BTreeSet<VisitId>, LedgerError> {
        if self.ledger.database.read(unread)?.is_empty() {
            return Ok(BTreeSet::new());
        }
        let now = self.clock.now();
        self.ledger.database.write(|tx| {
            let (mut said, mut visits) = (Visits::new(), BTreeMap::new());
            let lines = unread(tx)?;
            let told = lines.iter().enumerate().map(|(n, line)| Told::read((n, line), &mut said));
            let told = told.collect::<Result<Vec<_>, _>>()?;
            note(tx, said, lines.len(), &mut visits)?;
            for (Told { head, hlc }, line) in told.iter().zip(&lines) {
                let Some(hlc) = hlc else { continue };
                let name = params![head.device.as_bytes(), i64::try_from(head.seq).unwrap_or(i64::MAX)];
                tx.execute("DELETE FROM unread WHERE device = ?1 AND seq = ?2", name)?;
                append::foreign(tx, head, *hlc, line)?;
            }
            self.show(tx, visits, &now)
        })
    }

    /// Keeps what other devices logged after the numbers in `through`, which move along. The visits that are `whole`
    /// are kept already.
    fn take_in(
        &self,
        tx: &Connection,
        told: &[(&Told, &str)],
        whole: &Places,
        through: &mut BTreeMap<DeviceId, u64>,
    ) -> Result<(), LedgerError> {
        for (Told { head, hlc }, line) in told {
            let last = through.entry(head.device).or_insert(0);
            let is_theirs = head.store == self.origin.store && head.device != self.origin.device;
            if !is_theirs || head.seq <= *last {
                return Err(LedgerError::Foreign);
            }
            *last = head.seq;
            match hlc {
                Some(_) if head.visit.is_some_and(|visit| whole.contains_key(&visit)) => {}
                Some(hlc) => append::foreign(tx, head, *hlc, line)?,
                None => put_by(tx, head, line)?,
            }
        }
        Ok(())
    }

    /// Brings the lines of visits up to date. The sums of days move once a page: most of a page is about few days.
    fn show(
        &self,
        tx: &Connection,
        visits: BTreeMap<VisitId, Came>,
        now: &Recorded,
    ) -> Result<BTreeSet<VisitId>, LedgerError> {
        let (mut lines, mut shelf) = (Lines::of(tx, &self.origin.calendar)?, Shelf::default());
        let mut shown = BTreeSet::new();
        for (id, came) in visits {
            let folded = match came {
                Some(folded) => *folded,
                None => append::folded_by(&mut shelf, tx, id)?,
            };
            let (visit, state) = lines.place(folded)?;
            if state == Some(VisitState::Open) {
                running::seen(tx, &visit, now)?;
            }
            shown.insert(id);
        }
        lines.keep_sums()?;
        Ok(shown)
    }
}

/// What came of a visit; `None` of one that was here before, which is to be read as a whole.
type Came = Option<Box<Folded>>;

/// Notes what a page says of visits, before its events are kept. Returns those that are told as a whole, and of which
/// nothing was here before.
fn note(
    tx: &Connection,
    said: Visits,
    ahead: usize,
    visits: &mut BTreeMap<VisitId, Came>,
) -> Result<Places, LedgerError> {
    let mut known = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM events WHERE visit = ?1) OR EXISTS (SELECT 1 FROM page_visits WHERE visit = ?1)",
    )?;
    let mut whole = Places::new();
    for (id, mut said) in said {
        match visits.entry(id) {
            Entry::Vacant(new) => {
                let is_new = !known.query_row([id.as_bytes()], |row| row.get::<_, bool>(0))?;
                if is_new && shelf::is_whole(&said, ahead) {
                    whole.insert(id, mem::take(&mut said.lines));
                }
                new.insert(is_new.then(|| Box::new(said.folded)));
            }
            Entry::Occupied(mut came) => {
                if let Some((visit, into)) = came.get_mut().as_deref_mut() {
                    visit.join(&said.folded.0);
                    into.extend(said.folded.1);
                }
            }
        }
    }
    Ok(whole)
}

fn put_by(tx: &Connection, head: &RecordHead, line: &str) -> Result<(), LedgerError> {
    tx.prepare_cached("INSERT OR IGNORE INTO unread (device, seq, line) VALUES (?1, ?2, ?3)")?.execute(params![
        head.device.as_bytes(),
        i64::try_from(head.seq).unwrap_or(i64::MAX),
        line
    ])?;
    Ok(())
}

fn unread(tx: &rusqlite::Transaction<'_>) -> Result<Vec<String>, LedgerError> {
    let mut statement = tx.prepare("SELECT line FROM unread ORDER BY device, seq")?;
    let lines = statement.query_map([], |row| row.get(0))?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn peers(tx: &rusqlite::Transaction<'_>) -> Result<BTreeMap<DeviceId, u64>, LedgerError> {
    let mut statement = tx.prepare_cached("SELECT device, through FROM peers")?;
    let rows = statement.query_map([], |row| {
        Ok((DeviceId::from_bytes(row.get(0)?), u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn keep(tx: &Connection, peers: &BTreeMap<DeviceId, u64>) -> Result<(), LedgerError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO peers (device, through) VALUES (?1, ?2) ON CONFLICT (device) DO UPDATE SET through = excluded.through",
    )?;
    for (device, through) in peers {
        statement.execute(params![device.as_bytes(), i64::try_from(*through).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}
