//! Floorbook in its window.

use super::{Desktop, PATIENCE, Window, eventually};
use crate::programs;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// The running app; its window's methods are its own.
#[derive(Debug)]
pub struct App {
    window: Window,
    data: PathBuf,
}

impl App {
    /// Opens Floorbook with its data in `data`.
    ///
    /// # Errors
    /// When it opens no window.
    pub async fn open(desktop: &Desktop, data: &Path) -> Result<Self> {
        Self::open_with(desktop, data, &["--size".into(), "1024x768".into()]).await
    }

    /// Opens Floorbook with its data in `data` and with what else is said on its command line.
    ///
    /// # Errors
    /// When it opens no window.
    pub async fn open_with(desktop: &Desktop, data: &Path, more: &[OsString]) -> Result<Self> {
        let arguments = [&["--data".into(), data.into()], more].concat();
        let window = Window::open(desktop, &programs::floorbook()?, &arguments).await?;
        Ok(Self { window, data: data.to_path_buf() })
    }

    /// Which texts of the page are cut or lie on one another.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn cut_texts(&self) -> Result<Vec<String>> {
        let found = self.ask(concat!(include_str!("../../assets/cut.js"), "return cutTexts(document.body)")).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Where the device keeps its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The screen that is shown now: setup, recovery, trouble, lock, floor, daylog, turned or thanks.
    ///
    /// # Errors
    /// When none is shown.
    pub async fn screen(&self) -> Result<String> {
        self.attribute("[data-screen]", "data-screen").await?.context("a screen without a name")
    }

    /// Waits for any screen and names it.
    ///
    /// # Errors
    /// When none is painted.
    pub async fn first_screen(&self) -> Result<String> {
        eventually("a first screen", PATIENCE, async || Ok(Some(self.screen().await?))).await
    }

    /// Waits for a certain screen.
    ///
    /// # Errors
    /// When another one stays; its name is in the message, with the error it shows.
    pub async fn wait_for_screen(&self, wanted: &str) -> Result<()> {
        eventually(&format!("the {wanted} screen"), PATIENCE, async || {
            let shown = self.screen().await?;
            if shown == wanted {
                return Ok(Some(()));
            }
            let code = self.attribute("[data-code]", "data-code").await.ok().flatten();
            bail!("it is {shown}, with the error {code:?}")
        })
        .await
    }

    /// Waits for the code of the error in sight.
    ///
    /// # Errors
    /// When none, or another one, is shown.
    pub async fn wait_for_error(&self, code: &str) -> Result<()> {
        self.wait_for_attribute("[data-code]", "data-code", |shown| shown == code).await.map(drop)
    }

    /// Fills in the pairing form and sends it; what comes of it is seen on the screen.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn ask_to_pair(&self, url: &str, code: &str, device: &str) -> Result<()> {
        self.wait_for_screen("setup").await?;
        self.type_into("setup-url", url).await?;
        self.type_into("setup-code", code).await?;
        self.type_into("setup-device", device).await?;
        self.click("setup-pair").await
    }

    /// Pairs with HQ, and writes no recovery code down.
    ///
    /// # Errors
    /// When HQ or the app refuses.
    pub async fn pair(&self, url: &str, code: &str, device: &str) -> Result<()> {
        self.ask_to_pair(url, code, device).await?;
        self.puts_recovery_off().await
    }

    /// Leaves the page of the recovery code, which follows pairing, for the lock screen.
    ///
    /// # Errors
    /// When the page does not come, or stays.
    pub async fn puts_recovery_off(&self) -> Result<()> {
        self.wait_for_screen("recovery").await?;
        self.click("recovery-later").await?;
        self.wait_for_screen("lock").await
    }

    /// Has a recovery code made, as a button in sight offers, and reads it off the page.
    ///
    /// # Errors
    /// When none is shown.
    pub async fn reads_recovery_code(&self) -> Result<String> {
        self.click("recovery-make").await?;
        let shown = self.text("recovery-code").await?;
        Ok(shown.split_whitespace().collect::<Vec<_>>().join("-"))
    }

    /// How many records wait to be sent, as the chip says.
    ///
    /// # Errors
    /// When there is no chip.
    pub async fn waiting(&self) -> Result<usize> {
        let waiting = self.attribute("[data-testid=\"sync-chip\"]", "data-waiting").await?;
        Ok(waiting.context("a chip without a number")?.parse()?)
    }

    /// Waits until nothing waits to be sent. The panel's button is pressed, so that neither a back-off under way
    /// nor a number that is not up to date decides how this ends.
    ///
    /// # Errors
    /// When something still waits after a minute.
    pub async fn wait_until_sent(&self) -> Result<()> {
        // The day log waits for every tap on its way; whatever is said of sending before that is too early.
        self.click("tab-daylog").await?;
        self.wait_for_attribute("[data-screen=\"daylog\"]", "aria-busy", |busy| busy == "false").await?;
        for button in ["sync-chip", "send-now", "sync-chip"] {
            self.click(button).await?;
        }
        // The chip may still show the number from before the answer; the shell counts in its database.
        let count = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke('sync_status').then((status) => done(status.waiting), () => done(null));";
        eventually("everything is sent", 3 * PATIENCE, async || match self.ask_later(count).await?.as_u64() {
            Some(0) if self.waiting().await? == 0 => Ok(Some(())),
            some => bail!("{some:?} still wait"),
        })
        .await
    }

    /// Switches to a language by the button for it.
    ///
    /// # Errors
    /// When the page does not follow.
    pub async fn speak(&self, locale: &str) -> Result<()> {
        if self.attribute("html", "lang").await?.as_deref() != Some(locale) {
            self.click("lang").await?;
            self.wait_for_attribute("html", "lang", |shown| shown == locale).await?;
        }
        Ok(())
    }

    /// Switches to a theme by the button for it.
    ///
    /// # Errors
    /// When it is not among those the button goes through.
    pub async fn wear(&self, theme: &str) -> Result<()> {
        let button = "[data-testid=\"theme\"]";
        for _ in ["system", "light", "dark"] {
            let worn = self.attribute(button, "data-theme-choice").await?;
            if worn.as_deref() == Some(theme) {
                return Ok(());
            }
            self.click("theme").await?;
            self.wait_for_attribute(button, "data-theme-choice", |now| Some(now) != worn.as_deref()).await?;
        }
        bail!("no theme {theme}")
    }

    /// Closes the window in good order.
    ///
    /// # Errors
    /// When the program stays.
    pub async fn quit(self) -> Result<()> {
        self.window.quit().await
    }

    /// Ends the program like `kill -9`.
    ///
    /// # Errors
    /// When there is no program to end.
    pub async fn kill(self) -> Result<()> {
        self.window.kill().await
    }
}

impl From<(Window, PathBuf)> for App {
    fn from((window, data): (Window, PathBuf)) -> Self {
        Self { window, data }
    }
}

impl Deref for App {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.window
    }
}
