//! What a screen looks like: its size, language and theme.

use super::App;
use anyhow::{Context, Result};
use serde_json::Value;

/// A tablet flat, a larger one flat and upright, a counter PC.
pub const SIZES: [(u32, u32); 4] = [(1024, 768), (1180, 820), (820, 1180), (1366, 768)];

/// Every language in every theme.
pub const LOOKS: [Look; 4] = [
    Look { locale: "zh-CN", theme: "light" },
    Look { locale: "zh-CN", theme: "dark" },
    Look { locale: "en", theme: "light" },
    Look { locale: "en", theme: "dark" },
];

const FLAWS: &str = concat!(
    include_str!("../../assets/cut.js"),
    include_str!("../../assets/form.js"),
    "return [...cutTexts(document.body), ...formFlaws()];"
);

/// A language and a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Such as `zh-CN`.
    pub locale: &'static str,
    /// `light` or `dark`.
    pub theme: &'static str,
}

impl App {
    /// Puts on a look by the buttons for it.
    ///
    /// # Errors
    /// When the page does not follow.
    pub async fn put_on(&self, look: Look) -> Result<()> {
        self.speak(look.locale).await?;
        self.wear(look.theme).await
    }

    /// What is cut, wraps badly, lies over something else or scrolls where it must not, in words.
    ///
    /// # Errors
    /// When the page cannot be asked.
    pub async fn flaws(&self) -> Result<Vec<String>> {
        self.settle().await?;
        words(self.ask(FLAWS).await?)
    }
}

/// A list of texts that a script gave.
pub(super) fn words(list: Value) -> Result<Vec<String>> {
    serde_json::from_value(list).context("not a list of texts")
}
