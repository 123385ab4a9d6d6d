//! What headquarters wants of a device, in the window and on the disk.

use crate::shop::{STORE, journey};
use anyhow::Result;
use floorbook_tests::desktop::{App, Clerk, MANAGER};
use std::fs;

#[test]
fn a_stolen_device_forgets_everything_while_somebody_looks_at_it() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        clerk.welcomes(2).await?;
        clerk.settles().await?;
        app.wait_until_sent().await?;

        let device = shop.hq.only_device()?;
        shop.hq.wipes(&device)?;
        asks_headquarters(&app).await?;
        app.wait_for("wiped").await?;
        app.wait_for_screen("setup").await?;
        assert!(shop.desktop.keyring().secret()?.is_none(), "the keyring has no key of it");
        let left: Vec<String> = fs::read_dir(shop.device())?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with("floorbook.db") || name == "recovery.sealed")
            .collect();
        assert_eq!(left, [""; 0], "and the disk no database");
        app.quit().await?;

        let app = shop.app().await?;
        app.wait_for("wiped").await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        Clerk::at(&app).signs_in(MANAGER, None).await?;
        app.quit().await
    });
}

#[test]
fn a_device_that_is_shut_out_lets_nobody_in() {
    journey(async |shop| {
        let app = shop.app().await?;
        app.pair(&shop.url, &shop.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        clerk.welcomes(2).await?;
        clerk.settles().await?;
        app.wait_until_sent().await?;
        shop.hq.shuts_out(&shop.hq.only_device()?)?;
        asks_headquarters(&app).await?;
        app.wait_for_error("shut_out").await?;
        app.quit().await?;

        let app = shop.app().await?;
        app.wait_for_error("shut_out").await?;
        app.quit().await
    });
}

/// At once, where it would do so within some minutes.
async fn asks_headquarters(app: &App) -> Result<()> {
    app.ask("void window.__TAURI_INTERNALS__.invoke('send_now')").await.map(drop)
}
