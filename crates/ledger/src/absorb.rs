//! Events of the other devices of the store: they fold into the same visits.

use crate::page::Told;
use crate::project::Lines;
use crate::{Book, LedgerError, Page, append, running};
use floorbook_model::{DeviceId, Event, Recorded, Visit, VisitId, VisitState};
use floorbook_protocol::RecordHead;
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};

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
            for Page { ahead, in_turn } in pages {
                self.take_in(tx, ahead, &mut BTreeMap::new(), &mut visits)?;
                self.take_in(tx, in_turn, &mut peers, &mut visits)?;
            }
            keep(tx, &peers)?;
            self.show(tx, &visits, &now)?;
            Ok(visits.into_keys().collect())
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
            let mut visits = BTreeMap::new();
            for line in unread(tx)? {
                let Ok(event) = Event::parse(&line) else { continue };
                let name = params![event.device.as_bytes(), i64::try_from(event.seq).unwrap_or(i64::MAX)];
                tx.execute("DELETE FROM unread WHERE device = ?1 AND seq = ?2", name)?;
                take(tx, event, &line, &mut visits)?;
            }
            self.show(tx, &visits, &now)?;
            Ok(visits.into_keys().collect())
        })
    }

    /// Keeps what other devices logged after the numbers in `through`, which move along.
    fn take_in(
        &self,
        tx: &Connection,
        told: Vec<Told>,
        through: &mut BTreeMap<DeviceId, u64>,
        visits: &mut BTreeMap<VisitId, Came>,
    ) -> Result<(), LedgerError> {
        for told in told {
            let (store, device, seq) = told.origin();
            let last = through.entry(device).or_insert(0);
            let is_theirs = *store == self.origin.store && device != self.origin.device;
            if !is_theirs || seq <= *last {
                return Err(LedgerError::Foreign);
            }
            *last = seq;
            match told {
                Told::Event(event, line) => take(tx, *event, &line, visits)?,
                Told::Unread(head, line) => put_by(tx, &head, &line)?,
            }
        }
        Ok(())
    }

    /// The sums of days move once a page: most of a page is about few days.
    fn show(&self, tx: &Connection, visits: &BTreeMap<VisitId, Came>, now: &Recorded) -> Result<(), LedgerError> {
        let mut lines = Lines::of(tx, &self.origin.calendar)?;
        for (id, came) in visits {
            let folded = match came {
                Came::New(events) => (Visit::fold(*id, events), append::merged_into(events)),
                Came::ToKnown => append::folded(tx, *id)?,
            };
            let (visit, state) = lines.place(folded)?;
            if state == Some(VisitState::Open) {
                running::seen(tx, &visit, now)?;
            }
        }
        lines.keep_sums()
    }
}

fn take(tx: &Connection, event: Event, line: &str, visits: &mut BTreeMap<VisitId, Came>) -> Result<(), LedgerError> {
    if let Some(visit) = event.visit
        && !visits.contains_key(&visit)
    {
        visits.insert(visit, Came::to(tx, visit)?);
    }
    append::foreign(tx, &event, line)?;
    if let Some(Came::New(events)) = event.visit.and_then(|visit| visits.get_mut(&visit)) {
        events.push(event);
    }
    Ok(())
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

/// What came of a visit. One of which nothing was here before need not be read again.
enum Came {
    New(Vec<Event>),
    ToKnown,
}

impl Came {
    fn to(tx: &Connection, visit: VisitId) -> Result<Self, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE visit = ?1)";
        let is_known: bool = tx.prepare_cached(sql)?.query_row([visit.as_bytes()], |row| row.get(0))?;
        Ok(if is_known { Self::ToKnown } else { Self::New(Vec::new()) })
    }
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
