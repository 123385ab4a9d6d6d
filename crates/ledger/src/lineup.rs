//! Whose turn it is: the clerks on the floor in the order in which arrivals go to them.

use crate::{Book, LedgerError};
use floorbook_model::{BusinessDay, ClerkId};
use rusqlite::{Connection, params};

impl Book {
    /// The clerks on the floor that day, next one first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lineup(&self, day: BusinessDay) -> Result<Vec<ClerkId>, LedgerError> {
        self.ledger.database.read(|tx| read(tx, day))
    }

    /// Puts a clerk at the end of the line: they come in, they serve, or they let one pass.
    ///
    /// # Errors
    /// When the database fails.
    pub fn to_the_end(&self, day: BusinessDay, clerk: &ClerkId) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| to_the_end(tx, day, clerk))
    }

    /// Puts a clerk to the front again, whose arrival was a mistake; who has left the floor since
    /// stays away.
    ///
    /// # Errors
    /// When the database fails.
    pub fn to_the_front(&self, day: BusinessDay, clerk: &ClerkId) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            tx.execute(
                "UPDATE lineup SET turn = (SELECT min(turn) - 1 FROM lineup WHERE day = ?1) WHERE day = ?1 AND clerk = ?2",
                params![day.number(), clerk.as_str()],
            )?;
            Ok(())
        })
    }

    /// Takes a clerk out of the line.
    ///
    /// # Errors
    /// When the database fails.
    pub fn leave_lineup(&self, clerk: &ClerkId) -> Result<(), LedgerError> {
        self.ledger.database.write(|tx| {
            tx.execute("DELETE FROM lineup WHERE clerk = ?1", [clerk.as_str()])?;
            Ok(())
        })
    }
}

pub(crate) fn to_the_end(tx: &Connection, day: BusinessDay, clerk: &ClerkId) -> Result<(), LedgerError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO lineup (clerk, day, turn)
         SELECT ?1, ?2, coalesce(max(turn), 0) + 1 FROM lineup WHERE day = ?2",
    )?
    .execute(params![clerk.as_str(), day.number()])?;
    Ok(())
}

fn read(tx: &Connection, day: BusinessDay) -> Result<Vec<ClerkId>, LedgerError> {
    let codes: Vec<String> = tx
        .prepare_cached("SELECT clerk FROM lineup WHERE day = ?1 ORDER BY turn, clerk")?
        .query_map([day.number()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(codes.into_iter().filter_map(|code| ClerkId::try_from(code).ok()).collect())
}
