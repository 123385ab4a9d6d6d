//! No network: the shop goes on.

use crate::shop::journey;
use floorbook_tests::desktop::{Clerk, PATIENCE, eventually};

#[test]
fn visits_wait_while_headquarters_is_away_and_drain_when_it_is_back() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        let before = clerk.welcomes(1).await?;
        clerk.closes(&before, "buy").await?;
        app.wait_until_sent().await?;
        clerk.opens_floor().await?;

        shop.hq.kill();
        let mut logged = vec![before];
        for size in [1, 2, 3] {
            let visit = clerk.welcomes(size).await?;
            clerk.closes_unsold(&visit, "browse").await?;
            logged.push(visit);
        }
        clerk.settles().await?;
        eventually("the chip says that visits wait", PATIENCE, async || {
            let held = app.waiting().await? >= 3;
            Ok(held.then_some(()))
        })
        .await?;

        shop.hq.serve()?;
        app.wait_until_sent().await?;
        let at_hq = shop.hq.visits()?;
        assert_eq!(at_hq.len(), logged.len(), "no visit more, no visit less");
        assert!(logged.iter().all(|visit| at_hq.get(visit) == Some(&1)), "each exactly once: {at_hq:?}");
        app.quit().await
    });
}

#[test]
fn what_waits_survives_a_kill_of_the_app() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        let clerk = Clerk::at(&app);
        shop.hq.kill();
        let visit = clerk.welcomes(4).await?;
        clerk.closes(&visit, "lead").await?;
        clerk.settles().await?;
        app.kill().await?;

        shop.hq.serve()?;
        let app = shop.app_again().await?;
        app.wait_until_sent().await?;
        assert_eq!(shop.hq.visits()?.get(&visit), Some(&1), "what stood in the database went out");
        app.quit().await
    });
}
