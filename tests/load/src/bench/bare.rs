//! The bare pair: an encrypted outbox, HTTP/1.1 without TLS, a plain database with two indexes, an
//! acknowledgement, a durable delete. No identity, no signature, no rules: the ceiling of these
//! parts.

use super::scene::open_raw;
use anyhow::{Context, Result};
use floorbook_protocol::RecordHead;
use rusqlite::{Connection, params};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Instant;

const PER_BATCH: i64 = 1_000;

/// The lines that wait in a device's outbox.
pub(super) fn outbox_lines(raw: &Connection) -> Result<Vec<String>> {
    let mut statement = raw.prepare("SELECT e.line FROM outbox o JOIN events e ON e.n = o.n ORDER BY o.n")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Pushes `lines`; gives the seconds that it took.
pub(super) fn push(folder: &Path, lines: &[String]) -> Result<f64> {
    let folder = tempfile::Builder::new().prefix("bare").tempdir_in(folder)?;
    let client = open_raw(&folder.path().join("client.db"))?;
    client.execute_batch("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, body TEXT NOT NULL); BEGIN")?;
    for line in lines {
        client.prepare_cached("INSERT INTO outbox (body) VALUES (?1)")?.execute([line])?;
    }
    client.execute_batch("COMMIT")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let path = folder.path().join("server.db");
    let server = thread::spawn(move || serve(&path, &listener));
    let start = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    while let Some((body, last)) = next_batch(&client)? {
        write!(stream, "POST /push HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len())?;
        stream.write_all(body.as_bytes())?;
        read_message(&mut answers)?.context("the server hung up")?;
        client.execute("DELETE FROM outbox WHERE seq <= ?1", [last])?;
    }
    let seconds = start.elapsed().as_secs_f64();
    drop((stream, answers));
    server.join().map_err(|_| anyhow::anyhow!("the bare server failed"))??;
    Ok(seconds)
}

fn next_batch(client: &Connection) -> Result<Option<(String, i64)>> {
    let mut statement = client.prepare_cached("SELECT seq, body FROM outbox ORDER BY seq LIMIT ?1")?;
    let mut rows = statement.query([PER_BATCH])?;
    let (mut body, mut last) = (String::new(), None);
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        body.push_str(row.get_ref(1)?.as_str()?);
        body.push('\n');
    }
    Ok(last.map(|last| (body, last)))
}

fn serve(path: &Path, listener: &TcpListener) -> Result<()> {
    let database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE events (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, body TEXT NOT NULL);
         CREATE INDEX events_by_seq ON events (seq);",
    )?;
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::with_capacity(1 << 20, stream);
    while let Some(body) = read_message(&mut requests)? {
        database.execute_batch("BEGIN IMMEDIATE")?;
        for line in std::str::from_utf8(&body)?.lines() {
            let head = RecordHead::parse(line)?;
            database
                .prepare_cached("INSERT INTO events (id, seq, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING")?
                .execute(params![head.id.as_bytes(), i64::try_from(head.seq)?, line])?;
        }
        database.execute_batch("COMMIT")?;
        answers.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
    }
    Ok(())
}

/// Pulls `lines` out of a plain database into an encrypted one; gives the seconds that it took.
pub(super) fn pull(folder: &Path, lines: &[String]) -> Result<f64> {
    let folder = tempfile::Builder::new().prefix("bare").tempdir_in(folder)?;
    let source = Connection::open(folder.path().join("server.db"))?;
    source.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE events (n INTEGER PRIMARY KEY, body TEXT NOT NULL); BEGIN",
    )?;
    for line in lines {
        source.prepare_cached("INSERT INTO events (body) VALUES (?1)")?.execute([line])?;
    }
    source.execute_batch("COMMIT")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || give(&source, &listener));
    let client = open_raw(&folder.path().join("client.db"))?;
    client.execute_batch(
        "CREATE TABLE events (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, body TEXT NOT NULL);
         CREATE INDEX events_by_seq ON events (seq);",
    )?;
    let start = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::with_capacity(1 << 20, stream.try_clone()?);
    let mut had = 0;
    while had < lines.len() {
        write!(stream, "GET /pull?after={had} HTTP/1.1\r\nhost: x\r\n\r\n")?;
        let body = read_message(&mut answers)?.context("the server hung up")?;
        client.execute_batch("BEGIN IMMEDIATE")?;
        for line in std::str::from_utf8(&body)?.lines() {
            let head = RecordHead::parse(line)?;
            client
                .prepare_cached("INSERT INTO events (id, seq, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING")?
                .execute(params![head.id.as_bytes(), i64::try_from(head.seq)?, line])?;
            had += 1;
        }
        client.execute_batch("COMMIT")?;
    }
    let seconds = start.elapsed().as_secs_f64();
    drop((stream, answers));
    server.join().map_err(|_| anyhow::anyhow!("the bare server failed"))??;
    Ok(seconds)
}

fn give(source: &Connection, listener: &TcpListener) -> Result<()> {
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::new(stream);
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 {
        if let Some(after) = line.strip_prefix("GET /pull?after=").and_then(|rest| rest.split(' ').next()) {
            let mut statement = source.prepare_cached("SELECT body FROM events WHERE n > ?1 ORDER BY n LIMIT ?2")?;
            let mut rows = statement.query(params![after.parse::<i64>()?, PER_BATCH])?;
            let mut body = String::new();
            while let Some(row) = rows.next()? {
                body.push_str(row.get_ref(0)?.as_str()?);
                body.push('\n');
            }
            write!(answers, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len())?;
            answers.write_all(body.as_bytes())?;
        }
        line.clear();
    }
    Ok(())
}

/// The body of one HTTP/1.1 message; `None` at the end of the connection.
fn read_message(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let (mut length, mut line) = (0, String::new());
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(body))
}
