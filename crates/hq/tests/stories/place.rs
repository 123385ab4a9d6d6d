//! These stories are told of the encrypted file.

use crate::house::{House, data};
use floorbook_hq::Place;
use rusqlite::Connection;
use std::fs;
use std::path::Path;

pub(crate) fn place_in(dir: &Path) -> Place {
    Place::in_folder(dir)
}

/// Has the database say that `line` was what could not be read: a later program can.
pub(crate) async fn learns_to_read(house: &House, line: &str) {
    let folder = data(&house.folder);
    let key = fs::read_to_string(folder.join("hq.key")).unwrap();
    let database = Connection::open(folder.join("hq.db")).unwrap();
    database.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.trim())).unwrap();
    database.execute("UPDATE quarantine SET line = ?1 WHERE code = 'malformed'", [line.as_bytes()]).unwrap();
}
