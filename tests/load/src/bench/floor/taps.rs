//! Taps on the real floor, and the bare commit of the row that each of them writes.

use super::window;
use anyhow::{Context, Result, ensure};
use floorbook_tests::desktop::{App, Desktop, PATIENCE, eventually};
use rusqlite::{Connection, params};
use serde::Deserialize;
use std::path::Path;
use std::time::Instant;

/// Notes every click of the page with its times.
const PROBE: &str = include_str!("../../../../assets/probe.js");
const AGES: [&str; 4] = ["a20", "a35", "a50", "a65"];

/// One click as the page saw it, in milliseconds from its event.
#[derive(Deserialize)]
struct Click {
    id: String,
    shown: f64,
    saved: Option<f64>,
}

/// Milliseconds of many taps.
#[derive(Default)]
pub(super) struct Taps {
    /// To the end of the frame that shows another visitor's form.
    pub(super) board: Vec<f64>,
    /// To the end of the frame that shows the chip.
    pub(super) form: Vec<f64>,
    /// Until the frame is over and the shell has answered that the tap is durable.
    pub(super) saved: Vec<f64>,
    /// The bare commits of the same minutes.
    pub(super) raw: Vec<f64>,
}

impl Taps {
    pub(super) fn len(&self) -> usize {
        self.board.len() + self.form.len()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.board.extend(other.board);
        self.form.extend(other.form);
        self.saved.extend(other.saved);
        self.raw.extend(other.raw);
    }

    fn take(&mut self, clicks: Vec<Click>) {
        for click in clicks {
            if click.id == "card" { &mut self.board } else { &mut self.form }.push(click.shown);
            self.saved.extend(click.saved);
        }
    }
}

/// A file of the same kind with nothing but the table that a tap writes to.
pub(super) struct Raw(Connection);

impl Raw {
    pub(super) fn open(desktop: &Desktop, path: &Path) -> Result<Self> {
        let raw = window::raw(desktop, path)?;
        raw.execute_batch(
            "CREATE TABLE pending (visit BLOB PRIMARY KEY, actor TEXT NOT NULL, touched_ms INTEGER NOT NULL,
                                   patch TEXT NOT NULL) STRICT",
        )?;
        Ok(Self(raw))
    }

    /// Milliseconds of one commit of the row of a tap.
    fn commit(&self, visit: usize, age: &str) -> Result<f64> {
        let id = u128::try_from(visit)?.to_be_bytes();
        let patch = format!("{{\"age\":\"{age}\"}}");
        let start = Instant::now();
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        self.0
            .prepare_cached(
                "INSERT INTO pending (visit, actor, touched_ms, patch) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (visit) DO UPDATE SET touched_ms = excluded.touched_ms, patch = excluded.patch",
            )?
            .execute(params![id, "m01", 1, patch])?;
        self.0.execute_batch("COMMIT")?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    }
}

/// Turns to a few visitors and taps the age of each four times, a bare commit after every tap.
pub(super) async fn batch(app: &App, raw: &Raw, turns: usize) -> Result<Taps> {
    app.ask(PROBE).await?;
    let cards = app.all("[data-testid=card]").await?;
    ensure!(cards.len() > turns, "an empty floor");
    // Whoever is turned to already would show nothing new.
    let active = app.ask("return [...document.querySelectorAll('[data-testid=card]')].findIndex((card) => card.dataset.active === 'true')");
    let active = usize::try_from(active.await?.as_i64().unwrap_or(-1).max(0))?;
    let mut chips = vec![];
    for age in AGES {
        chips.push((age, app.wait_for(&format!("chip-age-{age}")).await?));
    }
    let mut taps = Taps::default();
    for turn in 1..=turns {
        let at = (active + turn * 7) % cards.len();
        app.tap(&cards[at], "card").await?;
        for (age, chip) in &chips {
            app.tap(chip, "chip-age").await?;
            taps.raw.push(raw.commit(at, age)?);
        }
    }
    let wanted = turns * (1 + AGES.len());
    eventually("every tap is shown and saved", PATIENCE, async || {
        taps.take(serde_json::from_value(app.ask("return probe.take()").await?).context("no clicks")?);
        Ok((taps.len() >= wanted).then_some(()))
    })
    .await?;
    Ok(taps)
}
