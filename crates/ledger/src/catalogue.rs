//! Articles of the store: what a scanned number is called.

use crate::{Ledger, LedgerError};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

const IMPORTED_MS: &str = "catalogue.imported_ms";
/// Sorts after every character that an article number may have.
const LAST: char = '~';

/// One article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its number, as scanned. Capitals and small letters are the same.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where the store files it; empty when nowhere.
    pub category: String,
}

/// The catalogue as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// How many articles it has.
    pub count: u64,
    /// When it was imported, milliseconds UTC; `None` when it never was.
    pub imported_ms: Option<i64>,
}

impl Ledger {
    /// Replaces the whole catalogue; of two articles with one number the later one stays.
    ///
    /// # Errors
    /// When the database fails; then the old catalogue is still there.
    pub fn replace_catalogue(&self, articles: &[Article], imported_ms: i64) -> Result<(), LedgerError> {
        self.database.write(|tx| {
            tx.execute("DELETE FROM catalogue", [])?;
            let mut insert =
                tx.prepare("INSERT OR REPLACE INTO catalogue (code, name, category) VALUES (?1, ?2, ?3)")?;
            for Article { code, name, category } in articles {
                insert.execute([code, name, category])?;
            }
            tx.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                params![IMPORTED_MS, imported_ms.to_string()],
            )?;
            Ok(())
        })
    }

    /// The catalogue as a whole.
    ///
    /// # Errors
    /// When the database fails.
    pub fn catalogue(&self) -> Result<Catalogue, LedgerError> {
        self.database.read(|tx| {
            let count: i64 = tx.query_row("SELECT count(*) FROM catalogue", [], |row| row.get(0))?;
            let imported_ms: Option<String> =
                tx.query_row("SELECT value FROM meta WHERE key = ?1", [IMPORTED_MS], |row| row.get(0)).optional()?;
            Ok(Catalogue {
                count: count.unsigned_abs(),
                imported_ms: imported_ms.map(|text| serde_json::from_str(&text)).transpose()?,
            })
        })
    }

    /// The names of those of `codes` that the catalogue knows.
    ///
    /// # Errors
    /// When the database fails.
    pub fn article_names(&self, codes: &[&str]) -> Result<BTreeMap<String, String>, LedgerError> {
        let codes = serde_json::to_string(codes)?;
        self.database.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT j.value, c.name FROM json_each(?1) j CROSS JOIN catalogue c ON c.code = j.value",
            )?;
            Ok(statement.query_map([codes], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Up to `limit` articles: those whose number begins with `query`, then those whose name has it
    /// somewhere, each in the order of their numbers. A whole number is not looked for in names:
    /// what a scanner sends is found in no time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_articles(&self, query: &str, limit: usize) -> Result<Vec<Article>, LedgerError> {
        self.database.read(|tx| {
            let mut found = by_code(tx, query, limit)?;
            let is_number = found.first().is_some_and(|first| first.code.eq_ignore_ascii_case(query));
            if found.len() < limit && !is_number {
                let named = by_name(tx, query, limit)?;
                let new: Vec<Article> = named.into_iter().filter(|article| !found.contains(article)).collect();
                found.extend(new);
                found.truncate(limit);
            }
            Ok(found)
        })
    }
}

fn by_code(tx: &Connection, start: &str, limit: usize) -> Result<Vec<Article>, LedgerError> {
    let sql = "SELECT code, name, category FROM catalogue WHERE code >= ?1 AND code < ?2 ORDER BY code LIMIT ?3";
    read(tx, sql, params![start, format!("{start}{LAST}"), rows(limit)])
}

fn by_name(tx: &Connection, part: &str, limit: usize) -> Result<Vec<Article>, LedgerError> {
    let pattern: String =
        part.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    let sql = r"SELECT code, name, category FROM catalogue WHERE name LIKE ?1 ESCAPE '\' ORDER BY code LIMIT ?2";
    read(tx, sql, params![format!("%{pattern}%"), rows(limit)])
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn read(tx: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Article>, LedgerError> {
    let mut statement = tx.prepare_cached(sql)?;
    let articles = statement
        .query_map(values, |row| Ok(Article { code: row.get(0)?, name: row.get(1)?, category: row.get(2)? }))?;
    Ok(articles.collect::<Result<_, _>>()?)
}
