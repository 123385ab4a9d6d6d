//! Stores and their packs.

use crate::house::{House, small_pack};
use floorbook_hq::{Because, HqError, NewStore};
use floorbook_protocol::Policy;

fn store(id: &str) -> NewStore {
    NewStore::new(id.parse().unwrap(), "新店", small_pack())
}

#[tokio::test]
async fn a_pack_that_asks_for_what_is_never_collected_is_refused_with_every_reason() {
    let house = House::open();
    let mut refused = store("east");
    refused.pack.groups[0].label.zh = "身高".to_owned();
    refused.pack.groups[0].front = 9;
    refused.pack.outcomes.clear();
    let error = house.hq.add_store(&refused, Because::default()).unwrap_err();
    let HqError::PackRefused(findings) = &error else { panic!("{error:?}") };
    assert_eq!(findings.len(), 5, "{findings:?}");
    assert_eq!(error.to_string().lines().count(), 6, "the operator reads every one");
    assert_eq!(house.hq.stores().unwrap().len(), 2, "nothing was stored");
}

#[tokio::test]
async fn a_published_pack_version_never_changes() {
    let house = House::open();
    let mut changed = store("east");
    changed.pack.groups[0].label.zh = "年纪".to_owned();
    assert!(matches!(house.hq.add_store(&changed, Because::default()), Err(HqError::PackTaken { .. })));
    changed.pack.version = 2;
    house.hq.add_store(&changed, Because::default()).unwrap();
    let versions: Vec<u32> = house.hq.stores().unwrap().iter().map(|line| line.pack_version).collect();
    assert_eq!(versions, [2, 1, 1], "the other stores keep theirs");
}

#[tokio::test]
async fn values_that_no_store_can_have_are_refused() {
    let house = House::open();
    let with = |change: &dyn Fn(&mut NewStore)| {
        let mut new = store("east");
        change(&mut new);
        house.hq.add_store(&new, Because::default())
    };
    for refused in [
        with(&|new| new.record.time_zone = "Asia/Nowhere".to_owned()),
        with(&|new| new.record.cut_hour = 24),
        with(&|new| new.record.currency = "yuan".to_owned()),
        with(&|new| new.record.name = " ".to_owned()),
        with(&|new| new.roster.clear()),
        with(&|new| drop(new.roster.remove(0))),
        with(&|new| new.roster.push(new.roster[1].clone())),
    ] {
        assert!(matches!(refused, Err(HqError::BadInput(_))), "{refused:?}");
    }
    assert!(matches!(house.hq.add_store(&store("north"), Because::default()), Err(HqError::StoreExists(_))));
    assert!(matches!(
        house.hq.make_code(&"nowhere".parse().unwrap(), 1, Because::default()),
        Err(HqError::StoreUnknown(_))
    ));
    assert!(matches!(house.hq.make_code(&"north".parse().unwrap(), 0, Because::default()), Err(HqError::BadInput(_))));
}

#[tokio::test]
async fn what_a_store_cannot_have_is_not_changed_into_either() {
    let house = House::open();
    let north = "north".parse().unwrap();
    let roster = store("east").roster;
    for refused in [&[][..], &roster[1..], &[roster[0].clone(), roster[0].clone()]] {
        assert!(
            matches!(house.hq.set_roster(&north, refused, Because::default()), Err(HqError::BadInput(_))),
            "{refused:?}"
        );
    }
    let rules = |manager, wipe| {
        house.hq.set_policy(
            &north,
            |policy| {
                (policy.manager_after_days, policy.wipe_after_days) = (manager, wipe);
            },
            Because::default(),
        )
    };
    for (manager, wipe) in [(Some(0), None), (Some(366), None), (None, Some(0)), (Some(7), Some(13))] {
        assert!(matches!(rules(manager, wipe), Err(HqError::BadInput(_))), "{manager:?} {wipe:?}");
    }
    let nowhere = "nowhere".parse().unwrap();
    assert!(matches!(house.hq.set_roster(&nowhere, &roster, Because::default()), Err(HqError::StoreUnknown(_))));
    assert!(matches!(house.hq.set_pack(&nowhere, &small_pack(), Because::default()), Err(HqError::StoreUnknown(_))));
    assert!(matches!(house.hq.set_policy(&nowhere, |_| (), Because::default()), Err(HqError::StoreUnknown(_))));
    let device = house.device_of("north").await;
    assert_eq!(device.grant.roster, roster);
    assert_eq!(device.grant.policy, Policy::default());
    for (manager, wipe) in [(Some(7), Some(14)), (None, Some(1)), (Some(365), None), (None, None)] {
        assert_eq!(rules(manager, wipe).unwrap().wipe_after_days, wipe);
    }
    assert!(house.ask(&device).await.unwrap().kit.is_some());
}

#[tokio::test]
async fn a_store_goes_on_to_later_versions_of_its_pack_or_to_another_trade() {
    let house = House::open();
    let north = "north".parse().unwrap();
    let pack = |id: &str, version| {
        let mut pack = small_pack();
        (pack.id, pack.version) = (id.to_owned(), version);
        pack
    };
    let mut refused = pack("small", 2);
    refused.outcomes.clear();
    assert!(matches!(house.hq.set_pack(&north, &refused, Because::default()), Err(HqError::PackRefused(_))));
    house.hq.set_pack(&north, &pack("small", 3), Because::default()).unwrap();
    for version in [2, 3] {
        assert!(matches!(
            house.hq.set_pack(&north, &pack("small", version), Because::default()),
            Err(HqError::PackNotLater { .. })
        ));
    }
    house.hq.set_pack(&north, &pack("other", 1), Because::default()).unwrap();
    house.hq.set_pack(&north, &pack("small", 1), Because::default()).unwrap();
    let lines = house.hq.stores().unwrap();
    let packs: Vec<_> = lines.iter().map(|line| (line.pack.as_str(), line.pack_version)).collect();
    assert_eq!(packs, [("small", 1), ("small", 1)]);
}
