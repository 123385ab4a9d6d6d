//! What headquarters set aside: a manager looks at it, sends it again, or tells headquarters of it.

use crate::{Access, CoreError, Device};
use floorbook_ledger::{Book, SetAside};
use floorbook_model::VisitId;
use serde::{Deserialize, Serialize};

/// So many are shown at once, the last ones: what is behind them has mostly the same reason.
const SHOWN: usize = 100;

/// A record that was set aside, as far as this program reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its order on this device.
    pub n: i64,
    /// Headquarters' code, or `unsendable` when it takes no batch that holds it.
    pub code: String,
    /// Since when, milliseconds UTC.
    pub since_ms: i64,
    /// When it was logged, milliseconds UTC.
    pub at_ms: Option<i64>,
    /// Its kind, e.g. `visit_closed`.
    pub kind: Option<String>,
    /// When the party of its visit came in, milliseconds UTC.
    pub entered_ms: Option<i64>,
}

/// What an event says at least; the rest is for headquarters to judge.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Gist {
    recorded: Recorded,
    visit: Option<VisitId>,
    body: Body,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Recorded {
    wall_ms: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    kind: Option<String>,
}

impl Held {
    fn of(aside: SetAside, book: &Book) -> Self {
        let Gist { recorded, visit, body } = serde_json::from_str(&aside.line).unwrap_or_default();
        let entered_ms = visit.and_then(|id| book.visit(id).ok()).and_then(|visit| visit.entered_ms());
        let SetAside { n, code, since_ms, .. } = aside;
        Self { n, code, since_ms, at_ms: recorded.wall_ms, kind: body.kind, entered_ms }
    }
}

/// One line of the copy for headquarters. The record is text within it, so that its bytes stay as they were sealed.
#[derive(Serialize)]
struct Copied<'a> {
    code: &'a str,
    since_ms: i64,
    record: &'a str,
}

impl Device {
    /// What headquarters set aside, the last first, at most a hundred.
    ///
    /// # Errors
    /// [`CoreError::ManagerNeeded`] and its like, or when the database fails.
    pub fn set_aside(&self) -> Result<Vec<Held>, CoreError> {
        self.allows(Access::Manager)?;
        let book = &self.paired()?.book;
        Ok(book.quarantined(i64::MAX, SHOWN)?.into_iter().map(|aside| Held::of(aside, book)).collect())
    }

    /// Sends records that were set aside once more, as they are.
    ///
    /// # Errors
    /// As [`Device::set_aside`].
    pub fn send_again(&self, records: &[i64]) -> Result<(), CoreError> {
        self.allows(Access::Manager)?;
        let paired = self.paired()?;
        for n in records {
            paired.book.retry_quarantined(*n)?;
        }
        paired.outlet.ask();
        Ok(())
    }

    /// What [`Device::set_aside`] shows as JSON Lines for headquarters, each record as it was sealed.
    ///
    /// # Errors
    /// As [`Device::set_aside`].
    pub fn copy_set_aside(&self) -> Result<String, CoreError> {
        self.allows(Access::Manager)?;
        let mut copy = String::new();
        for SetAside { code, since_ms, line, .. } in self.paired()?.book.quarantined(i64::MAX, SHOWN)? {
            let copied = Copied { code: &code, since_ms, record: &line };
            copy += &serde_json::to_string(&copied).map_err(CoreError::storage)?;
            copy.push('\n');
        }
        Ok(copy)
    }
}
