//! A device and a headquarters of neighbouring versions understand each other; where they cannot, it is said who has
//! to be brought up to date, and nothing is lost.

use crate::desk::Desk;
use floorbook_protocol::{Behind, PROTOCOL_MAX};
use floorbook_sync::SyncError;

#[tokio::test(start_paused = true)]
async fn a_headquarters_one_version_ahead_or_behind_takes_what_a_device_sends() {
    for versions in [vec![PROTOCOL_MAX, PROTOCOL_MAX + 1], vec![PROTOCOL_MAX - 1, PROTOCOL_MAX]] {
        let desk = Desk::open();
        desk.arrive(3);
        desk.hq.state().versions = Some(versions);
        desk.syncer.send_all().await.unwrap();
        assert_eq!(desk.status().waiting, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_version_is_common_it_is_said_who_is_behind_and_everything_waits() {
    let cases = [
        (vec![PROTOCOL_MAX + 1, PROTOCOL_MAX + 2], Behind::Device),
        (vec![PROTOCOL_MAX - 1], Behind::Headquarters),
        (vec![], Behind::Headquarters),
    ];
    for (versions, behind) in cases {
        let desk = Desk::open();
        desk.arrive(3);
        desk.hq.state().versions = Some(versions);
        let error = desk.syncer.send_all().await.unwrap_err();
        assert!(matches!(error, SyncError::Version(who) if who == behind), "{error:?}");
        assert_eq!((desk.status().waiting, desk.hq.state().came.len()), (3, 0), "nothing was sent");
        desk.hq.state().versions = None;
        desk.syncer.send_all().await.unwrap();
        assert_eq!(desk.status().waiting, 0, "until one of them was brought up to date");
    }
}
