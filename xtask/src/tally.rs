//! Counts tests by what their runners print.

/// Passed and failed, of all runners together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Reads one line of output: cargo's `test result: …`, or vitest's `Tests  …`.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim();
        if !line.starts_with("test result: ") && !line.starts_with("Tests ") {
            return;
        }
        self.passed += number_before(line, "passed");
        self.failed += number_before(line, "failed");
    }

    /// Counts something that failed without being a test.
    pub(crate) fn add_failure(&mut self) {
        self.failed += 1;
    }

    pub(crate) fn passed(self) -> usize {
        self.passed
    }

    pub(crate) fn failed(self) -> usize {
        self.failed
    }
}

fn number_before(line: &str, word: &str) -> usize {
    let words: Vec<&str> =
        line.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.array_windows().find_map(|[number, next]| (*next == word).then(|| number.parse().ok()).flatten()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_counted_and_nothing_else() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.03s");
        tally.read("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        tally.read("      Tests  1 failed | 85 passed (86)");
        tally.read(" Test Files  14 passed (14)");
        tally.read("5 passed the door");
        assert_eq!(tally, Tally { passed: 100, failed: 3 }, "the sum of the three summaries");
    }
}
