//! Business days: a date of the store's own time zone that begins at the store's cut hour, so
//! that a visit after midnight still belongs to the evening it is part of.

use chrono::{DateTime, Days, Duration, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A time zone that the IANA database does not name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone")]
pub struct UnknownTimeZone;

/// One business day, written `2026-11-23`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct BusinessDay(NaiveDate);

impl BusinessDay {
    /// Days since 1 January 1970: how databases keep it.
    pub fn number(self) -> i32 {
        self.0.to_epoch_days()
    }

    /// From the number that a database kept; a number off the calendar gives the nearest end.
    pub fn from_number(days: i32) -> Self {
        Self(NaiveDate::from_epoch_days(days).unwrap_or(NaiveDate::MAX))
    }

    /// From `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// The day before.
    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_days(Days::new(1)).unwrap_or(self.0))
    }

    /// The day after.
    pub fn following(self) -> Self {
        Self(self.0.checked_add_days(Days::new(1)).unwrap_or(self.0))
    }
}

impl fmt::Display for BusinessDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A store's time zone and the hour at which its day begins.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    zone: Tz,
    cut_hour: u8,
}

impl Calendar {
    /// `zone` is an IANA name such as `Asia/Shanghai`; `cut_hour` counts from local midnight.
    ///
    /// # Errors
    /// [`UnknownTimeZone`] when the IANA database has no such zone.
    pub fn new(zone: &str, cut_hour: u8) -> Result<Self, UnknownTimeZone> {
        let zone = zone.parse().map_err(|_| UnknownTimeZone)?;
        Ok(Self { zone, cut_hour: cut_hour.min(23) })
    }

    /// The business day to which an instant belongs.
    pub fn day_of(&self, wall_ms: i64) -> BusinessDay {
        let local = instant(wall_ms).with_timezone(&self.zone).naive_local();
        BusinessDay((local - Duration::hours(i64::from(self.cut_hour))).date())
    }

    /// Local hour 0-23 of an instant.
    pub fn hour_of(&self, wall_ms: i64) -> u8 {
        u8::try_from(instant(wall_ms).with_timezone(&self.zone).hour()).unwrap_or(0)
    }
}

/// A clock far off the calendar is held at its nearest end rather than refused.
fn instant(wall_ms: i64) -> DateTime<Utc> {
    let end = if wall_ms < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    let margin = Duration::days(366);
    let held = DateTime::from_timestamp_millis(wall_ms).unwrap_or(end);
    held.clamp(DateTime::<Utc>::MIN_UTC + margin, DateTime::<Utc>::MAX_UTC - margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT_SHANGHAI: i64 = 1_795_363_200_000; // 2026-11-22T16:00:00Z

    #[test]
    fn a_visit_after_midnight_belongs_to_the_evening() {
        let calendar = Calendar::new("Asia/Shanghai", 4).unwrap();
        let late = calendar.day_of(MIDNIGHT_SHANGHAI + 3_599_000 * 3);
        let early = calendar.day_of(MIDNIGHT_SHANGHAI + 4 * 3_600_000);
        assert_eq!((late.to_string(), early.to_string()), ("2026-11-22".into(), "2026-11-23".into()));
    }

    #[test]
    fn days_survive_their_number_and_their_name() {
        let day = BusinessDay::parse("2026-11-23").unwrap();
        assert_eq!(BusinessDay::from_number(day.number()), day);
        assert_eq!(day.previous().following(), day);
    }

    #[test]
    fn a_clock_ten_thousand_years_off_still_gives_a_day() {
        let calendar = Calendar::new("Europe/Berlin", 0).unwrap();
        for wall_ms in [i64::MIN, -1, i64::MAX] {
            let day = calendar.day_of(wall_ms);
            assert_eq!(BusinessDay::from_number(day.number()), day, "a record with a wrong clock is kept");
        }
    }
}
