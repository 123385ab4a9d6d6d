//! Whatever an operator changes is on record, and what was refused is not.

use crate::house::{House, small_pack};
use crate::place::learns_to_read;
use floorbook_hq::{AuditLine, Because, Hq, NewStore};
use floorbook_model::{ClerkId, StoreId};
use floorbook_protocol::{Clerk, Role};

const BECAUSE: Because<'_> = Because { who: "周", reason: "a new season" };

/// What is on record since `before`, each with its store or device.
fn told(hq: &Hq, before: usize) -> Vec<(String, String)> {
    let lines = hq.audit().unwrap().split_off(before);
    assert!(lines.iter().all(|line| (line.who.as_str(), line.reason.as_str()) == (BECAUSE.who, BECAUSE.reason)));
    lines.into_iter().map(|AuditLine { act, detail, .. }| (act, detail)).collect()
}

fn person(id: &str, role: Role) -> Clerk {
    Clerk { id: id.parse::<ClerkId>().unwrap(), name: "陈女士".to_owned(), role }
}

#[tokio::test]
async fn every_change_of_a_store_and_every_code_is_on_record() {
    let house = House::open();
    let (hq, west): (&Hq, StoreId) = (&house.hq, "west".parse().unwrap());
    let before = hq.audit().unwrap().len();
    let store =
        NewStore { roster: vec![person("m01", Role::Manager)], ..NewStore::new(west.clone(), "W", small_pack()) };
    hq.add_store(&store, BECAUSE).unwrap();
    hq.set_roster(&west, &[person("m01", Role::Manager), person("c07", Role::Clerk)], BECAUSE).unwrap();
    let mut pack = small_pack();
    pack.version += 1;
    hq.set_pack(&west, &pack, BECAUSE).unwrap();
    hq.set_policy(&west, |policy| policy.wipe_after_days = Some(30), BECAUSE).unwrap();
    let code = hq.make_code(&west, 2, BECAUSE).unwrap().to_string();
    hq.make_contact_key(&house.folder.path().join("contact.key"), BECAUSE).unwrap();
    for refused in
        [hq.add_store(&store, BECAUSE), hq.set_roster(&west, &[], BECAUSE), hq.set_pack(&west, &pack, BECAUSE)]
    {
        refused.unwrap_err();
    }
    hq.make_code(&west, 0, BECAUSE).unwrap_err();
    hq.set_policy(&west, |policy| policy.wipe_after_days = Some(0), BECAUSE).unwrap_err();
    let told = told(hq, before);
    let acts: Vec<&str> = told.iter().map(|(act, _)| act.as_str()).collect();
    assert_eq!(acts, ["store_added", "roster_set", "pack_set", "policy_set", "code_made", "contact_key_made"]);
    let details: Vec<&str> = told.iter().map(|(_, detail)| detail.as_str()).collect();
    assert_eq!(details[0], "west: small v1; m01 manager");
    assert_eq!((details[1], details[2]), ("west: m01 manager, c07 clerk", "west: small v2"));
    assert!(details[3].starts_with("west: {") && details[3].contains("\"wipe_after_days\":30"), "{}", details[3]);
    assert_eq!(details[4], "west: for 2 device(s)");
    assert!(!details.iter().any(|detail| detail.contains(&code) || detail.contains("陈女士")), "no secret, no name");
}

#[tokio::test]
async fn what_was_taken_in_and_who_was_shut_out_is_on_record() {
    let house = House::open();
    let mut device = house.device_of("north").await;
    let unread = device.opens().1;
    house.send(&device, &["{}", "[]"]).await.unwrap();
    let aside = house.hq.quarantine().unwrap();
    let before = house.hq.audit().unwrap().len();
    house.hq.release(aside[0].n, BECAUSE).unwrap_err();
    learns_to_read(&house, &unread).await;
    let n = house.hq.quarantine().unwrap()[0].n;
    house.hq.release(n, BECAUSE).unwrap();
    house.hq.revoke_device(device.grant.device, BECAUSE).unwrap();
    house.hq.import_spool(b"no spool", BECAUSE).unwrap();
    let of_device = house.hq.audit().unwrap().split_off(before);
    let is_its = |line: &AuditLine| line.subject.to_string() == device.grant.device.to_string();
    assert_eq!(of_device.iter().map(is_its).collect::<Vec<_>>(), [true, true, false]);
    let told = told(&house.hq, before);
    assert_eq!(told[0], ("record_released".to_owned(), format!("{n}: malformed, number 1")));
    assert_eq!(told[1], ("device_revoked".to_owned(), String::new()));
    let (act, detail) = &told[2];
    assert!(act == "spool_imported" && detail.starts_with("0 records, SHA-256 "), "{detail}");
}
