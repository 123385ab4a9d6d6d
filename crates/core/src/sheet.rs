//! Reading a list of articles out of a file as tills and spreadsheets write it.
//!
//! Good lines are taken, bad ones are named. Cells are text: what looks like a formula is not run,
//! here or anywhere.

use crate::CoreError;
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use encoding_rs::{Encoding, GB18030, UTF_8};
use floorbook_ledger::Article;
use floorbook_model::is_item;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Largest file, bytes.
const BYTES_MAX: usize = 8 << 20;
/// Most articles.
const ARTICLES_MAX: usize = 50_000;
/// Longest name and category, in characters.
const NAME_CHARS_MAX: usize = 80;
/// So many bad lines are named; the others are only counted.
const NAMED_MAX: usize = 20;

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no number.
    NoCode,
    /// There is no name.
    NoName,
    /// The number is none that a scanner sends, or a spreadsheet has rounded it.
    BadCode,
    /// An earlier line has the same number.
    Twice,
    /// The name or the category is too long.
    TooLong,
}

/// A line that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Why.
    pub problem: Problem,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) articles: Vec<Article>,
    /// The first lines that were not taken.
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) skipped_count: usize,
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CoreError::FileTooLarge`], [`CoreError::FileUnreadable`] when it is no text.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, CoreError> {
        if bytes.len() > BYTES_MAX {
            return Err(CoreError::FileTooLarge);
        }
        let text = decode(bytes).ok_or(CoreError::FileUnreadable)?;
        let (mut sheet, mut seen, mut columns) = (Self::default(), BTreeSet::new(), Columns::of_no_header());
        for record in reader(&text).records() {
            let record = record.map_err(|_| CoreError::FileUnreadable)?;
            match Columns::of_header(&record) {
                Some(named) if sheet.articles.is_empty() => columns = named, // a title may stand above it
                _ if record.iter().all(str::is_empty) => {}                  // spreadsheets write such lines at the end
                _ => sheet.take(&record, &columns, &mut seen),
            }
            if sheet.articles.len() > ARTICLES_MAX {
                return Err(CoreError::FileTooLarge);
            }
        }
        Ok(sheet)
    }

    fn take(&mut self, record: &StringRecord, columns: &Columns, seen: &mut BTreeSet<String>) {
        match columns.article(record) {
            Ok(article) if seen.insert(article.code.to_ascii_lowercase()) => self.articles.push(article),
            article => {
                let problem = article.err().unwrap_or(Problem::Twice);
                let line = record.position().map_or(0, csv::Position::line);
                if self.skipped.len() < NAMED_MAX {
                    self.skipped.push(Skipped { line, problem });
                }
                self.skipped_count += 1;
            }
        }
    }
}

/// Where a line has what.
struct Columns {
    code: usize,
    name: usize,
    category: Option<usize>,
}

impl Columns {
    fn of_no_header() -> Self {
        Self { code: 0, name: 1, category: Some(2) }
    }

    /// `None` when the line is no header.
    fn of_header(record: &StringRecord) -> Option<Self> {
        let at =
            |words: [&str; 2]| record.iter().position(|cell| words.iter().any(|word| cell.eq_ignore_ascii_case(word)));
        Some(Self {
            code: at(["code", "货号"])?, name: at(["name", "品名"])?, category: at(["category", "品类"])
        })
    }

    fn article(&self, record: &StringRecord) -> Result<Article, Problem> {
        let code = record.get(self.code).unwrap_or_default();
        let name = one_line(record.get(self.name).unwrap_or_default());
        let category = one_line(self.category.and_then(|at| record.get(at)).unwrap_or_default());
        match () {
            () if code.is_empty() => Err(Problem::NoCode),
            () if !is_item(code) || is_rounded(code) => Err(Problem::BadCode),
            () if name.is_empty() => Err(Problem::NoName),
            () if [&name, &category].iter().any(|text| text.chars().count() > NAME_CHARS_MAX) => Err(Problem::TooLong),
            () => Ok(Article { code: code.to_owned(), name, category }),
        }
    }
}

/// A file says in its first bytes how it is written, or it is UTF-8, or what a spreadsheet writes
/// in China.
fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, _, is_broken) = encoding.decode(bytes);
        return (!is_broken).then_some(text);
    }
    [UTF_8, GB18030]
        .into_iter()
        .find_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
        .filter(|text| !text.contains('\0'))
}

/// Spreadsheets part cells by what is the custom of their country.
fn reader(text: &str) -> Reader<&[u8]> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|byte| first.as_bytes().contains(byte)).unwrap_or(b',');
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).trim(Trim::All).delimiter(delimiter);
    builder.from_reader(text.as_bytes())
}

/// A cell of several lines is one; what cannot be seen goes.
fn one_line(cell: &str) -> String {
    let words: Vec<&str> = cell.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).collect()
}

/// `6.9E+12`: a spreadsheet took the number for a quantity, and its last digits are gone.
fn is_rounded(code: &str) -> bool {
    code.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        is_number(digits) && power.strip_prefix('+').is_some_and(is_number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sheet {
        Sheet::read(text.as_bytes()).unwrap()
    }

    fn lines(sheet: &Sheet) -> Vec<[&str; 3]> {
        sheet.articles.iter().map(|a| [a.code.as_str(), &a.name, &a.category]).collect()
    }

    #[test]
    fn columns_are_known_by_their_words_in_any_order_or_by_their_place() {
        let expected = [["A-1", "Wool coat", "Coats"]];
        for text in [
            "A-1,Wool coat,Coats\n",
            "code,name,category\nA-1,Wool coat,Coats",
            "\u{feff}Category;Code;Name\r\nCoats;A-1;Wool coat\r\n",
            "品名\t库存\t货号\t品类\nWool coat\t7\tA-1\tCoats\n",
            "Articles of spring,,\nname,code,category\nWool coat,A-1,Coats\n,,\n",
        ] {
            assert_eq!(lines(&read(text)), expected, "{text:?}");
        }
        assert_eq!(lines(&read("code,name\nA-1,Wool coat")), [["A-1", "Wool coat", ""]], "a category is no must");
    }

    #[test]
    fn a_file_is_read_however_a_spreadsheet_wrote_it() {
        let text = "货号,品名,品类\nA-1,羊毛大衣,外套\n";
        let utf16: Vec<u8> = "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
        let files = [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            GB18030.encode(text).0.into_owned(),
            utf16,
        ];
        for file in files {
            assert_eq!(lines(&Sheet::read(&file).unwrap()), [["A-1", "羊毛大衣", "外套"]], "{:?}", &file[..4]);
        }
    }

    #[test]
    fn quotes_and_lines_within_a_cell_are_part_of_it() {
        let sheet = read("A-1,\"Coat, \"\"long\"\"\r\n with belt\",\nA-2,\"Ski\u{7}rt\",\n");
        assert_eq!(lines(&sheet), [["A-1", "Coat, \"long\" with belt", ""], ["A-2", "Skirt", ""]]);
    }

    #[test]
    fn what_looks_like_a_formula_stays_text() {
        let sheet = read("A-1,=1+1,@SUM(A1)\nA-2,\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\",-1\n");
        assert_eq!(lines(&sheet), [["A-1", "=1+1", "@SUM(A1)"], ["A-2", "=HYPERLINK(\"x\",\"y\")", "-1"]]);
    }

    #[test]
    fn a_bad_line_is_named_by_its_place_and_costs_no_good_one() {
        let long = "长".repeat(NAME_CHARS_MAX + 1);
        let text = format!(
            "code,name\n,Coat\nA-1,\n\nA-2,\"a\nb\"\nA 3,Scarf\n6.90123E+12,Belt\nA-2,Again\na-2,Again\nA-4,{long}\nA-5,Hat"
        );
        let sheet = read(&text);
        assert_eq!(lines(&sheet), [["A-2", "a b", ""], ["A-5", "Hat", ""]]);
        let named: Vec<(u64, Problem)> = sheet.skipped.iter().map(|skipped| (skipped.line, skipped.problem)).collect();
        let expected = [
            (2, Problem::NoCode),
            (3, Problem::NoName),
            (7, Problem::BadCode),
            (8, Problem::BadCode),
            (9, Problem::Twice),
            (10, Problem::Twice),
            (11, Problem::TooLong),
        ];
        assert_eq!(named, expected);
        assert_eq!(sheet.skipped_count, expected.len());
    }

    #[test]
    fn of_many_bad_lines_the_first_are_named_and_all_are_counted() {
        let sheet = read(&"A-1,\n".repeat(1_000));
        assert_eq!((sheet.skipped.len(), sheet.skipped_count, sheet.articles.len()), (NAMED_MAX, 1_000, 0));
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        let many: String = (0..=ARTICLES_MAX).map(|n| format!("{n},Coat\n")).collect();
        for large in [many.as_bytes(), &vec![b'a'; BYTES_MAX + 1]] {
            assert!(matches!(Sheet::read(large), Err(CoreError::FileTooLarge)));
        }
        for binary in [&b"PK\x03\x04\x14\0\x06\0"[..], b"A-1,\xff\xff\n", b"\xff\xfe\x00\xd8"] {
            assert!(matches!(Sheet::read(binary), Err(CoreError::FileUnreadable)), "{binary:?}");
        }
        assert!(lines(&read("")).is_empty());
    }
}
