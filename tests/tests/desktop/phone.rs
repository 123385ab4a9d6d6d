//! A visitor leaves a contact on their own phone, beside the screen that is turned to them.

use crate::contact::{PHONE, no_trace};
use crate::shop::{Shop, journey};
use anyhow::{Context, Result, ensure};
use floorbook_tests::desktop::{App, Clerk, LI, PATIENCE, SIZES, Visitor, eventually};
use floorbook_tests::phone::Phone;

const AGREED: [(&str, &str); 3] = [("phone", PHONE), ("purpose", "notify"), ("age", "yes")];

/// The visitor of a new visit has the screen, and a phone that has scanned the code on it.
async fn turned<'a>(app: &'a App) -> Result<(Visitor<'a>, Phone)> {
    let clerk = Clerk::at(app);
    clerk.welcomes(1).await?;
    let visitor = Visitor::takes_screen(clerk).await?;
    let url = app.wait_for("phone-page").await?.attr("data-url").await?.context("a code that leads nowhere")?;
    Ok((visitor, Phone::scans(&url)))
}

#[test]
fn a_visitor_leaves_a_contact_on_their_own_phone() {
    journey(async |shop| {
        shop.hq.serve_phones_too()?;
        let app = shop.app_in_use().await?;
        let (_, phone) = turned(&app).await?;
        for (width, height) in SIZES {
            app.set_size(width, height).await?;
            let flaws = app.flaws().await?;
            ensure!(flaws.is_empty(), "{width}x{height}: {flaws:?}");
        }
        ensure!(phone.opens()?.html.contains("我们如何使用您的信息"), "the notice is not there");
        app.wait_for_attribute("[data-testid=\"phone-page\"]", "data-seen", |seen| seen == "true").await?;
        let again = phone.sends(&[("phone", "138"), AGREED[1], AGREED[2]])?;
        ensure!(again.html.contains("手机号不对") && again.html.contains("value=\"138\""), "{}", again.html);
        ensure!(app.screen().await? == "turned", "what was wrong is put right on the phone");

        let thanks = phone.sends(&AGREED)?;
        let code = thanks.receipt().context("no receipt")?.to_owned();
        app.wait_for_screen("thanks").await?;
        ensure!(app.text("receipt").await? == code, "another code on the screen");
        ensure!(phone.opens()?.is_closed(), "the page is open still");
        app.click("thanks-end").await?;
        Clerk::at(&app).signs_in(LI, None).await?;
        Clerk::at(&app).sees_contact("•••• 8000").await?;
        app.wait_until_sent().await?;
        ensure!(shop.hq.contacts()? == [(code, "kept".to_owned())]);
        no_trace(shop, "while it is kept")?;
        app.quit().await
    });
}

#[test]
fn a_visitor_refuses_on_their_phone_and_the_page_goes_with_the_screen() {
    journey(async |shop| {
        shop.hq.serve_phones_too()?;
        let app = shop.app_in_use().await?;
        let (_, phone) = turned(&app).await?;
        phone.sends(&[AGREED[0], ("none", "yes")])?;
        app.wait_for_screen("lock").await?;
        ensure!(phone.opens()?.is_closed(), "the page is open still");

        Clerk::at(&app).signs_in(LI, None).await?;
        let (visitor, phone) = turned(&app).await?;
        visitor.hands_back().await?;
        Clerk::at(&app).signs_in(LI, None).await?;
        let (_, another) = turned(&app).await?;
        ensure!(phone.sends(&AGREED)?.is_closed() && !another.opens()?.is_closed(), "it went with the screen");
        app.kill().await?;
        nothing_is_kept(shop, &another)
    });
}

/// The device is gone, and a visitor still types.
fn nothing_is_kept(shop: &Shop, phone: &Phone) -> Result<()> {
    let said = phone.sends(&AGREED)?;
    // Headquarters may have handed it to the device in the moment in which that went.
    let is_honest = ["什么都没有留下", "不知道有没有收好"].iter().any(|words| said.html.contains(words));
    ensure!(is_honest, "{}", said.html);
    ensure!(shop.hq.contacts()?.is_empty());
    no_trace(shop, "after all")
}

#[test]
fn the_code_goes_when_headquarters_does() {
    journey(async |shop| {
        shop.hq.serve_phones_too()?;
        let app = shop.app_in_use().await?;
        let (visitor, _) = turned(&app).await?;
        shop.hq.kill();
        eventually("the code is gone", PATIENCE, async || Ok((!app.shows("phone-page").await?).then_some(()))).await?;
        visitor.types(PHONE).await?;
        app.wait_for_error("consent_missing").await?;
        visitor.agrees().await?;
        app.quit().await
    });
}
