//! A shop assistant at the window: signs in, writes visitors down, never waits for a save button.

use super::window::by_test_id;
use super::{App, PATIENCE, eventually};
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Somebody on the roster, and the PIN they choose.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    /// The id of their tile.
    pub id: &'static str,
    /// Six digits.
    pub pin: &'static str,
}

/// 店长.
pub const MANAGER: Staff = Staff { id: "m01", pin: "204816" };
/// 小李.
pub const LI: Staff = Staff { id: "c01", pin: "593027" };

/// Whoever stands at the window.
#[derive(Clone, Copy, Debug)]
pub struct Clerk<'a> {
    app: &'a App,
}

impl<'a> Clerk<'a> {
    /// Somebody at this app.
    pub fn at(app: &'a App) -> Self {
        Self { app }
    }

    /// The app they stand at.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Signs in; whoever has no PIN yet chooses one, which the manager approves.
    ///
    /// # Errors
    /// When the floor does not open.
    pub async fn signs_in(&self, who: Staff, approved_by: Option<Staff>) -> Result<()> {
        self.app.wait_for_screen("lock").await?;
        let tile = format!("clerk-{}", who.id);
        self.app.click(&tile).await?;
        let has_pin = self.app.attribute(&format!("[data-testid=\"{tile}\"]"), "data-has-pin").await?;
        self.types_pin(who.pin).await?;
        if has_pin.as_deref() != Some("true") {
            self.types_pin(who.pin).await?;
            if let Some(manager) = approved_by {
                self.approves(manager).await?;
            }
        }
        self.app.wait_for_screen("floor").await
    }

    /// Somebody who has forgotten their PIN chooses `new`, and a manager approves.
    ///
    /// # Errors
    /// When the floor does not open.
    pub async fn forgot_pin(&self, who: Staff, new: &str, approved_by: Staff) -> Result<()> {
        self.chooses_new_pin(who, new).await?;
        self.approves(approved_by).await?;
        self.app.wait_for_screen("floor").await
    }

    /// Somebody who has forgotten their PIN chooses `new`; whoever approves is to come yet.
    ///
    /// # Errors
    /// When the pad is shut.
    pub async fn chooses_new_pin(&self, who: Staff, new: &str) -> Result<()> {
        self.app.wait_for_screen("lock").await?;
        self.app.click(&format!("clerk-{}", who.id)).await?;
        self.app.click("pin-forgot").await?;
        self.types_pin(new).await?;
        self.types_pin(new).await
    }

    /// A manager types their PIN for a new one; among several they say who they are.
    async fn approves(&self, manager: Staff) -> Result<()> {
        let choice = format!("approve-by-{}", manager.id);
        if self.app.shows(&choice).await? {
            self.app.click(&choice).await?;
        }
        self.types_pin(manager.pin).await
    }

    /// Types six digits on the pad.
    ///
    /// # Errors
    /// When the pad is shut.
    pub async fn types_pin(&self, pin: &str) -> Result<()> {
        for digit in pin.chars() {
            self.app.click(&format!("pin-{digit}")).await?;
        }
        Ok(())
    }

    /// Locks the device.
    ///
    /// # Errors
    /// When it stays open.
    pub async fn locks(&self) -> Result<()> {
        self.app.click("lock").await?;
        self.app.wait_for_screen("lock").await
    }

    /// One tap for a party of `size`; gives the id of its visit, which is then the open one.
    ///
    /// # Errors
    /// When no new card appears.
    pub async fn welcomes(&self, size: u8) -> Result<String> {
        let before = self.running().await?;
        self.app.click(&format!("size-{size}")).await?;
        self.sees_new_card(&before).await
    }

    /// Waits for a card that was not there `before`; gives the id of its visit, which is then the open one.
    ///
    /// # Errors
    /// When none appears.
    pub async fn sees_new_card(&self, before: &[String]) -> Result<String> {
        eventually("a new card", PATIENCE, async || {
            let cards = self.cards().await?;
            Ok(cards.into_iter().find(|(id, active)| *active && !before.contains(id)).map(|(id, _)| id))
        })
        .await
    }

    /// Presses the key that an element says is its own.
    ///
    /// # Errors
    /// When it says none, or more than one.
    pub async fn strikes(&self, id: &str) -> Result<()> {
        let one = |keys: &str| keys.chars().count() == 1;
        let key = self.app.wait_for_attribute(&by_test_id(id), "aria-keyshortcuts", one).await?;
        self.app.strike(key.chars().next().context("one key")?.to_ascii_lowercase()).await
    }

    /// The visits whose cards are on the floor.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn running(&self) -> Result<Vec<String>> {
        Ok(self.cards().await?.into_iter().map(|(id, _)| id).collect())
    }

    /// Turns to a visitor whose card is on the floor.
    ///
    /// # Errors
    /// When the card is not there.
    pub async fn turns_to(&self, visit: &str) -> Result<()> {
        let card = format!("[data-testid=\"card\"][data-visit-id=\"{visit}\"]");
        self.app.click_on(&card).await?;
        self.app.wait_for_attribute(&card, "data-active", |active| active == "true").await.map(drop)
    }

    /// Taps a chip that is not chosen yet, opening the rest of its group where it stands there.
    ///
    /// # Errors
    /// When there is no such chip, or it does not show as chosen.
    pub async fn taps(&self, group: &str, code: &str) -> Result<()> {
        let chip = format!("chip-{group}-{code}");
        if self.app.shows(&chip).await? {
            self.app.click(&chip).await?;
            return self.sees(group, code).await;
        }
        self.app.click(&format!("more-{group}")).await?;
        self.app.click(&chip).await?;
        // A group of one choice closes by itself, the others stay open for the next tap.
        let left = eventually("the tap shows", PATIENCE, async || match self.is_chosen(&chip).await? {
            Some(false) => Ok(None),
            shown => Ok(Some(shown)),
        })
        .await?;
        if left.is_some() { self.app.click("drawer-close").await } else { Ok(()) }
    }

    /// Waits until a chip shows as chosen.
    ///
    /// # Errors
    /// When it does not.
    pub async fn sees(&self, group: &str, code: &str) -> Result<()> {
        let chip = format!("[data-testid=\"chip-{group}-{code}\"]");
        self.app.wait_for_attribute(&chip, "aria-pressed", |pressed| pressed == "true").await.map(drop)
    }

    /// Writes the note of the open visit.
    ///
    /// # Errors
    /// When the note cannot be opened or typed.
    pub async fn notes(&self, text: &str) -> Result<()> {
        self.app.click("note-open").await?;
        self.app.type_into("note", text).await?;
        self.app.click("drawer-close").await
    }

    /// The note of the open visit.
    ///
    /// # Errors
    /// When the note cannot be opened.
    pub async fn reads_note(&self) -> Result<String> {
        self.app.click("note-open").await?;
        let note = self.app.wait_for("note").await?.value().await?.context("a note without a value")?;
        self.app.click("drawer-close").await?;
        Ok(note)
    }

    /// Closes the open visit with one of the pads, or with an outcome behind them.
    ///
    /// # Errors
    /// When its card stays.
    pub async fn closes(&self, visit: &str, outcome: &str) -> Result<()> {
        let pad = format!("outcome-{outcome}");
        if !self.app.shows(&pad).await? {
            self.app.click("outcome-more").await?;
        }
        self.app.click(&pad).await?;
        self.sees_off(visit).await
    }

    /// Closes the open visit as not bought, with its reason.
    ///
    /// # Errors
    /// When its card stays.
    pub async fn closes_unsold(&self, visit: &str, reason: &str) -> Result<()> {
        self.app.click("outcome-none").await?;
        self.app.click(&format!("reason-{reason}")).await?;
        self.sees_off(visit).await
    }

    /// Types the amount of the sale just made.
    ///
    /// # Errors
    /// When nothing asks for it.
    pub async fn enters_amount(&self, amount: &str) -> Result<()> {
        // No Enter: digits that come as fast as the driver's, ended by one, are a scanner's.
        self.app.type_into("sale-amount", amount).await?;
        self.app.click("sale-close").await
    }

    /// Takes the last thing back and waits until `visit` runs again.
    ///
    /// # Errors
    /// When its card does not come back.
    pub async fn undoes_closing(&self, visit: &str) -> Result<()> {
        self.app.click("undo").await?;
        eventually("the card comes back", PATIENCE, async || {
            Ok(self.running().await?.iter().any(|id| id == visit).then_some(()))
        })
        .await
    }

    /// Opens the day log, complete with every tap made so far.
    ///
    /// # Errors
    /// When it stays empty or busy.
    pub async fn opens_day_log(&self) -> Result<()> {
        self.app.click("tab-daylog").await?;
        self.app.wait_for_screen("daylog").await?;
        self.app.wait_for("figure-parties").await?;
        self.app.wait_for_attribute("[data-screen=\"daylog\"]", "aria-busy", |busy| busy == "false").await.map(drop)
    }

    /// Turns the open day log one day back; `false` when there is none before.
    ///
    /// # Errors
    /// When the other day does not come.
    pub async fn opens_previous_day(&self) -> Result<bool> {
        if !self.app.wait_for("day-previous").await?.is_enabled().await? {
            return Ok(false);
        }
        let title = "[data-testid=\"day-title\"]";
        let shown = self.app.attribute(title, "data-day").await?;
        self.app.click("day-previous").await?;
        self.app.wait_for_attribute(title, "data-day", |day| Some(day) != shown.as_deref()).await?;
        Ok(true)
    }

    /// Goes back to the floor.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn opens_floor(&self) -> Result<()> {
        self.app.click("tab-floor").await?;
        self.app.wait_for_screen("floor").await
    }

    /// Every tap made so far is durable when this returns: the day log waits for them.
    ///
    /// # Errors
    /// When a screen does not open.
    pub async fn settles(&self) -> Result<()> {
        self.opens_day_log().await?;
        self.opens_floor().await
    }

    /// The visits of the day that the open day log shows, all pages of them.
    ///
    /// # Errors
    /// When a page does not come.
    pub async fn reads_day(&self) -> Result<Vec<String>> {
        while self.app.shows("day-more").await? {
            let rows = self.app.count(ROW).await?;
            self.app.click("day-more").await?;
            eventually("another page", PATIENCE, async || Ok((self.app.count(ROW).await? > rows).then_some(())))
                .await?;
        }
        let ids = "return [...document.querySelectorAll('[data-testid=day-row]')].map(row => row.dataset.visitId)";
        let Value::Array(ids) = self.app.ask(ids).await? else { bail!("no list of rows") };
        ids.iter().map(|id| id.as_str().map(str::to_owned).context("a row without its visit")).collect()
    }

    /// Whether a chip shows as chosen; `None` when it is not in sight.
    async fn is_chosen(&self, chip: &str) -> Result<Option<bool>> {
        let pressed = format!("return document.querySelector('[data-testid=\"{chip}\"]')?.ariaPressed ?? null");
        Ok(self.app.ask(&pressed).await?.as_str().map(|pressed| pressed == "true"))
    }

    /// Waits until the card of a visit has left.
    ///
    /// # Errors
    /// When it stays.
    pub async fn sees_off(&self, visit: &str) -> Result<()> {
        eventually("the card leaves", PATIENCE, async || {
            Ok((!self.running().await?.iter().any(|id| id == visit)).then_some(()))
        })
        .await
    }

    /// Id and whether it is the open one, of each card.
    async fn cards(&self) -> Result<Vec<(String, bool)>> {
        let cards = "return [...document.querySelectorAll('[data-testid=card]')]\
                     .map(card => [card.dataset.visitId, card.dataset.active === 'true'])";
        Ok(serde_json::from_value(self.app.ask(cards).await?)?)
    }
}

const ROW: &str = "[data-testid=\"day-row\"]";
