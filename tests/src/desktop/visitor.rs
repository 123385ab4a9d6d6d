//! A visitor with the screen in their hands, and the manager they come back to.

use super::{App, Clerk, PATIENCE, Staff, eventually};
use anyhow::{Context, Result, ensure};

/// Whoever has the screen that a clerk turned to them.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    app: &'a App,
}

impl<'a> Visitor<'a> {
    /// Takes the screen from `clerk`, who has their visit open.
    ///
    /// # Errors
    /// When it is not turned.
    pub async fn takes_screen(clerk: Clerk<'a>) -> Result<Self> {
        let app = clerk.app();
        app.click("contact-open").await?;
        app.click("contact-turn").await?;
        app.wait_for_screen("turned").await?;
        Ok(Self { app })
    }

    /// Types a number and submits, agreeing to nothing yet.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn types(&self, phone: &str) -> Result<()> {
        self.app.type_into("visitor-phone", phone).await?;
        self.app.click("visitor-submit").await
    }

    /// Ticks a purpose and their age and submits; gives the code of the receipt.
    ///
    /// # Errors
    /// When no receipt is shown.
    pub async fn agrees(&self) -> Result<String> {
        self.app.click("purpose-notify").await?;
        self.app.click("of-age").await?;
        self.app.click("visitor-submit").await?;
        self.app.wait_for_screen("thanks").await?;
        self.app.text("receipt").await
    }

    /// Hands the screen back, with whatever is on it.
    ///
    /// # Errors
    /// When it is not locked then.
    pub async fn hands_back(self) -> Result<()> {
        self.app.click("hand-back").await?;
        self.app.wait_for_screen("lock").await
    }
}

impl Clerk<'_> {
    /// What the form says of the contact of the open visit.
    ///
    /// # Errors
    /// When it does not come to say `wanted`.
    pub async fn sees_contact(&self, wanted: &str) -> Result<()> {
        eventually(&format!("the form says {wanted}"), PATIENCE, async || {
            let said = self.app().text("contact-open").await?;
            Ok(said.contains(wanted).then_some(()))
        })
        .await
    }

    /// Looks for the contact of a visitor in the settings, by their number or receipt code; a PIN is typed once more
    /// where it is asked for.
    ///
    /// # Errors
    /// When nothing is said of it.
    pub async fn looks_for_contact(&self, who: Staff, query: &str) -> Result<()> {
        let app = self.app();
        if !app.shows("rights-query").await? {
            app.click("settings-open").await?;
        }
        app.type_into("rights-query", query).await?;
        app.click("rights-find").await?;
        let answers = ["rights-contact", "rights-none", "pin-ask"];
        let shown = eventually("what is left of them", PATIENCE, async || {
            for answer in answers {
                if app.shows(answer).await? {
                    return Ok(Some(answer));
                }
            }
            Ok(None)
        })
        .await?;
        if shown == "pin-ask" { self.types_pin(who.pin).await } else { Ok(()) }
    }

    /// Erases the contact that was found, by two taps.
    ///
    /// # Errors
    /// When it is not said to be erased.
    pub async fn erases_contact(&self) -> Result<()> {
        let app = self.app();
        app.click("rights-erase").await?;
        app.click("rights-sure").await?;
        app.wait_for_attribute("[data-testid=\"rights-done\"]", "data-done", |done| done == "erased").await.map(drop)
    }

    /// Everything that is kept of the visitor, as the page for them has it.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn reads_copy(&self) -> Result<serde_json::Value> {
        let app = self.app();
        app.click("rights-copy").await?;
        let text = app.wait_for("copy-json").await?.value().await?.context("a copy without a text")?;
        app.click("copy-close").await?;
        let copy: serde_json::Value = serde_json::from_str(&text)?;
        ensure!(copy.is_object(), "not a document: {copy}");
        Ok(copy)
    }
}
