//! What a device shows, not what it knows: language and theme, in a small file beside the
//! database so that they hold before anything is unlocked.

use crate::CoreError;
use serde::{Deserialize, Serialize};
use std::fs;
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

/// Preferences of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefs {
    /// Language; `None` follows the system.
    pub locale: Option<Locale>,
    /// Theme.
    #[serde(default)]
    pub theme: Theme,
}

impl Prefs {
    /// What `dir` keeps; defaults when it keeps none or something unreadable, for a preference is
    /// never a reason not to start.
    pub(crate) fn load(dir: &Path) -> Self {
        let bytes = fs::read(dir.join(FILE)).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Keeps them: a whole new file takes the place of the old one.
    pub(crate) fn keep(&self, dir: &Path) -> Result<(), CoreError> {
        let bytes = serde_json::to_vec(self).map_err(CoreError::storage)?;
        let fresh = dir.join("prefs.json.new");
        fs::write(&fresh, bytes)?;
        Ok(fs::rename(fresh, dir.join(FILE))?)
    }
}
