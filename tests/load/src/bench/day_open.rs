//! `day_open`: one whole day out of a long past, beside a raw read of the same rows from a table
//! that was filled in the order of its key.

use super::fill::{PER_DAY, insert_line};
use super::scene::{Scene, open_raw};
use super::{median, report};
use anyhow::{Context, Result, ensure};
use floorbook_core::Rows;
use floorbook_model::BusinessDay;
use rusqlite::Connection;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const DAYS: usize = 11;

pub(super) fn measure(scene: &Scene<'_>, stored: usize) -> Result<()> {
    let device = &scene.player.device;
    let path = scene.folder().join("clustered.db");
    let today = BusinessDay::parse(&super::scene::today().to_string()).context("no day")?;
    let raw = open_raw(&path)?;
    copy_in_key_order(scene, &raw)?;
    let days_stored = stored / PER_DAY;
    let (mut cold, mut warm, mut cold_limit, mut warm_limit) = (vec![], vec![], vec![], vec![]);
    let mut page = vec![];
    for n in 0..DAYS.min(days_stored) {
        let days_ago = 1 + n * 37 % days_stored;
        let day = (0..days_ago).fold(today, |day, _| day.previous());
        drop_from_cache(&scene.database())?;
        drop_from_cache(&path)?;
        for (ours, limit) in [(&mut cold, &mut cold_limit), (&mut warm, &mut warm_limit)] {
            let start = Instant::now();
            let opened = device.day_rows(Some(day), Rows::All, None, usize::MAX)?;
            ours.push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            let rows = read_raw(&raw, day)?;
            limit.push(start.elapsed().as_secs_f64() * 1e3);
            ensure!(opened.page.briefs.len() == rows, "{} rows, raw {rows}", opened.page.briefs.len());
        }
        let start = Instant::now();
        device.day(Some(day), Rows::All, None)?;
        page.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let note =
        |how: &str| format!("{how}, {PER_DAY} of {stored} visits, arrived in random order; limit: raw, clustered");
    report("day_open", "ms", median(&cold), median(&cold_limit), cold.len(), &note("cold"))?;
    report("day_open", "ms", median(&warm), median(&warm_limit), warm.len(), &note("warm"))?;
    let note = "warm, figures and first page as the screen asks; limit: raw read of the whole day";
    report("day_open_page", "ms", median(&page), median(&warm_limit), page.len(), note)
}

fn copy_in_key_order(scene: &Scene<'_>, raw: &Connection) -> Result<()> {
    raw.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000")?;
    let source = scene.raw()?;
    let schema: String =
        source.query_row("SELECT sql FROM sqlite_master WHERE name = 'visits'", [], |row| row.get(0))?;
    raw.execute_batch(&schema)?;
    raw.execute_batch("BEGIN IMMEDIATE")?;
    let device = &scene.player.device;
    let mut day = Some(device.day(None, Rows::All, None)?.day); // after midnight the evening before is still today
    let mut days = vec![];
    while let Some(earlier) = day {
        days.push(earlier);
        day = device.day(Some(earlier), Rows::All, None)?.previous;
    }
    for day in days.into_iter().rev() {
        let mut briefs = device.day_rows(Some(day), Rows::All, None, usize::MAX)?.page.briefs;
        briefs.sort_by_key(|brief| (brief.entered_ms, brief.id));
        briefs.iter().try_for_each(|brief| insert_line(raw, "visits", brief))?;
    }
    raw.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = -2000")?;
    Ok(())
}

/// Steps through the rows of a day and touches every column.
fn read_raw(raw: &Connection, day: BusinessDay) -> Result<usize> {
    let mut statement = raw.prepare_cached("SELECT * FROM visits WHERE day = ?1 ORDER BY entered_ms DESC, id DESC")?;
    let columns = statement.column_count();
    let mut rows = statement.query([day.number()])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        count += 1;
    }
    Ok(count)
}

/// Takes a file out of the system's page cache.
pub(super) fn drop_from_cache(path: &Path) -> Result<()> {
    let input = format!("if={}", path.display());
    let status = Command::new("dd").args([&input, "iflag=nocache", "count=0", "status=none"]).status()?;
    ensure!(status.success(), "dd cannot drop {} from the cache", path.display());
    Ok(())
}
