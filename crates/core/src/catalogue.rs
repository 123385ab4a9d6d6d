//! The store's articles: imported by a manager, found by a clerk.

use crate::sheet::Sheet;
use crate::{Access, CoreError, Device, Item, Skipped};
use floorbook_ledger::{Article, Catalogue};

/// So many articles are offered.
const FOUND_MAX: usize = 20;

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many articles the catalogue has now; zero when no line was good and the old catalogue stays.
    pub count: usize,
    /// The first lines that were not taken.
    pub skipped: Vec<Skipped>,
    /// How many were not taken.
    pub skipped_count: usize,
}

impl From<Article> for Item {
    fn from(article: Article) -> Self {
        Self { code: article.code, name: Some(article.name) }
    }
}

impl Device {
    /// Replaces the catalogue by the articles of a CSV file: number, name and category, in this
    /// order or under these words. Lines that are none are left out; when no line is good, nothing
    /// is replaced.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::ManagerNeeded`], [`CoreError::PinNeeded`],
    /// [`CoreError::FileTooLarge`], [`CoreError::FileUnreadable`], or when the database fails.
    pub fn import_catalogue(&self, csv: &[u8]) -> Result<Imported, CoreError> {
        self.allows(Access::Manager)?;
        let (paired, _) = self.signed_in()?;
        let Sheet { articles, skipped, skipped_count } = Sheet::read(csv)?;
        if !articles.is_empty() {
            paired.book.ledger().replace_catalogue(&articles, self.environment.clock.wall_ms())?;
        }
        Ok(Imported { count: articles.len(), skipped, skipped_count })
    }

    /// Articles whose number begins with `query` or whose name has it, at most 20.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn find_items(&self, query: &str) -> Result<Vec<Item>, CoreError> {
        let (paired, _) = self.signed_in()?;
        let query = query.trim();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        Ok(paired.book.ledger().find_articles(query, FOUND_MAX)?.into_iter().map(Item::from).collect())
    }

    /// The catalogue as a whole.
    ///
    /// # Errors
    /// [`CoreError::Locked`], or when the database fails.
    pub fn catalogue(&self) -> Result<Catalogue, CoreError> {
        let (paired, _) = self.signed_in()?;
        Ok(paired.book.ledger().catalogue()?)
    }
}
