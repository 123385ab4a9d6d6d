//! A headquarters whose clock, keys and names are those of the worked example in `docs/protocol.md`.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use floorbook_hq::{Because, Hq, NewStore, Place, router};
use floorbook_model::{Clock, Pack, Recorded, Rng};
use floorbook_protocol::{Clerk, PairGrant, Role};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

/// When the device is paired: the first 48 bits of its name.
const PAIRED_MS: i64 = 0x0193_0000_0000;
/// When it sends.
pub(crate) const SENT_MS: i64 = 1_795_420_800_000;

struct ExampleClock(AtomicI64);

impl Clock for ExampleClock {
    fn now(&self) -> Recorded {
        let wall_ms = self.0.load(Ordering::SeqCst);
        Recorded { wall_ms, offset_min: 0, steady_ms: 0, boot: 1, server_offset_ms: None }
    }
}

/// Keys are 32 bytes of 2. The first code is that of `pairing-code.txt`, the first name ends with 2; those after them
/// count on.
#[derive(Default)]
struct ExampleRng {
    codes: AtomicU8,
    names: AtomicU8,
}

/// What the secret of a code is made of, counted from 0.
pub(crate) fn code_bytes(n: u8) -> [u8; 9] {
    [n, 1, 10, 17, 24, 31, 2, 3, 4]
}

impl Rng for ExampleRng {
    fn fill(&self, bytes: &mut [u8]) {
        match bytes.len() {
            9 => bytes.copy_from_slice(&code_bytes(self.codes.fetch_add(1, Ordering::SeqCst))),
            10 => bytes.copy_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 2 + self.names.fetch_add(1, Ordering::SeqCst)]),
            _ => bytes.fill(2),
        }
    }
}

pub(crate) struct Counter {
    _folder: TempDir,
    clock: Arc<ExampleClock>,
    router: Router,
    pub(crate) hq: Arc<Hq>,
}

impl Counter {
    /// With the store of the goldens.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ExampleClock(AtomicI64::new(PAIRED_MS)));
        let place = Place::in_folder(folder.path().join("data"));
        let hq = Arc::new(Hq::init(&place, &[], clock.clone(), Arc::new(ExampleRng::default())).unwrap());
        let clerk = |id: &str, name: &str, role| Clerk { id: id.parse().unwrap(), name: name.to_owned(), role };
        let roster = vec![clerk("m01", "小李", Role::Manager), clerk("c01", "Ann", Role::Clerk)];
        let store = NewStore::new("north-gate".parse().unwrap(), "North Gate", pack());
        hq.add_store(&NewStore { roster, ..store }, Because::default()).unwrap();
        hq.make_code(&"north-gate".parse().unwrap(), 1, Because::default()).unwrap();
        Self { _folder: folder, clock, router: router(Arc::clone(&hq)), hq }
    }

    pub(crate) fn clock_shows(&self, wall_ms: i64) {
        self.clock.0.store(wall_ms, Ordering::SeqCst);
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The status of an empty request.
    pub(crate) async fn probe(&self, method: Method, path: &str) -> StatusCode {
        self.answer(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await.status()
    }
}

/// The pack of the golden grant.
fn pack() -> Pack {
    let grant: PairGrant = serde_json::from_str(&golden("pair-grant.json")).unwrap();
    grant.pack
}

pub(crate) fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/golden")
}

pub(crate) fn golden(name: &str) -> String {
    fs::read_to_string(goldens().join(name)).unwrap_or_default()
}
