//! Brings the schema up to what is known here.

use super::{Lock, PostgresError};
use crate::HqError;
use deadpool_postgres::Object;
use floorbook_sqlite::OpenError;
use pollster::block_on;

const STEPS: [&str; 1] = [include_str!("schema.sql")];
/// How far it has come; there is one row.
const VERSION: &str = "CREATE TABLE IF NOT EXISTS floorbook_schema (version BIGINT NOT NULL)";

/// Receivers that start at once do it one after the other.
pub(super) fn migrate(client: &mut Object) -> Result<(), HqError> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let found = block_on(run(client)).map_err(PostgresError::from)?;
    if found > known {
        return Err(OpenError::Newer { found, known }.into());
    }
    Ok(())
}

/// Returns the version that was found.
async fn run(client: &mut Object) -> Result<u32, tokio_postgres::Error> {
    let tx = client.transaction().await?;
    tx.query("SELECT pg_advisory_xact_lock($1)", &[&Lock::Writer.name()]).await?;
    let found = version(&tx).await?;
    let steps = STEPS.iter().skip(found as usize);
    if steps.len() > 0 {
        for step in steps {
            tx.batch_execute(step).await?;
        }
        tx.batch_execute(&format!(
            "{VERSION}; DELETE FROM floorbook_schema; INSERT INTO floorbook_schema VALUES ({})",
            STEPS.len()
        ))
        .await?;
    }
    tx.commit().await?;
    Ok(found)
}

async fn version(tx: &deadpool_postgres::Transaction<'_>) -> Result<u32, tokio_postgres::Error> {
    let is_there = tx.query_one("SELECT to_regclass('floorbook_schema') IS NOT NULL", &[]).await?;
    if !is_there.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let row = tx.query_opt("SELECT version FROM floorbook_schema", &[]).await?;
    let version: i64 = row.map_or(Ok(0), |row| row.try_get(0))?;
    Ok(u32::try_from(version).unwrap_or(u32::MAX))
}
