//! What the window itself promises: its place, its size, its text, and that there is one of it.

use crate::shop::journey;
use anyhow::{Result, ensure};
use floorbook_tests::desktop::{App, Clerk, PATIENCE, Window, eventually};
use floorbook_tests::programs;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

#[test]
fn size_and_place_are_remembered_and_nothing_else_is_written() {
    journey(async |shop| {
        let app = shop.app_of_its_own_size().await?;
        app.wait_for_screen("setup").await?;
        let kept = moves(&app, (120, 90), (1000, 700)).await?;
        app.quit().await?;
        let words: Vec<_> = kept["main"].as_object().expect("one window").keys().cloned().collect();
        let known =
            ["width", "height", "x", "y", "prev_x", "prev_y", "maximized", "visible", "decorated", "fullscreen"];
        assert!(words.iter().all(|word| known.contains(&word.as_str())), "numbers of a window only: {words:?}");

        let app = shop.app_of_its_own_size().await?;
        wait_for_size(&app, 1000, 700).await?;
        let rect = app.session().get_window_rect().await?;
        assert_eq!((rect.x, rect.y), (120, 90), "where it was");
        app.quit().await
    });
}

#[test]
fn a_size_on_the_command_line_holds_for_that_run_only() {
    journey(async |shop| {
        let app = shop.app_of_its_own_size().await?;
        app.wait_for_screen("setup").await?;
        moves(&app, (0, 0), (1000, 700)).await?;
        app.quit().await?;

        let app = shop.app().await?;
        wait_for_size(&app, 1024, 768).await?;
        app.quit().await?;

        let app = shop.app_of_its_own_size().await?;
        wait_for_size(&app, 1000, 700).await?;
        app.quit().await
    });
}

#[test]
fn a_second_start_brings_the_first_window_forward_and_ends() {
    journey(async |shop| {
        let program = programs::floorbook()?;
        let first = Window::open(&shop.desktop, &program, &[]).await?;
        first.wait_for("setup-url").await?;

        let mut second = Command::new(&program);
        shop.desktop.dress(&mut second);
        let mut second = second.spawn()?;
        let end = eventually("the second start ends", PATIENCE, async || Ok(second.try_wait()?)).await;
        if end.is_err() {
            second.kill()?;
        }
        assert!(end?.success(), "it is not a failure to be open already");
        eventually("the first one hears of it", PATIENCE, async || {
            Ok(first.log().contains("window.second_start").then_some(()))
        })
        .await?;
        assert!(first.shows("setup-url").await?, "the first goes on as it was");
        first.quit().await
    });
}

#[test]
fn the_size_of_the_text_survives_a_restart_and_nothing_is_cut_at_twice_the_size() {
    journey(async |shop| {
        let app = shop.app_in_use().await?;
        Clerk::at(&app).welcomes(1).await?;
        app.click("settings-open").await?;
        app.click("set-text-200").await?;
        wait_for_size(&app, 512, 384).await?;
        for (button, place) in [
            ("settings-close", "floor"),
            ("outcome-none", "reasons"),
            ("outcome-buy", "sale"),
            ("tab-daylog", "day log"),
        ] {
            press(&app, button).await?;
            uncut(&app, place).await?;
        }
        app.quit().await?;

        let app = shop.app().await?;
        app.wait_for_screen("lock").await?;
        wait_for_size(&app, 512, 384).await?;
        uncut(&app, "lock").await?;
        press(&app, "settings-open").await?;
        press(&app, "set-text-100").await?;
        wait_for_size(&app, 1024, 768).await?;
        app.quit().await
    });
}

/// The driver aims beside whatever stands on a page that is zoomed, so the page presses its button itself.
async fn press(app: &App, id: &str) -> Result<()> {
    app.wait_for(id).await?;
    app.ask(&format!("document.querySelector('[data-testid=\"{id}\"]').click()")).await.map(drop)
}

async fn uncut(app: &App, place: &str) -> Result<()> {
    let found = app.cut_texts().await?;
    ensure!(found.is_empty(), "{place}: {found:#?}");
    Ok(())
}

/// Moves the window and waits until that is kept; gives what is.
async fn moves(app: &App, (x, y): (i64, i64), (width, height): (u32, u32)) -> Result<Value> {
    app.session().set_window_rect(x, y, width, height).await?;
    wait_for_size(app, width, height).await?;
    eventually("the place is kept", PATIENCE, async || {
        let kept: Value = serde_json::from_slice(&fs::read(app.data().join("window.json"))?)?;
        let found = ["/main/x", "/main/y", "/main/width", "/main/height"].map(|place| kept.pointer(place).cloned());
        Ok((json!(found) == json!([x, y, width, height])).then_some(kept))
    })
    .await
}

/// The room the page has, in its own pixels: a larger text leaves less of it.
async fn wait_for_size(app: &App, width: u32, height: u32) -> Result<()> {
    eventually(&format!("a page of {width}×{height}"), PATIENCE, async || {
        let size = app.ask("return [innerWidth, innerHeight]").await?;
        ensure!(size == json!([width, height]), "it is {size}");
        Ok(Some(()))
    })
    .await
}
