//! Contacts that were kept as long as their notice says go, whoever asks.

use crate::archive::{Transaction, When, values};
use crate::audit::{self, Act, Because};
use crate::{Hq, HqError, contacts, stores};
use chrono::{DateTime, Months};
use floorbook_model::{ContactId, StoreId};
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(600);
const BECAUSE: Because<'_> = Because { who: "floorbook-hq", reason: "kept as long as the notice says" };

impl Hq {
    /// Erases every contact that came longer ago than its store's notice says, and puts that on record.
    /// Returns how many.
    ///
    /// # Errors
    /// When the database fails; then none of them is erased.
    pub fn erase_expired_contacts(&self) -> Result<usize, HqError> {
        let now_ms = self.clock.wall_ms();
        let erased = self.archive.write(|tx| {
            let mut erased = 0;
            for store in stores_with_contacts(tx)? {
                for contact in expired(tx, &store, now_ms)? {
                    contacts::forget(tx, contact, now_ms)?;
                    audit::record(tx, now_ms, Act::ContactErased, contact.as_bytes(), BECAUSE)?;
                    erased += 1;
                }
            }
            Ok::<_, HqError>(erased)
        })?;
        if erased > 0 {
            self.scour(When::AtRest);
        }
        Ok(erased)
    }
}

fn stores_with_contacts(tx: &dyn Transaction) -> Result<Vec<StoreId>, HqError> {
    tx.all("SELECT DISTINCT store FROM contacts WHERE record IS NOT NULL", &[], |row| stores::code(row, 0))
}

/// A store whose pack has no notice any more keeps nothing.
fn expired(tx: &dyn Transaction, store: &StoreId, now_ms: i64) -> Result<Vec<ContactId>, HqError> {
    let (_, pack, _) = stores::read_kit(tx, store)?;
    let months = pack.contact.map_or(0, |form| u32::from(form.keep_months));
    let now = DateTime::from_timestamp_millis(now_ms).and_then(|now| now.checked_sub_months(Months::new(months)));
    let before_ms = now.map_or(i64::MIN, |before| before.timestamp_millis());
    let sql = "SELECT id FROM contacts WHERE store = ?1 AND record IS NOT NULL AND received_ms < ?2";
    tx.all(sql, values![store.as_str(), before_ms], |row| Ok(ContactId::from_bytes(row.get(0)?)))
}

/// Looks again and again, as long as headquarters serves.
pub(crate) async fn keep_erasing(hq: Arc<Hq>) {
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        let hq = Arc::clone(&hq);
        let work = move || {
            hq.scour(When::IfDue);
            hq.erase_expired_contacts()
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(0)) => {}
            Ok(Ok(erased)) => tracing::info!(erased, "contacts were kept long enough"),
            Ok(Err(error)) => tracing::error!(error = ?error, "contacts that were kept long enough are still there"),
            // Its message was written already; the next look is another try.
            Err(_) => {}
        }
    }
}
