//! The commands about what was set aside.

use crate::cli::QuarantineCommand;
use crate::say;
use anyhow::Result;
use chrono::DateTime;
use floorbook_hq::{Hq, QuarantineLine, Released};

pub(crate) fn run(hq: &Hq, command: &QuarantineCommand) -> Result<()> {
    match command {
        QuarantineCommand::List => hq.quarantine()?.iter().try_for_each(list),
        QuarantineCommand::Show { n } => {
            let (line, record) = hq.quarantined(*n)?;
            list(&line)?;
            say(format_args!("{}", String::from_utf8_lossy(&record)))
        }
        QuarantineCommand::Release { n, said } => match hq.release(*n, said.as_words())? {
            Released::Stored => {
                say(format_args!("{n} is an event now; its device learns of it when it sends it again"))
            }
            Released::KnownAlready => say(format_args!("{n} was an event already and is not set aside any more")),
        },
    }
}

fn list(line: &QuarantineLine) -> Result<()> {
    let at = DateTime::from_timestamp_millis(line.received_ms).unwrap_or_default().format("%Y-%m-%d %H:%M:%S");
    let seq = line.seq.map_or("-".to_owned(), |seq| seq.to_string());
    say(format_args!("{}\t{}\t{}\t{seq}\t{}\t{at} UTC", line.n, line.device, line.store, line.code))
}
