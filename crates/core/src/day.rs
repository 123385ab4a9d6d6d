//! Reading a day.

use crate::{CoreError, Device};
use floorbook_ledger::Rows;
use floorbook_model::{Brief, BusinessDay, Figures, VisitId};

/// Rows of one page of a day.
pub const PAGE_ROWS: usize = 50;

/// Some visits of a day, latest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The lines.
    pub briefs: Vec<Brief>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<(i64, VisitId)>,
}

/// A day as it is opened.
#[derive(Clone, Debug)]
pub struct Day {
    /// Which.
    pub day: BusinessDay,
    /// Whether it is the current one.
    pub is_today: bool,
    /// The nearest earlier day with visits.
    pub previous: Option<BusinessDay>,
    /// The nearest later day with visits.
    pub following: Option<BusinessDay>,
    /// Its figures.
    pub figures: Figures,
    /// One page of its visits.
    pub page: Page,
}

impl Device {
    /// Opens a day, `None` meaning today, at its latest visit or after `after`.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn day(&self, day: Option<BusinessDay>, rows: Rows, after: Option<(i64, VisitId)>) -> Result<Day, CoreError> {
        self.day_rows(day, rows, after, PAGE_ROWS)
    }

    /// As [`Device::day`], with up to `limit` visits at once.
    ///
    /// # Errors
    /// As [`Device::day`].
    pub fn day_rows(
        &self,
        day: Option<BusinessDay>,
        rows: Rows,
        after: Option<(i64, VisitId)>,
        limit: usize,
    ) -> Result<Day, CoreError> {
        let (paired, _) = self.signed_in()?;
        let book = &paired.book;
        let today = self.today(&paired);
        let day = day.unwrap_or(today);
        let page = book.day_page(day, rows, after, limit)?;
        let next = page.briefs.last().filter(|_| page.more).map(|brief| (brief.entered_ms, brief.id));
        let (previous, following) = book.days_around(day)?;
        Ok(Day {
            day,
            is_today: day == today,
            previous,
            following: following.or_else(|| (day < today).then_some(today)),
            figures: book.figures(day)?,
            page: Page { briefs: page.briefs, next },
        })
    }
}
