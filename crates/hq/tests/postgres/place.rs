//! These stories are told of a PostgreSQL of our own.

use crate::house::House;
use crate::raw::raw;
use floorbook_hq::Place;
use floorbook_tests::postgres::Cluster;
use std::path::Path;

/// A place with a new database.
pub(crate) fn place_in(dir: &Path) -> Place {
    Place { database: Some(Cluster::shared().database().unwrap()), ..Place::in_folder(dir) }
}

/// Has the database say that `line` was what could not be read: a later program can.
pub(crate) async fn learns_to_read(house: &House, line: &str) {
    let sql = "UPDATE quarantine SET line = $1 WHERE code = 'malformed'";
    raw(house).await.execute(sql, &[&line.as_bytes()]).await.unwrap();
}
