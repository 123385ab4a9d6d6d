//! CSV that spreadsheets open as it is meant: as text and numbers, never as formulas.

use super::columns::{COLUMNS, Cell, Line};
use csv::{Terminator, Writer, WriterBuilder};
use std::borrow::Cow;
use std::io::{self, Write};

/// Without it Excel takes UTF-8 for the code page of the machine.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Signs with which a formula may begin. Excel folds the full-width ones to the plain ones; a tab
/// or a line end before a sign is skipped by it.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table that is being written.
pub(super) struct Table<W: Write> {
    rows: Writer<W>,
}

impl<W: Write> Table<W> {
    /// Writes the byte order mark and the head line.
    pub(super) fn new(mut out: W) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK)?;
        let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        rows.write_record(COLUMNS)?;
        Ok(Self { rows })
    }

    pub(super) fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let cells = line.cells().map(|(_, cell)| match cell {
            Cell::Nothing => Cow::Borrowed(""),
            Cell::Number(number) => number.to_string().into(),
            Cell::Text(text) => harmless(text),
        });
        self.rows.write_record(cells.map(|cell| cell.into_owned().into_bytes()))?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.rows.flush()
    }
}

fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA_SIGNS) { format!("'{text}").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_formula_gets_an_apostrophe() {
        for sign in FORMULA_SIGNS {
            assert_eq!(harmless(format!("{sign}1+1").into()), format!("'{sign}1+1"));
        }
        for text in ["", "想买", "a=b", "3-4", " ok"] {
            assert_eq!(harmless(text.into()), text, "it begins like no formula");
        }
    }
}
