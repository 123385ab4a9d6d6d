//! Stores and their packs.

use crate::house::{House, small_pack};
use floorbook_hq::{HqError, NewStore};

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
    let error = house.hq.add_store(&refused).unwrap_err();
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
    assert!(matches!(house.hq.add_store(&changed), Err(HqError::PackTaken { .. })));
    changed.pack.version = 2;
    house.hq.add_store(&changed).unwrap();
    let versions: Vec<u32> = house.hq.stores().unwrap().iter().map(|line| line.pack_version).collect();
    assert_eq!(versions, [2, 1, 1], "the other stores keep theirs");
}

#[tokio::test]
async fn values_that_no_store_can_have_are_refused() {
    let house = House::open();
    let with = |change: &dyn Fn(&mut NewStore)| {
        let mut new = store("east");
        change(&mut new);
        house.hq.add_store(&new)
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
    assert!(matches!(house.hq.add_store(&store("north")), Err(HqError::StoreExists(_))));
    assert!(matches!(house.hq.make_code(&"nowhere".parse().unwrap(), 1), Err(HqError::StoreUnknown(_))));
    assert!(matches!(house.hq.make_code(&"north".parse().unwrap(), 0), Err(HqError::BadInput(_))));
}
