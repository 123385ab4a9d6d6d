//! The commands about contacts.

use crate::cli::{BecauseArgs, ContactCommand};
use crate::say;
use anyhow::{Context, Result};
use floorbook_hq::{AuditLine, Because, ContactLine, Hq, open_contact_key};
use floorbook_protocol::{OpeningKey, read_receipt_code};
use std::io;
use std::path::Path;

pub(crate) fn run(hq: &Hq, command: ContactCommand) -> Result<()> {
    match command {
        ContactCommand::Key { output, said } => make_key(hq, &output, said.as_words()),
        ContactCommand::List => list(&hq.contacts()?),
        ContactCommand::Find { number, contact_key, because } => {
            list(&hq.find_contacts(&number, &read_key(&contact_key)?, because.as_words())?)
        }
        ContactCommand::Show { code, contact_key, because } => show(hq, &code, &contact_key, &because),
        ContactCommand::Erase { code, because } => {
            let line = hq.erase_contact(&read_code(&code)?, because.as_words())?;
            say(format_args!(
                "contact {} of store {} is erased here; for 30 days after it was left the store's device may \
                 hold a copy: let its manager erase it there too",
                line.code, line.store
            ))
        }
    }
}

pub(crate) fn make_key(hq: &Hq, path: &Path, because: Because<'_>) -> Result<()> {
    let code = hq.make_contact_key(path, because)?;
    say(format_args!(
        "key that opens contacts: {} (take it off this machine)\n\
         code that opens the file, shown only now; write it down and keep it apart from the file:\n{code}",
        path.display()
    ))
}

pub(crate) fn audit(hq: &Hq) -> Result<()> {
    let lines = hq.audit()?;
    for line in &lines {
        let AuditLine { n, at_ms, act, subject, who, reason, detail, .. } = line;
        say(format_args!("{n}\t{at_ms}\t{act}\t{subject}\t{who}\t{reason}\t{detail}"))?;
    }
    let chain: String =
        lines.last().into_iter().flat_map(|last| last.chain).map(|byte| format!("{byte:02x}")).collect();
    say(format_args!("{} rows; note this elsewhere, it shows later that none of them is gone: {chain}", lines.len()))
}

fn list(lines: &[ContactLine]) -> Result<()> {
    for line in lines {
        let state = if line.erased_ms.is_some() { "erased" } else { "kept" };
        say(format_args!("{}\t{}\t{}\t{state}", line.code, line.store, line.received_ms))?;
    }
    Ok(())
}

fn show(hq: &Hq, code: &str, contact_key: &Path, because: &BecauseArgs) -> Result<()> {
    let key = read_key(contact_key)?;
    let opened = hq.open_contact(&read_code(code)?, &key, because.as_words())?;
    say(format_args!("{}", serde_json::to_string_pretty(&opened)?))
}

pub(crate) fn read_key(path: &Path) -> Result<OpeningKey> {
    let mut paper = String::new();
    io::stdin().read_line(&mut paper).context("the code of the key file is read from standard input")?;
    Ok(open_contact_key(path, &paper)?)
}

fn read_code(typed: &str) -> Result<String> {
    read_receipt_code(typed).context("a receipt code has two groups of five letters")
}
