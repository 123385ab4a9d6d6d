//! Two counters of one store, each with its own window.

use crate::shop::{STORE, Shop, journey};
use anyhow::Result;
use floorbook_tests::desktop::{App, Clerk, MANAGER, PATIENCE, eventually};
use std::time::{Duration, Instant};

/// A board shows what another one logged within so long.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn what_one_counter_logs_the_other_ones_board_shows_within_a_second() {
    journey(async |shop| {
        let (first, second) = (counter(shop, "first").await?, counter(shop, "second").await?);
        let (li, wang) = (Clerk::at(&first), Clerk::at(&second));

        let start = Instant::now();
        let visit = li.welcomes(2).await?;
        appears(&wang, &visit).await?;
        assert!(start.elapsed() < SOON, "a party that came in: {:?}", start.elapsed());

        let start = Instant::now();
        wang.closes(&visit, "buy").await?;
        eventually("the card to go", PATIENCE, async || Ok(li.running().await?.is_empty().then_some(()))).await?;
        assert!(start.elapsed() < 2 * SOON, "a party that left, with the taps for it: {:?}", start.elapsed());

        li.opens_day_log().await?;
        assert_eq!(li.reads_day().await?.len(), 1, "the day log of the first has it too");
        first.quit().await?;
        second.quit().await
    });
}

async fn counter(shop: &Shop, name: &str) -> Result<App> {
    let app = App::open(&shop.desktop, &shop.folder.path().join(name)).await?;
    app.pair(&shop.url, &shop.hq.code(STORE)?, name).await?;
    Clerk::at(&app).signs_in(MANAGER, None).await?;
    Ok(app)
}

async fn appears(clerk: &Clerk<'_>, visit: &str) -> Result<()> {
    let shows = async || Ok(clerk.running().await?.iter().any(|id| id == visit).then_some(()));
    eventually("the card on the other board", PATIENCE, shows).await
}
