//! Takes erased contacts out of the files of the table. PostgreSQL leaves old rows where they stood, so the table
//! is written anew, which is quick: it holds no more than the contacts that are kept.

use super::{Lock, PostgresError};
use crate::HqError;
use deadpool_postgres::Object;
use pollster::block_on;
use tokio_postgres::Error;

/// How long whoever reads contacts, or another receiver that is at it, may keep us from it: intake of contacts
/// waits behind us.
const PATIENCE: &str = "SET lock_timeout = '2s'";
const ERASED: &str = "SELECT count(*) FROM contacts WHERE erased_ms IS NOT NULL";
/// A mark between what was done and what comes.
const NOW: &str = "SELECT pg_current_xact_id()::text";
/// Whether somebody is at work, in this database or beside it, who began before that mark: what is written anew
/// would still hold for them what was erased.
const IS_SEEN: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot()) <= $1::text::xid8
    OR EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND age(backend_xmin) >= age($1::text::xid8::xid))";
const WAIT: &str = "SELECT pg_sleep(0.05)";
const WAITS_MAX: u32 = 40;

/// Does it where somebody erased anything since the last time.
pub(super) fn scour(client: &mut Object) -> Result<(), HqError> {
    let done = block_on(async {
        client.batch_execute(PATIENCE).await?;
        let done = work(client).await;
        client.batch_execute("RESET lock_timeout").await?;
        done
    });
    match done.map_err(PostgresError::from) {
        // The next look tries again.
        Err(error) if error.is_held_up() => Ok(()),
        done => Ok(done?),
    }
}

async fn work(client: &Object) -> Result<(), Error> {
    let lock = Lock::Scour.name();
    client.query_one("SELECT pg_advisory_lock($1)", &[&lock]).await?;
    let done = rewrite(client).await;
    client.query_one("SELECT pg_advisory_unlock($1)", &[&lock]).await?;
    done
}

async fn rewrite(client: &Object) -> Result<(), Error> {
    let scoured: i64 = client.query_one("SELECT scoured FROM headquarters", &[]).await?.try_get(0)?;
    let erased: i64 = client.query_one(ERASED, &[]).await?.try_get(0)?;
    if erased == scoured || is_seen_for_long(client).await? {
        return Ok(());
    }
    client.batch_execute("VACUUM (FULL) contacts").await?;
    client.execute("UPDATE headquarters SET scoured = $1", &[&erased]).await?;
    Ok(())
}

/// Waits until nobody sees what was before, but not for ever.
async fn is_seen_for_long(client: &Object) -> Result<bool, Error> {
    let now: String = client.query_one(NOW, &[]).await?.try_get(0)?;
    for _ in 0..WAITS_MAX {
        if !client.query_one(IS_SEEN, &[&now]).await?.try_get::<_, bool>(0)? {
            return Ok(false);
        }
        client.query_one(WAIT, &[]).await?;
    }
    Ok(true)
}
