//! Pairing when something is wrong: what is said, and that it can be put right on the spot.

use crate::shop::{STORE, journey, new_hq};
use anyhow::{Context, Result};
use floorbook_tests::desktop::{App, Clerk, MANAGER};

#[test]
fn a_code_that_headquarters_never_gave_is_refused_and_the_right_one_works_after_it() {
    journey(async |shop| {
        let app = shop.app().await?;
        let code = shop.hq.code(STORE)?;
        app.ask_to_pair(&shop.url, &with_another_secret(&code), "收银台 1").await?;
        app.wait_for_error("code_unknown").await?;
        app.pair(&shop.url, &code, "收银台 1").await?;
        app.quit().await
    });
}

#[test]
fn a_code_works_once() {
    journey(async |shop| {
        let code = shop.hq.code(STORE)?;
        let app = shop.app().await?;
        app.pair(&shop.url, &code, "收银台 1").await?;
        app.quit().await?;
        let app = App::open(&shop.desktop, &shop.folder.path().join("device-2")).await?;
        app.ask_to_pair(&shop.url, &code, "收银台 2").await?;
        app.wait_for_error("code_unknown").await?;
        app.quit().await
    });
}

#[test]
fn trying_it_here_starts_a_headquarters_that_comes_back_with_the_app() {
    journey(async |shop| {
        for start in ["first", "second"] {
            let app = shop.app().await?;
            if start == "first" {
                app.wait_for_screen("setup").await?;
                app.click("setup-pack-jewellery").await?;
                app.click("setup-try").await?;
            }
            app.wait_for_screen("lock").await?;
            let clerk = Clerk::at(&app);
            clerk.signs_in(MANAGER, None).await?;
            let visit = clerk.welcomes(2).await?;
            clerk.closes(&visit, "buy").await?;
            app.wait_until_sent().await?;
            app.quit().await?;
        }
        Ok(())
    });
}

#[test]
fn headquarters_away_is_said_and_pairing_works_once_it_is_back() {
    journey(async |shop| {
        let app = shop.app().await?;
        let code = shop.hq.code(STORE)?;
        shop.hq.kill();
        app.ask_to_pair(&shop.url, &code, "收银台 1").await?;
        app.wait_for_error("hq_away").await?;
        shop.hq.serve()?;
        app.click("setup-pair").await?;
        app.puts_recovery_off().await?;
        app.quit().await
    });
}

#[test]
fn another_certificate_at_the_address_of_headquarters_is_not_trusted() {
    journey(async |shop| {
        let app = shop.app().await?;
        let code = shop.hq.code(STORE)?;
        shop.hq.kill();
        let mut impostor = new_hq(shop.folder.path().join("impostor"))?;
        impostor.serve_on(port_of(&shop.url)?)?;
        app.ask_to_pair(&shop.url, &code, "收银台 1").await?;
        app.wait_for_error("hq_untrusted").await?;

        impostor.kill();
        shop.hq.serve()?;
        app.click("setup-pair").await?;
        app.puts_recovery_off().await?;
        app.quit().await
    });
}

/// The code with its first letter changed: the same authority, another secret.
fn with_another_secret(code: &str) -> String {
    let first = if code.starts_with('7') { "8" } else { "7" };
    format!("{first}{}", code.get(1..).unwrap_or_default())
}

fn port_of(url: &str) -> Result<&str> {
    url.rsplit(':').next().context("an address with a port")
}
