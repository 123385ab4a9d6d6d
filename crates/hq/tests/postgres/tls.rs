//! The way to the database is encrypted, to the one that is meant and no other.

use crate::house::{House, data};
use floorbook_hq::{Hq, HqError, Place};
use floorbook_tests::postgres::Cluster;
use std::fs;
use std::sync::Arc;

#[tokio::test]
async fn a_database_over_a_network_is_reached_by_tls_and_only_where_its_authority_is_known() {
    let [its, other] = [(); 2].map(|()| rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap());
    let cluster = Cluster::start_with_tls(&its.cert.pem(), &its.signing_key.serialize_pem()).unwrap();
    let beside = cluster.database().unwrap();
    let name = beside.rsplit('=').next().unwrap();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let [ca, wrong_ca] = ["its.pem", "other.pem"].map(|name| folder.path().join(name));
    fs::write(&ca, its.cert.pem()).unwrap();
    fs::write(&wrong_ca, other.cert.pem()).unwrap();
    let address = format!("postgres://floorbook@localhost:{}/{name}", cluster.port());
    let place = Place { database: Some(address), database_ca: Some(ca), ..Place::in_folder(data(&folder)) };
    let house = House::open_in(folder, place);

    let (client, connection) = tokio_postgres::connect(&beside, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let sql = "SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
               WHERE application_name = 'floorbook-hq'";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (true, true));

    let elsewhere = Place { database_ca: Some(wrong_ca), ..house.place.clone() };
    let opened = Hq::open(&elsewhere, house.clock.clone(), house.rng.clone());
    assert!(matches!(opened, Err(HqError::Postgres(_))), "{opened:?}");
}
