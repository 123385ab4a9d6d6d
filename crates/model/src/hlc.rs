//! Hybrid logical clock: an order that respects causes even when wall clocks are wrong.
//!
//! Kulkarni et al., "Logical Physical Clocks" (2014). The counter takes 16 bits; when a
//! millisecond uses them up, the clock runs ahead of the wall by a millisecond.

use serde::{Deserialize, Serialize};

/// One reading: `(milliseconds, counter)`, ordered as such. Travels as a pair of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hlc(pub i64, pub u16);

/// The clock of one device: readings only ever rise.
#[derive(Clone, Copy, Debug, Default)]
pub struct HlcClock {
    last: Hlc,
}

impl HlcClock {
    /// Goes on after the last reading that was stored.
    pub fn after(last: Hlc) -> Self {
        Self { last }
    }

    /// The next reading, given the wall clock in milliseconds.
    pub fn tick(&mut self, wall_ms: i64) -> Hlc {
        let Hlc(ms, counter) = self.last;
        self.last = match counter.checked_add(1) {
            _ if wall_ms > ms => Hlc(wall_ms, 0),
            Some(next) => Hlc(ms, next),
            None => Hlc(ms + 1, 0),
        };
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_rise_although_the_wall_clock_falls_back() {
        let mut clock = HlcClock::default();
        let readings: Vec<Hlc> = [5, 5, 3, 9, 9, 1].iter().map(|wall| clock.tick(*wall)).collect();
        assert!(readings.is_sorted_by(|a, b| a < b), "an order that falls back loses a later tap");
    }

    #[test]
    fn a_full_counter_borrows_a_millisecond() {
        let mut clock = HlcClock::after(Hlc(7, u16::MAX));
        assert_eq!(clock.tick(7), Hlc(8, 0));
    }
}
