//! `push_postgres`: as `push`, with headquarters on a PostgreSQL of our own, beside bare `COPY` of the same lines
//! into a table with the same columns and indexes, a thousand in a transaction.

use super::push::push_once;
use super::scene::Scene;
use super::{bare, median, rate, repeats, report};
use anyhow::{Context, Result};
use floorbook_protocol::RecordHead;
use floorbook_tests::postgres::{Cluster, Durability};
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const PER_TRANSACTION: usize = 1_000;
const TABLE: &str = "DROP TABLE IF EXISTS bare;
    CREATE TABLE bare (n BIGINT GENERATED ALWAYS AS IDENTITY, device BIGINT NOT NULL, seq BIGINT NOT NULL,
        id UUID NOT NULL, visit UUID, line TEXT NOT NULL);
    CREATE UNIQUE INDEX ON bare (id);
    CREATE INDEX ON bare (device, seq);
    CREATE INDEX ON bare (visit, n) WHERE visit IS NOT NULL";
const COPY: &str = "COPY bare (device, seq, id, visit, line) FROM STDIN BINARY";

pub(super) fn measure(runtime: &Runtime) -> Result<()> {
    let cluster = Cluster::start(Durability::Full)?;
    for events in [1_000_usize, 10_000, 100_000] {
        let (mut ours, mut limit) = (vec![], vec![]);
        let mut scene = Scene::on(runtime, "push-postgres", cluster.database()?)?;
        let beside = cluster.database()?;
        for later in (0..repeats(events)).rev() {
            scene.hq().kill(); // or the device would begin to send while it is being filled
            scene = scene.backlogged_before(later, events)?;
            let lines = bare::outbox_lines(&scene.raw()?)?;
            scene.serve_and_use(later)?;
            ours.push(rate(lines.len(), push_once(&scene)?));
            limit.push(rate(lines.len(), runtime.block_on(copy(&beside, &lines))?));
        }
        let note = format!("{events} events, HQ on PostgreSQL that was just used, signed, over TLS; limit: bare COPY");
        report("push_postgres", "events/s", median(&ours), median(&limit), ours.len(), &note)?;
    }
    Ok(())
}

/// Copies `lines`, whose heads were read before; gives the seconds that it took.
async fn copy(database: &str, lines: &[String]) -> Result<f64> {
    let (client, connection) = tokio_postgres::connect(database, NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute(TABLE).await?;
    let heads: Vec<RecordHead> = lines.iter().map(|line| RecordHead::parse(line)).collect::<Result<_, _>>()?;
    let rows: Vec<(&RecordHead, &str)> = heads.iter().zip(lines.iter().map(String::as_str)).collect();
    let start = Instant::now();
    for rows in rows.chunks(PER_TRANSACTION) {
        copy_some(&client, rows).await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    drop(client);
    connection.await?.context("the connection failed")?;
    Ok(seconds)
}

async fn copy_some(client: &Client, rows: &[(&RecordHead, &str)]) -> Result<()> {
    let kinds = [Type::INT8, Type::INT8, Type::UUID, Type::UUID, Type::TEXT];
    let mut writer = Box::pin(BinaryCopyInWriter::new(client.copy_in(COPY).await?, &kinds));
    for (head, line) in rows {
        let (seq, id) = (i64::try_from(head.seq)?, Uuid::from_bytes(*head.id.as_bytes()));
        let visit = head.visit.map(|visit| Uuid::from_bytes(*visit.as_bytes()));
        let row: [&(dyn ToSql + Sync); 5] = [&1_i64, &seq, &id, &visit, line];
        writer.as_mut().write(&row).await?;
    }
    writer.as_mut().finish().await?;
    Ok(())
}
