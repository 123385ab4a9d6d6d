//! Events in the binary form of `COPY`: a head, rows of columns that each begin with their length, an end.

use crate::archive::NewEvent;
use tokio_postgres::types::private::BytesMut;

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;
const NULL: i32 = -1;
const COLUMNS: i16 = 5;
/// Bytes of a row but its line.
const ROW_BYTES: usize = 2 + 5 * 4 + 2 * 8 + 2 * 16;

/// The columns device, seq, id, visit, line of each event.
pub(super) fn encode(device: i64, events: &[&NewEvent<'_>]) -> BytesMut {
    let lines: usize = events.iter().map(|event| event.line.len()).sum();
    let mut out = BytesMut::with_capacity(HEAD.len() + events.len() * ROW_BYTES + lines + 2);
    out.extend_from_slice(HEAD);
    for event in events {
        out.extend_from_slice(&COLUMNS.to_be_bytes());
        column(&mut out, Some(&device.to_be_bytes()));
        column(&mut out, Some(&event.seq.to_be_bytes()));
        column(&mut out, Some(event.id.as_bytes()));
        column(&mut out, event.visit.as_ref().map(|visit| visit.as_bytes().as_slice()));
        column(&mut out, Some(event.line.as_bytes()));
    }
    out.extend_from_slice(&END.to_be_bytes());
    out
}

fn column(out: &mut BytesMut, bytes: Option<&[u8]>) {
    let length = bytes.map_or(NULL, |bytes| i32::try_from(bytes.len()).expect("a record is bounded"));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes.unwrap_or_default());
}
