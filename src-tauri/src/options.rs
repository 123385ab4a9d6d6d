//! What may be said when Floorbook is started.

use clap::Parser;
use std::path::PathBuf;
use tauri::Runtime;
use tauri::path::PathResolver;

/// Floorbook: the visitor log of a store.
#[derive(Clone, Debug, Parser)]
#[command(name = "floorbook", version)]
pub(crate) struct Options {
    /// Folder of the device's data, instead of the system's own place for it.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// First size of the window, e.g. 1024x768.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = read_size)]
    pub(crate) size: Option<(u32, u32)>,
    /// Headquarters to pair with, when the device is not paired yet.
    #[arg(long, value_name = "URL", requires = "code")]
    pub(crate) hq: Option<String>,
    /// Pairing code for that.
    #[arg(long, requires = "hq")]
    pub(crate) code: Option<String>,
}

impl Options {
    pub(crate) fn data_dir<R: Runtime>(&self, paths: &PathResolver<R>) -> tauri::Result<PathBuf> {
        match &self.data {
            // One spelling only: the keyring's item is named after it.
            Some(dir) => {
                std::fs::create_dir_all(dir)?;
                Ok(dir.canonicalize()?)
            }
            None => paths.app_local_data_dir(),
        }
    }
}

fn read_size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.ok_or_else(|| "not WIDTHxHEIGHT".to_owned())
}
