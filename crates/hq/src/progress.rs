//! How far a device has got: up to which number headquarters holds everything.

use crate::HqError;
use crate::archive::{Transaction, values};
use std::ops::ControlFlow;

/// Kept with the device, so that a receipt costs the same however long the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Every number up to this one is held, as an event or in quarantine.
    pub(crate) acked_through: i64,
    /// The highest number held.
    pub(crate) seq_max: i64,
}

impl Progress {
    /// Takes a held number in. In order, which is the rule, nothing has to be looked up.
    pub(crate) fn note(&mut self, seq: i64) {
        if seq == self.acked_through + 1 {
            self.acked_through = seq;
        }
        self.seq_max = self.seq_max.max(seq);
    }

    /// Walks over numbers that came before their turn. Each is walked over once in its life.
    pub(crate) fn settle(&mut self, tx: &dyn Transaction, device: i64) -> Result<(), HqError> {
        while self.acked_through < self.seq_max {
            let before = self.acked_through;
            self.walk_events(tx, device)?;
            self.step_over_quarantine(tx, device)?;
            if self.acked_through == before {
                break;
            }
        }
        Ok(())
    }

    fn walk_events(&mut self, tx: &dyn Transaction, device: i64) -> Result<(), HqError> {
        // A page at a time: behind a gap there may be much that is not to be read again and again.
        let sql = "SELECT seq FROM events WHERE device = ?1 AND seq > ?2 ORDER BY seq LIMIT 1000";
        tx.few(sql, values![device, self.acked_through], &mut |row| {
            if row.get::<i64>(0)? != self.acked_through + 1 {
                return Ok(ControlFlow::Break(()));
            }
            self.acked_through += 1;
            Ok(ControlFlow::Continue(()))
        })
    }

    fn step_over_quarantine(&mut self, tx: &dyn Transaction, device: i64) -> Result<(), HqError> {
        let sql = "SELECT 1 FROM quarantine WHERE device = ?1 AND seq = ?2";
        let held = tx.first(sql, values![device, self.acked_through + 1], |_| Ok(()))?;
        self.acked_through += i64::from(held.is_some());
        Ok(())
    }
}
