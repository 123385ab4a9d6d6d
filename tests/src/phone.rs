//! A visitor's own phone: as little of a browser as a page without scripts needs.

use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// Longer than headquarters lets anybody wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// A phone that has scanned the code.
#[derive(Debug)]
pub struct Phone {
    url: String,
}

/// What it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Status of the answer.
    pub status: u16,
    /// The page.
    pub html: String,
}

impl Shown {
    /// Whether the page is closed.
    pub fn is_closed(&self) -> bool {
        self.status == 404
    }

    /// The receipt code, where one is shown.
    pub fn receipt(&self) -> Option<&str> {
        Some(self.html.split_once("id=\"receipt\">")?.1.split_once('<')?.0)
    }
}

impl Phone {
    /// A phone with the address that a code holds, e.g. `http://127.0.0.1:4711/v/…`.
    pub fn scans(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// Opens the page.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn opens(&self) -> Result<Shown> {
        self.asks("GET", "")
    }

    /// Hands in what the page's form holds.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn sends(&self, pairs: &[(&str, &str)]) -> Result<Shown> {
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.asks("POST", &pairs.join("&"))
    }

    fn asks(&self, method: &str, body: &str) -> Result<Shown> {
        // Every request as if by another phone, so that those who ask again and again are not told to wait.
        static ASKED: AtomicU16 = AtomicU16::new(0);
        let [high, low] = ASKED.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let rest = self.url.strip_prefix("http://").context("not an address of this machine")?;
        let (host, path) = rest.split_once('/').context("an address without a page")?;
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\naccept-language: zh-CN\r\n\
             x-forwarded-for: 10.0.{high}.{low}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, html) = answer.split_once("\r\n\r\n").context("not an answer")?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        Ok(Shown { status, html: html.to_owned() })
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
