//! A shop with one counter and its headquarters.

use anyhow::Result;
use floorbook_tests::desktop::{App, Clerk, Desktop, LI, MANAGER};
use floorbook_tests::hq::HqProcess;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;
use tempfile::TempDir;

/// The store that every journey plays in.
pub(crate) const STORE: &str = "s01";

/// One window at a time: two at once would slow each other down and say nothing more.
static COUNTER: Mutex<()> = Mutex::new(());

pub(crate) struct Shop {
    pub(crate) desktop: Desktop,
    pub(crate) hq: HqProcess,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

/// Plays a story in a shop of its own.
pub(crate) fn journey(story: impl AsyncFnOnce(&mut Shop) -> Result<()>) {
    let _alone = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut shop = Shop::open().expect("a shop");
    if let Err(error) = runtime.block_on(story(&mut shop)) {
        panic!("{error:?}");
    }
}

impl Shop {
    fn open() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("floorbook-journey-").tempdir()?;
        let desktop = Desktop::start(&folder.path().join("keyring"))?;
        let mut hq = new_hq(folder.path().join("hq"))?;
        let url = hq.serve()?;
        Ok(Self { desktop, hq, url, folder })
    }

    /// Where the device keeps its data.
    pub(crate) fn device(&self) -> PathBuf {
        self.folder.path().join("device")
    }

    /// Opens the app.
    pub(crate) async fn app(&self) -> Result<App> {
        App::open(&self.desktop, &self.device()).await
    }

    /// Opens the app the way a shop does, with no size on its command line.
    pub(crate) async fn app_of_its_own_size(&self) -> Result<App> {
        App::open_with(&self.desktop, &self.device(), &[]).await
    }

    /// Opens the app for the first time, pairs it, gives the manager and 小李 their PINs, and leaves 小李 signed in.
    pub(crate) async fn app_in_use(&self) -> Result<App> {
        let app = self.app().await?;
        app.pair(&self.url, &self.hq.code(STORE)?, "收银台 1").await?;
        let clerk = Clerk::at(&app);
        clerk.signs_in(MANAGER, None).await?;
        clerk.locks().await?;
        clerk.signs_in(LI, Some(MANAGER)).await?;
        Ok(app)
    }

    /// Opens the app again, with 小李 signed in.
    pub(crate) async fn app_again(&self) -> Result<App> {
        let app = self.app().await?;
        Clerk::at(&app).signs_in(LI, None).await?;
        Ok(app)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.desktop.logs());
        }
    }
}

/// Another headquarters, with the same store.
pub(crate) fn new_hq(folder: PathBuf) -> Result<HqProcess> {
    let hq = HqProcess::at(&folder)?;
    hq.add_store(STORE, "人民路店", "apparel")?;
    Ok(hq)
}
