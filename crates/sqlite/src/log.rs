//! Looks at a log before SQLite does.
//!
//! SQLite reads a log up to the first frame that does not fit and takes it for the place where a power cut
//! stopped the writing. That is right as long as at most the last transaction follows: each is on the disk before
//! the next one begins. Where the end of one and a whole one follow, the frame was on the disk and has changed
//! since, and reading up to it would lose what was acknowledged without a word. In the last transaction, and in the
//! head of the log, the two cannot be told apart by the log alone: there its noted length tells, see [`mark`].
//!
//! The format is SQLite's: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.

use crate::mark::{self, Length};
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::path::Path;

const HEAD_BYTES: usize = 32;
const FRAME_HEAD_BYTES: usize = 24;
const PAGE_BYTES_MAX: u32 = 65_536;
/// The magic number but for its last bit, which tells the order of the bytes in checksums.
const MAGIC: u32 = 0x377f_0682;

/// Whether the log of the database at `path` holds a frame that was durable and has changed since.
///
/// # Errors
/// When it cannot be read. A log that is not there is not damaged.
pub(crate) fn is_damaged(path: &Path) -> io::Result<bool> {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let mut file = match File::open(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    let noted = if file.metadata()?.len() > 0 { mark::noted(path)? } else { None };
    let Some(head) = read_head(&mut file)? else { return Ok(noted.is_some()) };
    let due = noted.filter(|noted| noted.salt == head.salt).map_or(0, |Length { frames, .. }| frames);
    if !scan(&head, due, &mut BufReader::new(&file))? {
        return Ok(false);
    }
    // Somebody may have begun the log anew meanwhile; then it was none.
    file.rewind()?;
    Ok(read_head(&mut file)?.is_some_and(|now| now == head))
}

#[derive(PartialEq, Eq)]
struct Head {
    salt: [u8; 8],
    checksum: Checksum,
    page_bytes: usize,
    is_big_endian: bool,
}

/// Two running sums over pairs of words.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Checksum(u32, u32);

impl Checksum {
    fn read([a, b, c, d, e, f, g, h]: [u8; 8]) -> Self {
        Self(u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
    }

    /// Continues over `bytes`, whose number is a multiple of eight.
    fn over(self, bytes: &[u8], is_big_endian: bool) -> Self {
        let word = if is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        let (pairs, _) = bytes.as_chunks::<8>();
        pairs.iter().fold(self, |Self(one, two), &[a, b, c, d, e, f, g, h]| {
            let one = one.wrapping_add(word([a, b, c, d])).wrapping_add(two);
            Self(one, two.wrapping_add(word([e, f, g, h])).wrapping_add(one))
        })
    }
}

/// The head of a log; `None` when SQLite would not read on either.
fn read_head(file: &mut impl Read) -> io::Result<Option<Head>> {
    let mut bytes = [0; HEAD_BYTES];
    if !is_read(file, &mut bytes)? {
        return Ok(None);
    }
    let words = |at: usize| bytes.as_chunks::<4>().0.get(at).copied().map_or(0, u32::from_be_bytes);
    let (is_big_endian, page_bytes) = (words(0) & 1 == 1, words(2));
    let (summed, _) = bytes.split_at(HEAD_BYTES - 8);
    let checksum = Checksum(0, 0).over(summed, is_big_endian);
    let is_head = words(0) & !1 == MAGIC
        && page_bytes.is_power_of_two()
        && page_bytes <= PAGE_BYTES_MAX
        && checksum == Checksum(words(6), words(7));
    let [.., salt, _] = bytes.as_chunks::<8>().0 else { return Ok(None) };
    let page_bytes = usize::try_from(page_bytes).unwrap_or(0);
    Ok(is_head.then_some(Head { salt: *salt, checksum, page_bytes, is_big_endian }))
}

/// Whether fewer than the `due` frames fit, or one that does not fit belongs to a transaction that another whole one
/// follows. A frame fits by the one before it, by what that says of itself or by what it is, so that behind a
/// changed frame all fit again.
fn scan(head: &Head, due: u32, frames: &mut impl Read) -> io::Result<bool> {
    let (mut before, mut whole_since_break, mut whole) = ([head.checksum; 2], None, 0_u32);
    let mut frame = vec![0; FRAME_HEAD_BYTES + head.page_bytes];
    while is_read(frames, &mut frame)? {
        let (about, page) = frame.split_at(FRAME_HEAD_BYTES);
        let [numbers, salt, checksum] = about.as_chunks::<8>().0 else { return Ok(false) };
        let over = |before: Checksum| before.over(numbers, head.is_big_endian).over(page, head.is_big_endian);
        let [as_said, as_is] = before;
        let (said, is) = (Checksum::read(*checksum), over(as_said));
        let ends_transaction = u32::from(numbers.as_chunks::<4>().0.last().is_some_and(|pages| *pages != [0; 4]));
        let fits = *salt == head.salt && (said == is || said == over(as_is));
        match &mut whole_since_break {
            Some(ends) if fits => *ends += ends_transaction,
            None if fits => whole += 1,
            ends => *ends = Some(ends_transaction),
        }
        if fits && whole_since_break >= Some(2) {
            return Ok(true);
        }
        before = [said, is];
    }
    Ok(whole < due)
}

/// Fills `bytes`; `false` when the file ends before.
fn is_read(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}
