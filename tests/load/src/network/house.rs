//! The headquarters of a schedule: the real router over a database that is killed, filled up and put back.

use super::clock::VirtualClock;
use crate::SeededRng;
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use floorbook_hq::{Because, Hq, NewStore, Place, embedded_pack, router};
use floorbook_model::{Clock, StoreId};
use floorbook_protocol::{Clerk, Hello, PairGrant, PairRequest, Purpose, Role, Signed, SigningKey, path};
use floorbook_sync::SyncError;
use http::{Request, Response};
use http_body_util::BodyExt;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tower::ServiceExt;

/// Noon of 23 November 2026 in Shanghai.
pub(crate) const NOON_MS: i64 = 1_795_406_400_000;
/// Devices of the store.
pub(crate) const DEVICES: u8 = 3;
const FILES: [&str; 2] = ["hq.db", "hq.key"];
/// What a headquarters writes of what devices send.
const TABLES: [&str; 4] = ["INSERT ON events", "INSERT ON quarantine", "UPDATE ON devices", "INSERT ON contacts"];

/// A headquarters on which nothing has happened but that its devices were paired.
pub(crate) struct Fresh {
    files: Vec<Vec<u8>>,
    pub(crate) grants: Vec<PairGrant>,
    /// What signs for it.
    pub(crate) seed: [u8; 32],
}

/// Making one takes certificates, so it is made once and copied.
pub(crate) static FRESH: LazyLock<Fresh> = LazyLock::new(|| {
    let made = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        runtime.block_on(make())
    });
    made.join().expect("its own panic was written").expect("a headquarters can be made")
});

pub(crate) fn store() -> StoreId {
    "north".parse().expect("a code")
}

/// The key of a device.
pub(crate) fn device_key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n + 1; 32])
}

async fn make() -> Result<Fresh> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(VirtualClock::at(NOON_MS));
    let hq = Hq::init(&Place::in_folder(folder.path()), &[], clock, Arc::new(SeededRng::new(1)))?;
    let pack = embedded_pack("apparel")?.context("a pack of the house")?;
    hq.add_store(&NewStore::new(store(), "North", pack), Because::default())?;
    let code = hq.make_code(&store(), DEVICES.into(), Because::default())?;
    let hq = Arc::new(hq);
    let door = router(Arc::clone(&hq));
    let mut grants = Vec::new();
    for n in 0..DEVICES {
        let hello: Hello =
            serde_json::from_slice(&asked(&door, Request::get(path::HELLO).body(Body::empty())?).await?)?;
        let key = device_key(n);
        let request = PairRequest {
            code: code.secret().to_owned(),
            device_key: key.public(),
            device_name: format!("Till {n}"),
            challenge: hello.challenge,
        };
        let body = serde_json::to_vec(&Signed::seal(Purpose::PairRequest, &request, &key)?)?;
        let grant: Signed =
            serde_json::from_slice(&asked(&door, Request::post(path::PAIR).body(Body::from(body))?).await?)?;
        grants.push(grant.open_self_signed(Purpose::PairGrant, |grant: &PairGrant| grant.hq_key)?);
    }
    drop((door, hq));
    let seed = peek(folder.path())?.query_row("SELECT signing_seed FROM headquarters", [], |row| row.get(0))?;
    let files = FILES.iter().map(|name| fs::read(folder.path().join(name))).collect::<Result<_, _>>()?;
    Ok(Fresh { files, grants, seed })
}

async fn asked(door: &Router, request: Request<Body>) -> Result<Vec<u8>> {
    let answer = door.clone().oneshot(request).await?;
    Ok(answer.into_body().collect().await?.to_bytes().to_vec())
}

/// A look into the database beside whoever works on it.
fn peek(dir: &Path) -> Result<Connection> {
    let key = fs::read_to_string(dir.join("hq.key"))?;
    opened(&dir.join("hq.db"), key.trim())
}

/// Opens a database whose key and salt are these hexadecimal digits.
pub(crate) fn opened(path: &Path, digits: &str) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{digits}'\""))?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// What serves, until it is killed.
struct Serving {
    hq: Arc<Hq>,
    door: Router,
}

pub(crate) struct House {
    dir: PathBuf,
    pub(crate) clock: Arc<VirtualClock>,
    rng: Arc<SeededRng>,
    serving: Mutex<Option<Serving>>,
    kills: watch::Sender<u64>,
    peek: Mutex<Option<Connection>>,
    copy: Mutex<Vec<(PathBuf, Vec<u8>)>>,
}

impl House {
    /// Serves from `dir`.
    pub(crate) fn open(dir: PathBuf) -> Result<Arc<Self>> {
        fs::create_dir(&dir)?;
        for (name, bytes) in FILES.iter().zip(&FRESH.files) {
            fs::write(dir.join(name), bytes)?;
        }
        let house = Self {
            clock: Arc::new(VirtualClock::at(NOON_MS)),
            rng: Arc::new(SeededRng::new(2)),
            serving: Mutex::new(None),
            kills: watch::Sender::new(0),
            peek: Mutex::new(Some(peek(&dir)?)),
            copy: Mutex::default(),
            dir,
        };
        house.serve()?;
        Ok(Arc::new(house))
    }

    fn serve(&self) -> Result<()> {
        let hq = Hq::open(
            &Place::in_folder(&self.dir),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Arc::clone(&self.rng) as _,
        )?;
        let hq = Arc::new(hq);
        *hold(&self.serving) = Some(Serving { door: router(Arc::clone(&hq)), hq });
        Ok(())
    }

    pub(crate) fn hq(&self) -> Result<Arc<Hq>> {
        Ok(Arc::clone(&hold(&self.serving).as_ref().context("it serves")?.hq))
    }

    /// Looks into its database.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        look(hold(&self.peek).as_ref().context("the database is there")?)
    }

    /// Answers, unless it is killed before that.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, SyncError> {
        let mut kills = self.kills.subscribe();
        let door = hold(&self.serving).as_ref().map(|serving| serving.door.clone()).ok_or_else(away)?;
        let answering = async {
            let (head, body) = door.oneshot(request).await.map_err(|_| away())?.into_parts();
            let body = body.collect().await.map_err(|_| away())?;
            Ok(Response::from_parts(head, body.to_bytes().to_vec()))
        };
        tokio::select! {
            biased;
            _ = kills.changed() => Err(away()),
            answer = answering => answer,
        }
    }

    /// Breaks every connection, and waits until nothing of it is left.
    async fn kill(&self) {
        let serving = hold(&self.serving).take();
        self.kills.send_modify(|kills| *kills += 1);
        let Some(Serving { hq, door }) = serving else { return };
        drop(door);
        while Arc::strong_count(&hq) > 1 {
            settled().await;
        }
    }

    pub(crate) async fn restart(&self) -> Result<()> {
        self.kill().await;
        self.serve()
    }

    /// As the manual says it: both files, while nobody serves.
    pub(crate) async fn back_up(&self) -> Result<()> {
        self.kill().await;
        let mut copy = Vec::new();
        for name in ["hq.db", "hq.db-wal"] {
            let path = self.dir.join(name);
            if path.exists() {
                copy.push((path.clone(), fs::read(&path)?));
            }
        }
        *hold(&self.copy) = copy;
        self.serve()
    }

    /// Does nothing where there is no copy.
    pub(crate) async fn put_back(&self) -> Result<bool> {
        if hold(&self.copy).is_empty() {
            return Ok(false);
        }
        self.kill().await;
        *hold(&self.peek) = None;
        for name in ["hq.db", "hq.db-wal", "hq.db-shm", "hq.db-mark"] {
            let path = self.dir.join(name);
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        for (path, bytes) in hold(&self.copy).iter() {
            fs::write(path, bytes)?;
        }
        *hold(&self.peek) = Some(peek(&self.dir)?);
        self.serve()?;
        Ok(true)
    }

    /// Whether its disk takes anything.
    pub(crate) fn fill(&self, is_full: bool) -> Result<()> {
        self.look(|peek| fill(peek, &TABLES, is_full))
    }
}

/// Lets every write to the tables fail, or none.
pub(crate) fn fill(peek: &Connection, writes: &[&str], is_full: bool) -> Result<()> {
    for (n, write) in writes.iter().enumerate() {
        let sql = match is_full {
            true => format!(
                "CREATE TRIGGER IF NOT EXISTS full_{n} BEFORE {write} BEGIN SELECT RAISE(ABORT, 'no room'); END"
            ),
            false => format!("DROP TRIGGER IF EXISTS full_{n}"),
        };
        peek.execute_batch(&sql)?;
    }
    Ok(())
}

/// Waits for the work that was given to other threads; there is one of them.
pub(crate) async fn settled() {
    tokio::task::yield_now().await;
    drop(spawn_blocking(|| ()).await);
}

pub(crate) fn away() -> SyncError {
    SyncError::Away("the network is".into())
}

pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who works in the store: as many people as are asked for.
pub(crate) fn roster(people: u8) -> Vec<Clerk> {
    let person = |n: u8| Clerk {
        id: format!("m{n:02}").parse().expect("a code"),
        name: format!("Person {n}"),
        role: Role::Manager,
    };
    (1..=people).map(person).collect()
}
