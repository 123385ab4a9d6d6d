//! Exponential back-off with full jitter: after a long outage, devices come back spread over
//! time instead of all at once. ("Exponential Backoff And Jitter", M. Brooker, 2015.)

use floorbook_model::Rng;
use std::time::Duration;

const BASE: Duration = Duration::from_secs(2);
const CEILING: Duration = Duration::from_secs(15 * 60);

/// How long to wait after `failures` failures in a row: uniform between zero and
/// `BASE · 2^(failures - 1)`, at most [`CEILING`], but at least what headquarters asks for.
pub(crate) fn delay(failures: u32, asked: Option<Duration>, rng: &dyn Rng) -> Duration {
    let doubled = BASE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(CEILING);
    let mut bytes = [0; 4];
    rng.fill(&mut bytes);
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    doubled.mul_f64(share).max(asked.unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Rng for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let longest = |failures| delay(failures, None, &Always(0xff)).as_secs();
        assert_eq!([longest(1), longest(2), longest(3), longest(40)], [2, 4, 8, 900]);
    }

    #[test]
    fn the_jitter_reaches_down_to_zero_but_not_below_what_headquarters_asks() {
        assert_eq!(delay(9, None, &Always(0)), Duration::ZERO);
        assert_eq!(delay(1, Some(Duration::from_secs(30)), &Always(0)).as_secs(), 30);
    }
}
