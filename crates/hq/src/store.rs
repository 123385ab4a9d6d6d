//! The commands about stores.

use crate::cli::{Lease, PolicyArgs, StoreAdd, StoreCommand};
use crate::say;
use anyhow::{Context, Result};
use floorbook_hq::{Because, Hq, NewStore, embedded_pack};
use floorbook_model::{Pack, StoreId};
use floorbook_protocol::Policy;
use std::fs;

/// When a device that asks hears of a change.
const NEXT: &str = "its devices hear of it when they next reach headquarters";

pub(crate) fn run(hq: &Hq, command: StoreCommand) -> Result<()> {
    match command {
        StoreCommand::Add(add) => add_store(hq, add),
        StoreCommand::List => list(hq),
        StoreCommand::Roster { id, people, said } => {
            let roster = people.in_order();
            hq.set_roster(&id, &roster, said.as_words())?;
            say(format_args!("store {id} has {} people; {NEXT}", roster.len()))
        }
        StoreCommand::Pack { id, pack, said } => {
            let pack = read_pack(&pack)?;
            hq.set_pack(&id, &pack, said.as_words())?;
            say(format_args!("store {id} has pack {} v{}; {NEXT}", pack.id, pack.version))
        }
        StoreCommand::Policy { id, rules, said } => set_policy(hq, &id, &rules, said.as_words()),
    }
}

fn add_store(hq: &Hq, add: StoreAdd) -> Result<()> {
    let mut store = NewStore::new(add.id, add.name, read_pack(&add.pack)?);
    store.record.time_zone = add.time_zone.unwrap_or(store.record.time_zone);
    store.record.cut_hour = add.cut_hour.unwrap_or(store.record.cut_hour);
    store.record.currency = add.currency.unwrap_or(store.record.currency);
    let roster = add.people.in_order();
    if !roster.is_empty() {
        store.roster = roster;
    }
    hq.add_store(&store, add.said.as_words())?;
    say(format_args!("store {} added with {} people", store.record.id, store.roster.len()))
}

fn read_pack(name: &str) -> Result<Pack> {
    if let Some(pack) = embedded_pack(name)? {
        return Ok(pack);
    }
    let text = fs::read_to_string(name)
        .with_context(|| format!("{name} is neither apparel, jewellery or electronics nor a file that can be read"))?;
    serde_json::from_str(&text).with_context(|| format!("{name} is no form pack"))
}

fn set_policy(hq: &Hq, store: &StoreId, rules: &PolicyArgs, because: Because<'_>) -> Result<()> {
    let change = |policy: &mut Policy| {
        let days = |set: Option<Lease>, before| set.map_or(before, |lease| lease.0);
        policy.manager_after_days = days(rules.manager_after_days, policy.manager_after_days);
        policy.wipe_after_days = days(rules.wipe_after_days, policy.wipe_after_days);
    };
    let policy = hq.set_policy(store, change, because)?;
    say(format_args!("store {store}: {}; {NEXT}", leases(policy)))
}

/// What becomes of a device that stays away.
pub(crate) fn leases(policy: Policy) -> String {
    let say = |days: Option<u16>, act: &str, never: &str| {
        days.map_or(never.to_owned(), |days| format!("{act} after {days} days"))
    };
    let manager = say(policy.manager_after_days, "wants a manager to sign in first", "goes on as ever");
    let wipe = say(policy.wipe_after_days, "destroys its key", "keeps its key");
    format!("away from headquarters a device {manager} and {wipe}")
}

fn list(hq: &Hq) -> Result<()> {
    for line in hq.stores()? {
        let record = line.record;
        say(format_args!(
            "{}\t{}\t{} v{}\t{}\tday from {}:00\t{}\t{} device(s)\t{}",
            record.id,
            record.name,
            line.pack,
            line.pack_version,
            record.time_zone,
            record.cut_hour,
            record.currency,
            line.devices,
            leases(line.policy)
        ))?;
    }
    Ok(())
}
