//! The figures of the floor beside their limits, and which of them were missed.

use super::super::{percentile, report};
use super::taps::Taps;
use anyhow::{Result, bail};
use floorbook_tests::desktop::budgets::Spent;

/// No tap may leave anybody waiting.
const VISIBLE_MS: f64 = 100.0;
/// A frame: what the page may add to a bare commit until it shows the tap as saved.
const FRAME_MS: f64 = 16.0;
const AIM_MS: f64 = 5.0;
/// What pushing may make of the slowest taps.
const PUSHING: f64 = 3.0;
const SHARES: [(&str, f64); 3] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

#[derive(Default)]
pub(super) struct Gates {
    missed: Vec<String>,
}

impl Gates {
    pub(super) fn budget(&mut self, flow: &Spent) -> Result<()> {
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let note = "counted from what the driver sent; limit: the budget";
        self.hold(flow.figure, "taps", count(flow.count), count(flow.limit), 1, note)
    }

    pub(super) fn times(&mut self, when: &str, taps: &Taps) -> Result<()> {
        for (share, p) in SHARES {
            for (figure, samples) in [("board_tap_to_visible", &taps.board), ("form_tap_to_visible", &taps.form)] {
                let note =
                    format!("{share}, {when}, to the end of the frame that shows it; limit: what a hand notices");
                self.hold(figure, "ms", percentile(samples, p), VISIBLE_MS, samples.len(), &note)?;
            }
            let raw = percentile(&taps.raw, p);
            let aim = raw + AIM_MS;
            let note =
                format!("{share}, {when}, to shown as saved; limit: raw commit {raw:.1} ms + a frame, aim {aim:.1}");
            let value = percentile(&taps.saved, p);
            self.hold("tap_to_durable", "ms", value, raw + FRAME_MS, taps.saved.len(), &note)?;
        }
        Ok(())
    }

    pub(super) fn compare(&mut self, idle: &Taps, pushing: &Taps) -> Result<()> {
        let pairs = [
            ("board_tap_while_pushing", &idle.board, &pushing.board),
            ("form_tap_while_pushing", &idle.form, &pushing.form),
            ("tap_to_durable_while_pushing", &idle.saved, &pushing.saved),
        ];
        for (figure, idle, pushing) in pairs {
            let limit = PUSHING * percentile(idle, 0.99);
            self.hold(figure, "ms", percentile(pushing, 0.99), limit, pushing.len(), "p99; limit: three times idle")?;
        }
        Ok(())
    }

    /// # Errors
    /// When a limit was missed.
    pub(super) fn verdict(self) -> Result<()> {
        if self.missed.is_empty() { Ok(()) } else { bail!("above the limit: {}", self.missed.join("; ")) }
    }

    fn hold(&mut self, figure: &str, unit: &str, value: f64, limit: f64, n: usize, note: &str) -> Result<()> {
        report(figure, unit, value, limit, n, note)?;
        // Not a number is no success.
        if value <= limit {
            return Ok(());
        }
        self.missed.push(format!("{figure} ({note}) is {value:.1} {unit}, not {limit:.1}"));
        Ok(())
    }
}
