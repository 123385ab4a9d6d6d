//! Devices and headquarters over a network that breaks.

use crate::support::{House, Till, outcome};
use floorbook_core::{Phase, ProblemKind, Status, SyncError};
use floorbook_load::{Planned, plan_day};
use std::collections::BTreeSet;

fn reason(status: &Status) -> Option<&SyncError> {
    match &status.phase {
        Phase::Waiting { reason, .. } => Some(reason),
        Phase::Idle | Phase::Sending { .. } => None,
    }
}

/// Logs one planned visit from arrival to outcome.
fn logs(till: &Till, planned: &Planned) -> String {
    let visit = till.device.arrive(planned.size).unwrap().visit.id();
    for tap in &planned.taps {
        till.pass_s(7);
        till.device.note(visit, &tap.patch).unwrap();
    }
    till.device.close_visit(visit, planned.outcome.clone()).unwrap();
    visit.to_string()
}

#[test]
fn headquarters_killed_in_mid_day_has_each_visit_once_in_the_end() {
    let mut house = House::open();
    let till = Till::open(&house);
    let plan = plan_day(&till.device.profile().unwrap().pack, 160, 11);
    let mut logged = BTreeSet::new();
    for (n, part) in plan.chunks(20).enumerate() {
        logged.extend(part.iter().map(|planned| logs(&till, planned)));
        till.device.send_now().unwrap();
        if n % 3 != 2 {
            house.kill(); // a batch may be on its way, stored, or receipted and not yet read
            logged.extend(part.iter().take(3).map(|planned| logs(&till, planned)));
            house.restart();
        }
    }
    till.drain();
    let exported = house.exported();
    assert_eq!(exported.len(), logged.len(), "no visit comes twice");
    assert_eq!(exported.into_iter().collect::<BTreeSet<_>>(), logged, "no visit is lost");
    assert_eq!(till.device.sync_status().unwrap().quarantined, 0);
}

#[test]
fn a_device_killed_in_mid_day_sends_each_visit_once_in_the_end() {
    let house = House::open();
    let mut till = Till::open(&house);
    let plan = plan_day(&till.device.profile().unwrap().pack, 80, 12);
    let mut logged = BTreeSet::new();
    for part in plan.chunks(20) {
        logged.extend(part.iter().map(|planned| logs(&till, planned)));
        till.device.send_now().unwrap();
        till = till.restarted();
        till.device.unlock(&crate::support::manager(), crate::support::MANAGER_PIN).unwrap();
    }
    till.drain();
    assert_eq!(house.exported().into_iter().collect::<BTreeSet<_>>(), logged);
    assert_eq!(house.exported().len(), 80);
}

#[test]
fn another_headquarters_on_the_port_gets_nothing() {
    let mut house = House::open();
    let till = Till::open(&house);
    till.device.arrive(1).unwrap();
    till.drain();
    house.kill();
    let stranger = House::stranger_at(house.address());
    for _ in 0..3 {
        till.device.arrive(2).unwrap();
    }
    till.device.send_now().unwrap();
    let status = till.until(|status| matches!(reason(status), Some(SyncError::Untrusted)));
    assert_eq!((status.waiting, status.quarantined), (3, 0), "it is not even told what there is to send");
    assert!(stranger.exported().is_empty());
    drop(stranger);
    house.restart();
    till.drain();
    assert_eq!(house.exported().len(), 4, "the right one gets everything");
}

#[test]
fn a_revoked_device_is_refused_and_keeps_what_it_has() {
    let house = House::open();
    let till = Till::open(&house);
    let visit = till.device.arrive(1).unwrap().visit.id();
    till.drain();
    house.hq().revoke_device(house.hq().devices().unwrap()[0].id, floorbook_hq::Because::default()).unwrap();
    till.device.close_visit(visit, outcome("buy")).unwrap();
    till.device.arrive(2).unwrap();
    till.device.send_now().unwrap();
    let revoked = |error: &SyncError| matches!(error, SyncError::Refused { kind: ProblemKind::DeviceRevoked, .. });
    let status = till.until(|status| reason(status).is_some_and(revoked));
    assert_eq!((status.waiting, status.quarantined), (2, 0));
    assert_eq!(house.exported().len(), 1, "what was sent before is kept there");
    assert_eq!(till.waiting(), 2);
}
