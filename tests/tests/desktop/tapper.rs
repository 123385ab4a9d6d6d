//! A clerk whose hands are quicker than anything can be written.

use crate::shop::{STORE, journey};
use floorbook_tests::desktop::{Plan, tap};

/// The long form, with 100,000 of them, is a chore of its own.
const ACTS: usize = 1_500;
const SEED: u64 = 20_261_124;

#[test]
fn a_restless_clerk_at_the_window_never_loses_a_tap_or_a_minute() {
    journey(async |shop| {
        let code = shop.hq.code(STORE)?;
        let folder = shop.folder.path().join("restless");
        let plan = Plan { hq: (&shop.hq, &shop.url, &code), folder: &folder, seed: SEED, acts: ACTS, bursts_a_life: 8 };
        let played = tap(&shop.desktop, &plan, |_| {}).await?;
        assert!(played.kills > 0 && played.locks > 0 && played.jumps > 0, "all of it was played: {played:?}");
        Ok(())
    });
}
