//! A month without a network, and the visits of today after it.

use crate::support::{House, MANAGER_PIN, Till, manager};
use floorbook_core::{Approval, DeviceRoot, KeyVault, VaultItem};
use floorbook_ledger::SCHEMA;
use floorbook_load::SeededRng;
use floorbook_model::{Body, Clock, DeviceId, Event, EventId, Hlc, Recorded, Rng, VisitId};
use floorbook_sqlite::{Database, DatabaseKey};
use std::path::Path;

const BACKLOG: u64 = 20_000;
const THREE_DAYS_MS: i64 = 3 * 86_400_000;

/// Lays events of some days ago into ledger and outbox, as a long time offline leaves them.
fn lay_backlog(database: &Path, key: &DatabaseKey, device: DeviceId, now_ms: i64) {
    let (database, rng) = (Database::open(database, key, SCHEMA).unwrap(), SeededRng::new(77));
    let written: rusqlite::Result<()> = database.write(|tx| {
        for seq in 1..=BACKLOG {
            let event = event(seq, device, now_ms - THREE_DAYS_MS, &rng);
            tx.prepare_cached(
                "INSERT INTO events (id, device, seq, hlc, visit, chain, line) VALUES (?1, ?2, ?3, ?4, ?5, zeroblob(32), ?6)",
            )?
            .execute((
                event.id.as_bytes(),
                device.as_bytes(),
                seq.cast_signed(),
                event.hlc.0 << 16,
                event.visit.unwrap().as_bytes(),
                serde_json::to_string(&event).unwrap(),
            ))?;
            tx.prepare_cached("INSERT INTO outbox (n) VALUES (last_insert_rowid())")?.execute([])?;
        }
        Ok(())
    });
    written.unwrap();
}

fn event(seq: u64, device: DeviceId, from_ms: i64, rng: &dyn Rng) -> Event {
    let wall_ms = from_ms + seq.cast_signed();
    Event {
        schema: 1,
        id: EventId::make(wall_ms, rng),
        store: "north".parse().unwrap(),
        device,
        seq,
        hlc: Hlc(wall_ms, 0),
        recorded: Recorded { wall_ms, offset_min: 480, steady_ms: 0, boot: 1, server_offset_ms: None },
        actor: manager(),
        visit: Some(VisitId::make(wall_ms, rng)),
        body: Body::VisitVoided,
    }
}

#[test]
fn a_new_visit_reaches_headquarters_and_the_other_counter_before_the_backlog_is_half_through() {
    let mut house = House::open();
    let counter = Till::beside(&house, 1);
    counter.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    let door = Till::beside(&house, 2);
    door.device.enrol_pin(&manager(), MANAGER_PIN, &Approval::Nobody).unwrap();
    let (id, now_ms) = (door.id(&house), door.clock.wall_ms());
    house.kill();
    let root = DeviceRoot::from_item(&door.vault.load(VaultItem::Root).unwrap().unwrap()).unwrap();
    let door = door.restarted_after(|database| lay_backlog(database, &root.database_key(), id, now_ms));
    door.device.unlock(&manager(), MANAGER_PIN).unwrap();
    door.device.arrive(2).unwrap();
    house.restart();
    counter.device.send_now().unwrap();
    door.device.send_now().unwrap();
    door.until(|status| status.waiting < BACKLOG);
    door.device.arrive(1).unwrap();
    counter.until_board(|board| board.running.len() == 2);
    assert!(door.waiting() > BACKLOG / 2, "{} of {BACKLOG} wait", door.waiting());
    let far = house.hq().devices().unwrap().iter().find(|line| line.id == id).map(|line| line.acked_through).unwrap();
    assert!(far < BACKLOG, "headquarters still misses some of those before: it has {far}");
    door.drain();
    let far = house.hq().devices().unwrap().iter().find(|line| line.id == id).map(|line| line.acked_through).unwrap();
    assert_eq!(far, BACKLOG + 2, "and then it misses none");
}
