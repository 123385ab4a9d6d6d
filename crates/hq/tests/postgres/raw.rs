//! The database, as its operator sees it.

use crate::house::House;
use tokio_postgres::{Client, NoTls};

/// A connection beside headquarters.
pub(crate) async fn raw(house: &House) -> Client {
    let address = house.place.database.as_ref().unwrap();
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Events by the partition that they are in.
pub(crate) async fn partitions(client: &Client) -> Vec<(String, i64)> {
    let sql = "SELECT tableoid::regclass::text, count(*) FROM events GROUP BY 1 ORDER BY 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}
