//! What a device shows, not what it knows: language, theme, hand, size of the text, sound and when it locks, in a
//! small file beside the database so that they hold before anything is unlocked.

use crate::{CoreError, files};
use serde::{Deserialize, Serialize};
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

const FILE: &str = "prefs.json";

/// Language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The hand that taps: the form lies on its side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Right: the cards stand on the left, out of its way.
    #[default]
    Right,
    /// Left.
    Left,
}

/// Preferences of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// Language; `None` follows the system.
    pub locale: Option<Locale>,
    /// Theme.
    pub theme: Theme,
    /// Hand.
    pub hand: Hand,
    /// Size of the text in percent, within [`TEXT_PCT`].
    pub text_pct: u16,
    /// A quiet click when somebody comes in or a visit is closed.
    pub sound: bool,
    /// After so many seconds without a hand on it the device is locked, within [`LOCK_S`].
    pub lock_s: u16,
}

/// One minute to ten: shorter is felt, longer is an open door.
pub const LOCK_S: RangeInclusive<u16> = 60..=600;

/// The sizes of text that the screens are drawn for, in percent.
pub const TEXT_PCT: RangeInclusive<u16> = 100..=200;

impl Default for Prefs {
    fn default() -> Self {
        Self {
            locale: None,
            theme: Theme::default(),
            hand: Hand::default(),
            text_pct: *TEXT_PCT.start(),
            sound: false,
            lock_s: 120,
        }
    }
}

impl Prefs {
    /// What `dir` keeps; defaults when it keeps none or something unreadable, for a preference is
    /// never a reason not to start.
    pub fn load(dir: &Path) -> Self {
        let bytes = fs::read(dir.join(FILE)).ok();
        let kept: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        kept.map(Self::within_limits).unwrap_or_default()
    }

    /// The same, with a size of text that the screens can show and a time to lock that protects.
    pub fn within_limits(self) -> Self {
        let text_pct = self.text_pct.clamp(*TEXT_PCT.start(), *TEXT_PCT.end());
        Self { text_pct, lock_s: self.lock_s.clamp(*LOCK_S.start(), *LOCK_S.end()), ..self }
    }

    /// Keeps them: a whole new file takes the place of the old one.
    pub(crate) fn keep(&self, dir: &Path) -> Result<(), CoreError> {
        let bytes = serde_json::to_vec(self).map_err(CoreError::storage)?;
        Ok(files::replace(&dir.join(FILE), &bytes)?)
    }
}
