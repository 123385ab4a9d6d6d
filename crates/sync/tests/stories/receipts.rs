//! The outbox empties on a verified receipt, and on nothing else.

use crate::desk::Desk;
use crate::hq_stub::Fault;
use floorbook_protocol::ProblemKind;
use floorbook_sync::{Phase, SyncError};

#[tokio::test(start_paused = true)]
async fn a_verified_receipt_empties_the_outbox() {
    let desk = Desk::open();
    desk.arrive(3);
    assert_eq!((desk.status().waiting, desk.status().last_ok_ms), (3, None));
    desk.syncer.send_all().await.unwrap();
    let status = desk.status();
    assert_eq!((status.waiting, status.quarantined), (0, 0));
    assert!(status.last_ok_ms.is_some() && matches!(status.phase, Phase::Idle));
    assert_eq!(desk.hq.state().stored, desk.sealed(), "headquarters has the very lines");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_headquarters_empties_nothing() {
    for fault in Fault::FORGED {
        let desk = Desk::open();
        desk.arrive(1);
        desk.syncer.send_all().await.unwrap(); // an earlier receipt, to be replayed
        let ok_ms = desk.status().last_ok_ms;
        desk.arrive(4);
        desk.hq.will([fault]);
        let error = desk.syncer.send_all().await.unwrap_err();
        assert!(matches!(error, SyncError::Nonsense | SyncError::Ledger(_)), "{fault:?}: {error:?}");
        assert_eq!((desk.status().waiting, desk.status().last_ok_ms), (4, ok_ms), "{fault:?}");
        desk.syncer.send_all().await.unwrap();
        assert_eq!((desk.status().waiting, desk.hq.state().stored.len()), (0, 5), "{fault:?} passes and does no harm");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_device_empties_nothing_and_sets_nothing_aside() {
    use ProblemKind::{Busy, ChallengeStale, DeviceRevoked, Internal, NotFound, SignatureInvalid};
    for kind in [Busy, ChallengeStale, DeviceRevoked, Internal, NotFound, SignatureInvalid] {
        let desk = Desk::open();
        desk.arrive(3);
        desk.hq.will([Fault::Refused(kind, None)]);
        let error = desk.syncer.send_all().await.unwrap_err();
        assert!(matches!(error, SyncError::Refused { kind: told, .. } if told == kind), "{error:?}");
        assert_eq!((desk.status().waiting, desk.status().quarantined), (3, 0), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_network_everything_waits() {
    let desk = Desk::open();
    desk.arrive(3);
    desk.hq.state().away = true;
    assert!(matches!(desk.syncer.send_all().await, Err(SyncError::Away(_))));
    desk.hq.state().away = false;
    desk.hq.will([Fault::DropBefore]);
    assert!(matches!(desk.syncer.send_all().await, Err(SyncError::Away(_))));
    assert_eq!((desk.status().waiting, desk.hq.state().stored.len()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_receipt_the_same_records_go_again_and_duplicates_are_success() {
    let desk = Desk::open();
    desk.arrive(5);
    desk.hq.will([Fault::DropAfter]);
    assert!(desk.syncer.send_all().await.is_err());
    assert_eq!((desk.status().waiting, desk.hq.state().stored.len()), (5, 5), "stored there, and nobody here knows");
    desk.syncer.send_all().await.unwrap();
    let state = desk.hq.state();
    assert_eq!(state.came[0], state.came[1], "the same lines in the same order");
    assert_eq!((state.stored.len(), state.duplicates), (5, 5));
    drop(state);
    assert_eq!(desk.status().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn what_headquarters_asks_to_send_again_stays() {
    let desk = Desk::open();
    desk.arrive(4);
    desk.hq.will([Fault::Retry]);
    desk.syncer.send_all().await.unwrap();
    assert_eq!((desk.status().waiting, desk.status().quarantined), (4, 0));
    assert_eq!(desk.status().last_ok_ms, None, "headquarters did not sign for everything");
    desk.syncer.send_all().await.unwrap();
    assert_eq!(desk.status().waiting, 0);
    assert!(desk.status().last_ok_ms.is_some());
}
