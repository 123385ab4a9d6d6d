//! The command that holds what devices say of their logs against what is here.

use crate::say;
use anyhow::{Result, bail};
use floorbook_hq::{Flaw, Hq, LedgerLine};
use floorbook_model::DeviceId;
use std::ops::RangeInclusive;

/// Gaps that are written out; of more the first ones show where to look.
const GAPS_SHOWN: usize = 8;

/// # Errors
/// When something does not add up, so that a script that runs it every day says so.
pub(crate) fn run(hq: &Hq, device: Option<DeviceId>) -> Result<()> {
    let lines = hq.ledgers()?.into_iter().filter(|line| device.is_none_or(|device| device == line.said.device));
    let mut flawed = 0;
    for line in lines {
        flawed += usize::from(!line.flaws.is_empty());
        say(format_args!("{}", written(&line)))?;
    }
    if flawed > 0 {
        bail!("{flawed} of these lines do not add up; operations.md says what to do");
    }
    Ok(())
}

fn written(line: &LedgerLine) -> String {
    let LedgerLine { store, name, said, held, set_aside, missing, flaws, .. } = line;
    let verdict = if flaws.is_empty() {
        "adds up".to_owned()
    } else {
        format!("does not add up: {}", flaws.iter().map(words).collect::<Vec<_>>().join("; "))
    };
    format!(
        "{}\t{store}\t{name}\t{}\tsaid {}\theld {held}\tset aside {set_aside}\tpending {}\tmissing {}\t{verdict}",
        said.device,
        said.day,
        said.through,
        line.pending(),
        gaps(missing)
    )
}

fn words(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Lost(events) => format!("{events} lost on the way, as they neither waited nor were set aside"),
        Flaw::LostThere(events) => format!("{events} lost on the device itself"),
        Flaw::OtherLines => "what is held is not what the device wrote".to_owned(),
        Flaw::WentBack(highest) => format!("the device had got to {highest} before"),
    }
}

fn gaps(missing: &[RangeInclusive<u64>]) -> String {
    if missing.is_empty() {
        return "none".to_owned();
    }
    let range = |range: &RangeInclusive<u64>| match (range.start(), range.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    let more = if missing.len() > GAPS_SHOWN { " and more" } else { "" };
    missing.iter().take(GAPS_SHOWN).map(range).collect::<Vec<_>>().join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorbook_model::BusinessDay;
    use floorbook_protocol::{ChainHead, DayLedger};

    fn line(missing: Vec<RangeInclusive<u64>>, waiting: u64, flaws: Vec<Flaw>) -> LedgerLine {
        let said = DayLedger {
            device: DeviceId::from_bytes([7; 16]),
            day: BusinessDay::parse("2026-11-23").unwrap(),
            at_ms: 0,
            through: 50,
            count: 50,
            chain: ChainHead::default(),
            waiting,
            set_aside: 1,
        };
        let (store, name) = ("north".parse().unwrap(), "Counter 1".to_owned());
        LedgerLine { store, name, said, said_ms: 0, held: 45, set_aside: 1, missing, flaws }
    }

    #[test]
    fn a_line_says_what_is_where_and_whether_that_is_all() {
        let fine = written(&line(vec![47..=50], 5, vec![]));
        assert!(
            fine.ends_with("said 50\theld 45\tset aside 1\tpending 4\tmissing 47-50\tadds up"),
            "what was sent since does not wait: {fine}"
        );
        let lost = written(&line(vec![3..=3, 10..=12], 0, vec![Flaw::Lost(4), Flaw::WentBack(60)]));
        assert!(lost.contains("pending 0\tmissing 3, 10-12\tdoes not add up: 4 lost on the way"), "{lost}");
        assert!(lost.ends_with("; the device had got to 60 before"), "{lost}");
    }
}
