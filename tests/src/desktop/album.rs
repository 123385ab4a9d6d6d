//! Pictures of the screens.

use super::{App, Look, SIZES};
use anyhow::Result;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

const UPRIGHT: (u32, u32) = (820, 1180);
const FLAT: (u32, u32) = (1024, 768);

/// A folder of pictures.
#[derive(Debug)]
pub struct Album {
    folder: PathBuf,
    names: RefCell<Vec<String>>,
}

impl Album {
    /// An album in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_path_buf(), names: RefCell::default() })
    }

    /// Takes one picture, `<name>.png`.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub async fn keep(&self, app: &App, name: &str) -> Result<()> {
        app.picture(&self.folder.join(format!("{name}.png"))).await?;
        self.names.borrow_mut().push(name.to_owned());
        Ok(())
    }

    /// Takes what is shown in both languages, both themes and both ways to hold a tablet, and leaves the window
    /// as it was: Chinese, light, flat.
    ///
    /// # Errors
    /// When the window does not follow.
    pub async fn keep_all_looks(&self, app: &App, name: &str) -> Result<()> {
        app.wear("light").await?;
        self.keep(app, &format!("{name}-zh")).await?;
        app.speak("en").await?;
        self.keep(app, &format!("{name}-en")).await?;
        app.wear("dark").await?;
        self.keep(app, &format!("{name}-en-dark")).await?;
        app.speak("zh-CN").await?;
        self.keep(app, &format!("{name}-zh-dark")).await?;
        app.wear("light").await?;
        app.set_size(UPRIGHT.0, UPRIGHT.1).await?;
        self.keep(app, &format!("{name}-upright")).await?;
        app.set_size(FLAT.0, FLAT.1).await
    }

    /// Takes what is shown in every size, `<name>-<size>-<language>-<theme>.png`, and gives what is wrong with each
    /// in words. Leaves the window flat.
    ///
    /// # Errors
    /// When the window does not follow.
    pub async fn keep_all_sizes(&self, app: &App, name: &str, look: Look) -> Result<Vec<String>> {
        let mut flaws = Vec::new();
        for (width, height) in SIZES {
            app.set_size(width, height).await?;
            let name = format!("{name}-{width}x{height}-{}-{}", look.locale, look.theme);
            flaws.extend(app.flaws().await?.into_iter().map(|flaw| format!("{name}: {flaw}")));
            self.keep(app, &name).await?;
        }
        app.set_size(FLAT.0, FLAT.1).await?;
        Ok(flaws)
    }

    /// Where the pictures are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.borrow().len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.names.borrow().is_empty()
    }
}
