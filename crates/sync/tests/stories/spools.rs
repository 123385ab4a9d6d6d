//! A spool file goes only when headquarters has signed for every record in it, and no record comes twice.

use crate::desk::{Desk, SeededRng};
use crate::hq_stub::{Fault, HqStub};
use floorbook_model::{DeviceId, Event};
use floorbook_protocol::{ProblemKind, SPOOL_HEAD, SpoolRecord};
use floorbook_sync::SyncError;
use std::fs;
use std::path::PathBuf;

/// More than one batch holds.
const MANY: u64 = 1_100;

/// Lays a file of `device` with `count` events of a stand-in into the folder.
fn lay(desk: &Desk, name: &str, device: DeviceId, count: u64) -> PathBuf {
    let (path, stand_in) = (desk.dir().join(name), DeviceId::from_bytes([5; 16]));
    let (key, rng) = (HqStub::spool_key().sealing_key(), SeededRng::new(count));
    let frame = |seq| {
        let event = Event { device: stand_in, ..desk.event(seq) };
        let line = serde_json::to_string(&event).unwrap();
        SpoolRecord::seal(device, stand_in, seq, &line, &key, &rng).unwrap().to_frame().unwrap()
    };
    let frames: Vec<u8> = (1..=count).flat_map(frame).collect();
    fs::write(&path, [SPOOL_HEAD, &frames].concat()).unwrap();
    path
}

fn own(desk: &Desk, count: u64) -> PathBuf {
    lay(desk, "spool-1.sealed", desk.book.origin().device, count)
}

#[tokio::test(start_paused = true)]
async fn a_spool_goes_with_the_last_receipt_and_waits_until_then() {
    let desk = Desk::open();
    let path = own(&desk, MANY);
    desk.arrive(2);
    desk.hq.will([Fault::None, Fault::None, Fault::DropBefore]);
    assert!(desk.syncer.send_all().await.is_err());
    assert!(path.exists());
    assert_eq!(desk.status().waiting, MANY);
    assert_eq!(desk.status().last_ok_ms, None, "not everything is signed for");
    desk.syncer.send_all().await.unwrap();
    assert!(!path.exists());
    assert_eq!((desk.status().waiting, desk.hq.state().stored.len()), (0, 1_102));
    assert!(desk.status().last_ok_ms.is_some());
}

#[tokio::test(start_paused = true)]
async fn cut_at_any_batch_every_record_is_stored_once() {
    for good in 0..2 {
        for fault in [Fault::DropBefore, Fault::DropAfter, Fault::Retry] {
            let desk = Desk::open();
            let path = own(&desk, MANY);
            desk.hq.will((0..good).map(|_| Fault::None).chain([fault]));
            drop(desk.syncer.send_all().await);
            assert!(path.exists(), "{fault:?} after {good}");
            desk.syncer.send_all().await.unwrap();
            assert!(!path.exists(), "{fault:?} after {good}");
            assert_eq!(desk.hq.state().stored.len(), 1_100, "{fault:?} after {good}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_forged_receipt_costs_a_spool() {
    for forged in Fault::FORGED {
        let desk = Desk::open();
        let path = own(&desk, 3);
        desk.hq.will([forged]);
        assert!(matches!(desk.syncer.send_all().await, Err(SyncError::Nonsense)), "{forged:?}");
        assert!(path.exists(), "{forged:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_torn_spool_everything_whole_is_sent_and_the_file_is_kept() {
    let desk = Desk::open();
    let path = own(&desk, 3);
    let mut file = fs::read(&path).unwrap();
    file.truncate(file.len() - 5);
    fs::write(&path, file).unwrap();
    desk.syncer.send_all().await.unwrap();
    assert_eq!(desk.hq.state().stored.len(), 2);
    assert!(!path.exists() && path.with_extension("torn").exists());
    desk.syncer.send_all().await.unwrap();
    assert_eq!(desk.hq.state().duplicates, 0, "it is not sent again");
}

#[tokio::test(start_paused = true)]
async fn a_spool_with_something_refused_is_kept_for_a_person() {
    let desk = Desk::open();
    let path = own(&desk, 3);
    desk.hq.state().unwanted.insert(2);
    desk.syncer.send_all().await.unwrap();
    assert_eq!((desk.hq.state().stored.len(), desk.status().waiting), (2, 0));
    assert!(!path.exists() && path.with_extension("refused").exists());
}

#[tokio::test(start_paused = true)]
async fn what_another_device_sealed_here_stays_as_it_is() {
    let desk = Desk::open();
    let path = lay(&desk, "spool-2.sealed", DeviceId::from_bytes([1; 16]), 2);
    fs::write(desk.dir().join("recovery.sealed"), b"no spool").unwrap();
    desk.syncer.send_all().await.unwrap();
    assert!(path.exists());
    assert_eq!((desk.hq.state().stored.len(), desk.status().waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_older_headquarters_gets_the_events_and_the_spool_waits() {
    let desk = Desk::open();
    let path = own(&desk, 2);
    desk.arrive(1);
    desk.hq.will([Fault::None, Fault::Refused(ProblemKind::NotFound, None)]);
    desk.syncer.send_all().await.unwrap();
    assert!(path.exists());
    assert_eq!((desk.hq.state().stored.len(), desk.status().waiting), (1, 2));
}
