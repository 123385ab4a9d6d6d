//! The commands about devices.

use crate::cli::DeviceCommand;
use crate::contact::read_key;
use crate::say;
use crate::store::leases;
use anyhow::Result;
use chrono::DateTime;
use chrono_tz::Tz;
use floorbook_hq::{DeviceSheet, DeviceState, Hq};

pub(crate) fn run(hq: &Hq, command: DeviceCommand) -> Result<()> {
    match command {
        DeviceCommand::List => list(hq),
        DeviceCommand::Revoke { id, said } => {
            hq.revoke_device(id, said.as_words())?;
            say(format_args!("device {id} is shut out"))
        }
        DeviceCommand::Wipe { id, because } => {
            hq.wipe_device(id, because.as_words())?;
            say(format_args!(
                "device {id} is shut out; when it next reaches headquarters it destroys its key and what it holds. \
                 `device list` says when it fetched that order"
            ))
        }
        DeviceCommand::Sheet { id } => say(format_args!("{}", sheet(&hq.device_sheet(id)?))),
        DeviceCommand::Recovery { id, contact_key, output, because } => {
            let code = hq.recover_device(id, &read_key(&contact_key)?, &output, because.as_words())?;
            say(format_args!(
                "put {} into the folder of device {id} under the name recovery.sealed, in place of the one that is \
                 there, and type this code on its screen; it is shown only now:\n{code}",
                output.display()
            ))
        }
    }
}

fn list(hq: &Hq) -> Result<()> {
    for line in hq.devices()? {
        let state = line.state.name();
        say(format_args!("{}\t{}\t{}\t{state}\tup to {}", line.id, line.store, line.name, line.acked_through))?;
    }
    Ok(())
}

/// For a person who is told that a device is lost.
fn sheet(sheet: &DeviceSheet) -> String {
    let DeviceSheet { device, store, policy, visits, contacts, has_escrow } = sheet;
    let zone = store.time_zone.parse().unwrap_or(Tz::UTC);
    let on = |ms: i64| time(ms, zone);
    let ever = |ms: Option<i64>| ms.map_or("never".to_owned(), on);
    let codes: String =
        contacts.iter().map(|line| format!("\n  {}  received {}", line.code, on(line.received_ms))).collect();
    let waiting = device.waiting.map_or("unknown".to_owned(), |records| records.to_string());
    let escrow = if *has_escrow { "yes, sealed" } else { "no" };
    format!(
        "Device {} ({})\nStore {} ({}); times are those of {zone}\n\n\
         Paired: {}\nLast sent something: {}\nLast asked what is wanted of it: {}\n\
         Records that it had not sent then: {waiting}\nProgram: {}\nState: {}\n\
         Its key is at headquarters: {escrow}\n\n\
         Visits that it sent in the last 30 days: {visits}\n\
         Contacts that it took and that are kept: {}{codes}\n\n\
         What protects them: everything on the device is encrypted. The key is in the keyring of its system account. \
         Floorbook asks for a PIN; ten wrong ones shut it. Contacts show four digits until a manager types \
         theirs. The rule of its store: {}.\n\nWhat to do next:\n{}",
        device.name,
        device.id,
        store.name,
        store.id,
        on(device.paired_ms),
        ever(device.heard_ms),
        ever(device.asked_ms),
        device.version.as_deref().unwrap_or("unknown"),
        state(device.state, zone),
        contacts.len(),
        leases(*policy),
        next_steps(sheet)
    )
}

fn state(state: DeviceState, zone: Tz) -> String {
    match state {
        DeviceState::Welcome => "welcome: nothing was done yet".to_owned(),
        DeviceState::ShutOut(since_ms) => format!("shut out on {}", time(since_ms, zone)),
        DeviceState::WipeOrdered(since_ms) => {
            format!("told to destroy its key on {}, but it has not asked since", time(since_ms, zone))
        }
        DeviceState::WipeFetched(heard_ms) => {
            format!("it fetched the order to destroy its key on {}", time(heard_ms, zone))
        }
    }
}

fn next_steps(sheet: &DeviceSheet) -> String {
    let DeviceSheet { device, store, contacts, .. } = sheet;
    let id = device.id;
    let wipe = format!(
        "- It will not come back, or a stranger has it: `device wipe {id} --who … --reason …`. This cannot be taken \
         back."
    );
    let order = match device.state {
        DeviceState::Welcome => {
            format!("- It may come back: `device revoke {id}`. It lets nobody in once it reaches headquarters.\n{wipe}")
        }
        DeviceState::ShutOut(_) => format!(
            "- It came back: order it as below, then pair it anew; what it had not sent comes with that.\n{wipe}"
        ),
        DeviceState::WipeOrdered(_) => "- It obeys when it next reaches headquarters. Look again later.".to_owned(),
        DeviceState::WipeFetched(_) => {
            "- It destroys its key at once; then nobody can read what it held. If it asks again, it is told again."
                .to_owned()
        }
    };
    let told = if contacts.is_empty() {
        ""
    } else {
        "\n- Give this sheet to the privacy officer, who decides whether the visitors above have to be told: most of \
         all if the device was lost while it was switched on and unlocked."
    };
    format!(
        "{order}{told}\n- Find the paper with its recovery code and make sure that it was not lost with the device.\n\
         - For another device: `code --store {}`.",
        store.id
    )
}

fn time(ms: i64, zone: Tz) -> String {
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    time.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorbook_hq::DeviceLine;
    use floorbook_model::DeviceId;
    use floorbook_protocol::{Policy, StoreRecord};

    const NOON_MS: i64 = 1_795_406_400_000;

    fn sheet_of(state: DeviceState) -> String {
        let record = StoreRecord {
            id: "north".parse().unwrap(),
            name: "北门店".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            cut_hour: 4,
            currency: "CNY".to_owned(),
        };
        let device = DeviceLine {
            id: DeviceId::from_bytes([7; 16]),
            store: record.id.clone(),
            name: "Counter 1".to_owned(),
            paired_ms: NOON_MS,
            state,
            acked_through: 0,
            heard_ms: Some(NOON_MS),
            asked_ms: None,
            waiting: None,
            version: None,
        };
        let policy = Policy::default();
        sheet(&DeviceSheet { device, store: record, policy, visits: 3, contacts: Vec::new(), has_escrow: false })
    }

    #[test]
    fn the_sheet_says_what_is_known_in_the_time_of_the_store_and_what_to_do_next() {
        let text = sheet_of(DeviceState::Welcome);
        for line in [
            "Store 北门店 (north); times are those of Asia/Shanghai",
            "Last sent something: 2026-11-23 12:00",
            "Last asked what is wanted of it: never",
            "Visits that it sent in the last 30 days: 3",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}: {text}");
        }
        assert!(text.contains("`device revoke 0707") && text.contains("`device wipe 0707"), "{text}");
    }

    #[test]
    fn nothing_is_proposed_that_was_done() {
        let shut_out = sheet_of(DeviceState::ShutOut(NOON_MS));
        assert!(!shut_out.contains("`device revoke") && shut_out.contains("`device wipe"), "{shut_out}");
        for state in [DeviceState::WipeOrdered(NOON_MS), DeviceState::WipeFetched(NOON_MS)] {
            let text = sheet_of(state);
            assert!(!text.contains("`device revoke") && !text.contains("`device wipe"), "{text}");
            assert!(text.contains("2026-11-23 12:00"), "{text}");
        }
    }
}
