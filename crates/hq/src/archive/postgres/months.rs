//! Months: the partitions of the events. One is made when its first event comes.

use super::{Lock, PostgresError};
use crate::HqError;
use chrono::{DateTime, Datelike, Months as Count, NaiveDate};
use deadpool_postgres::Object;
use floorbook_model::EventId;
use pollster::block_on;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Events of other months come from a wrong clock, and need no partition of their own.
const BEFORE: Count = Count::new(24);
const AFTER: Count = Count::new(1);
/// A month that could not be made is tried again so much later.
const AGAIN_MS: i64 = 10 * 60_000;
/// How long whoever reads the events may keep us from making one: intake waits behind us.
const PATIENCE: &str = "SET LOCAL lock_timeout = '1s'";

/// A month, by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(NaiveDate);

impl Month {
    fn of(ms: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(ms)?.date_naive().with_day(1).map(Self)
    }

    fn name(self) -> String {
        format!("events_{}", self.0.format("%Y_%m"))
    }

    /// The first id that an event of it can have, and the first that is too late.
    fn ids(self) -> [Uuid; 2] {
        let next = self.0.checked_add_months(Count::new(1)).unwrap_or(self.0);
        [self.0, next].map(|day| {
            let ms = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
            Uuid::from_u128(u128::try_from(ms).unwrap_or(0) << 80)
        })
    }

    /// Makes its partition, unless somebody did, and moves the events there that came before it was made.
    ///
    /// # Errors
    /// When somebody reads events for long.
    pub(super) fn make(self, client: &mut Object) -> Result<(), HqError> {
        let (name, [from, to]) = (self.name(), self.ids());
        let sql = format!(
            "LOCK TABLE events_other IN ACCESS EXCLUSIVE MODE;
             CREATE TABLE {name} (LIKE events INCLUDING DEFAULTS);
             WITH moved AS (DELETE FROM events_other WHERE id >= '{from}' AND id < '{to}' RETURNING *)
                 INSERT INTO {name} SELECT * FROM moved;
             ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('{from}') TO ('{to}')"
        );
        let make = async {
            let tx = client.transaction().await?;
            tx.batch_execute(PATIENCE).await?;
            tx.query("SELECT pg_advisory_xact_lock($1)", &[&Lock::Months.name()]).await?;
            let is_there = tx.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).await?;
            if !is_there.try_get::<_, bool>(0)? {
                tx.batch_execute(&sql).await?;
            }
            tx.commit().await
        };
        Ok(block_on(make).map_err(PostgresError::from)?)
    }
}

/// The months that are there, as far as this receiver knows.
#[derive(Debug, Default)]
pub(super) struct Months(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    made: BTreeSet<Month>,
    /// When one was tried in vain.
    tried: BTreeMap<Month, i64>,
}

impl Months {
    /// Those of `events` that have to be made.
    pub(super) fn missing(&self, events: &mut dyn Iterator<Item = EventId>, now_ms: i64) -> BTreeSet<Month> {
        let known = self.hold();
        let Some(now) = Month::of(now_ms) else { return BTreeSet::new() };
        let (from, to) = (now.0.checked_sub_months(BEFORE), now.0.checked_add_months(AFTER));
        let is_likely = |month: &Month| from.is_some_and(|from| month.0 >= from) && to.is_some_and(|to| month.0 <= to);
        let may_try = |month: &Month| known.tried.get(month).is_none_or(|tried_ms| now_ms - tried_ms >= AGAIN_MS);
        let months = events.filter_map(month_of).filter(is_likely);
        months.filter(|month| !known.made.contains(month) && may_try(month)).collect()
    }

    pub(super) fn note_made(&self, month: Month) {
        self.hold().made.insert(month);
    }

    pub(super) fn note_tried(&self, month: Month, now_ms: i64) {
        self.hold().tried.insert(month, now_ms);
    }

    fn hold(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The month of an event: the first 48 bits of its id.
fn month_of(id: EventId) -> Option<Month> {
    let ms = u128::from_be_bytes(*id.as_bytes()) >> 80;
    Month::of(i64::try_from(ms).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30T23:59:59.999Z
    const LAST_MS: i64 = 1_796_083_199_999;

    fn event(ms: i64) -> EventId {
        EventId::from_bytes((u128::try_from(ms).unwrap() << 80 | 7).to_be_bytes())
    }

    fn missing(months: &Months, ms: &[i64]) -> Vec<String> {
        months.missing(&mut ms.iter().map(|ms| event(*ms)), LAST_MS).into_iter().map(Month::name).collect()
    }

    #[test]
    fn a_month_has_the_ids_of_its_moments_and_no_others() {
        let month = Month::of(LAST_MS).unwrap();
        let ids = month.ids().map(|id| *id.as_bytes());
        let is_in = |ms| (ids[0]..ids[1]).contains(event(ms).as_bytes());
        assert_eq!(month.name(), "events_2026_11");
        assert!(is_in(LAST_MS) && !is_in(LAST_MS + 1));
    }

    #[test]
    fn likely_months_are_made_once_and_others_never() {
        let (months, day) = (Months::default(), 24 * 3_600_000);
        assert_eq!(
            missing(&months, &[LAST_MS, LAST_MS + 1, 0, LAST_MS + 40 * day]),
            ["events_2026_11", "events_2026_12"]
        );
        months.note_made(Month::of(LAST_MS).unwrap());
        assert_eq!(missing(&months, &[LAST_MS, LAST_MS - 800 * day, i64::MAX >> 16]), [""; 0]);
    }

    #[test]
    fn a_month_that_could_not_be_made_is_tried_again_later() {
        let months = Months::default();
        let month = Month::of(LAST_MS).unwrap();
        months.note_tried(month, LAST_MS - AGAIN_MS + 1);
        assert_eq!(missing(&months, &[LAST_MS]), [""; 0]);
        months.note_tried(month, LAST_MS - AGAIN_MS);
        assert_eq!(missing(&months, &[LAST_MS]), ["events_2026_11"]);
    }
}
