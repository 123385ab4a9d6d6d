//! A run without a display: a short working day through the real window, and what came of it at headquarters.

use crate::keep::Keep;
use crate::run::STORE;
use crate::steps::step;
use anyhow::{Result, ensure};
use floorbook_tests::desktop::{Album, App, Clerk, Desktop, LI, Logged, MANAGER, PASSWORD, play};
use floorbook_tests::hq::HqProcess;
use std::collections::BTreeSet;
use std::path::Path;

pub(crate) fn play_a_day(keep: &Keep, hq: &mut HqProcess, visits: usize) -> Result<()> {
    let earlier: BTreeSet<String> = hq.visits()?.into_keys().collect();
    let url = hq.serve()?;
    let desktop = Desktop::start(&keep.keyring())?;
    let album = Album::in_folder(keep.pictures())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let logged = step("a working day", || {
        let day = work(&desktop, keep, hq, &url, visits, &earlier, &album);
        // Without the window's own words nobody could tell why.
        runtime.block_on(day).inspect_err(|_| println!("{}", desktop.logs()))
    })?;
    let count = hq.visits()?;
    report(keep, &album, &earlier, &logged, &count)
}

async fn work(
    desktop: &Desktop,
    keep: &Keep,
    hq: &HqProcess,
    url: &str,
    visits: usize,
    earlier: &BTreeSet<String>,
    album: &Album,
) -> Result<Vec<Logged>> {
    let app = App::open(desktop, &keep.device()).await?;
    match app.first_screen().await?.as_str() {
        "setup" => pair(&app, hq, url, album).await?,
        // An earlier run was ended between the two.
        "recovery" => app.puts_recovery_off().await?,
        _ => {}
    }
    let clerk = Clerk::at(&app);
    sign_in(clerk, album).await?;
    app.speak("zh-CN").await?;
    let logged = play(clerk, visits, album).await?;
    app.wait_until_sent().await?;
    read_the_day(clerk, earlier, &logged, album).await?;
    app.quit().await?;
    Ok(logged)
}

async fn pair(app: &App, hq: &HqProcess, url: &str, album: &Album) -> Result<()> {
    app.wait_for_screen("setup").await?;
    app.speak("zh-CN").await?;
    app.wear("light").await?;
    album.keep(app, "setup-zh").await?;
    app.speak("en").await?;
    album.keep(app, "setup-en").await?;
    app.speak("zh-CN").await?;
    app.pair(url, &hq.code(STORE)?, "收银台 1").await
}

/// The manager first: nobody else can choose a PIN before.
async fn sign_in(clerk: Clerk<'_>, album: &Album) -> Result<()> {
    clerk.app().wait_for_screen("lock").await?;
    album.keep_all_looks(clerk.app(), "lock").await?;
    clerk.signs_in(MANAGER, None).await?;
    clerk.locks().await?;
    clerk.signs_in(LI, Some(MANAGER)).await
}

async fn read_the_day(clerk: Clerk<'_>, earlier: &BTreeSet<String>, logged: &[Logged], album: &Album) -> Result<()> {
    clerk.opens_day_log().await?;
    album.keep_all_looks(clerk.app(), "daylog").await?;
    let mut shown: BTreeSet<String> = clerk.reads_day().await?.into_iter().collect();
    ensure!(logged.iter().all(|visit| shown.contains(&visit.id)), "the day log lacks a visit of today");
    // An earlier run may have been on an earlier business day.
    while !earlier.is_subset(&shown) && clerk.opens_previous_day().await? {
        shown.extend(clerk.reads_day().await?);
    }
    ensure!(earlier.is_subset(&shown), "the day log lacks a visit of an earlier run");
    Ok(())
}

fn report(
    keep: &Keep,
    album: &Album,
    earlier: &BTreeSet<String>,
    logged: &[Logged],
    received: &std::collections::BTreeMap<String, usize>,
) -> Result<()> {
    let new = logged.iter().filter(|visit| received.get(&visit.id) == Some(&1)).count();
    let old = earlier.iter().filter(|visit| received.get(*visit) == Some(&1)).count();
    let equal = new == logged.len() && old == earlier.len() && received.len() == new + old;
    println!("visits logged through the window   {}", logged.len());
    println!("of them in HQ's export             {new}");
    println!("of earlier runs in HQ's export     {old} of {}", earlier.len());
    println!("rows in HQ's export                {}", received.values().sum::<usize>());
    println!("each exactly once                  {}", if equal { "yes" } else { "NO" });
    println!("pictures of the screens            {} in {}", album.len(), album.folder().display());
    if keep.stays() {
        look(&keep.keyring());
    }
    ensure!(equal, "headquarters does not have what was logged");
    Ok(())
}

/// How anyone reads the key and checks the database with another tool.
fn look(keyring: &Path) {
    let unlock = format!("printf {PASSWORD} | gnome-keyring-daemon --unlock --components=secrets >/dev/null");
    println!("keyring password                   {PASSWORD}");
    println!(
        "to read the key                    XDG_DATA_HOME='{}' dbus-run-session -- sh -c '{unlock}; secret-tool lookup service floorbook' 2>/dev/null",
        keyring.display()
    );
}
