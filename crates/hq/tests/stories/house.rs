//! A headquarters that serves, and devices that talk to it.

use crate::place::place_in;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use floorbook_hq::{AuditLine, Because, Hq, HqError, NewStore, Place, Visitors};
use floorbook_model::{
    BatchId, Body, Clock, DeviceId, Event, EventId, Hlc, Opening, Pack, PackRef, Recorded, Rng, SCHEMA, VisitId,
};
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, Config, ConfigRequest, DEVICE_HEADER, FEED_HEADER, FeedHead, FeedRequest, Hello,
    PairGrant, PairRequest, PairingCode, PhoneAnswer, PhoneRequest, PhoneSaid, Problem, ProblemKind, Purpose, Receipt,
    Signed, SignedHead, SigningKey, content_digest, decode_batch, encode_batch, path, sign_head,
};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A clock that goes when it is told to. It starts at the present, or TLS would not take the
/// certificates that are made by it.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Recorded {
        let wall_ms = self.0.load(Ordering::SeqCst);
        let steady_ms = u64::try_from(wall_ms).unwrap();
        Recorded { wall_ms, offset_min: 0, steady_ms, boot: 1, server_offset_ms: None }
    }
}

/// Bytes that never repeat and are the same in every run.
#[derive(Default)]
pub(crate) struct CountedRng(AtomicU64);

impl Rng for CountedRng {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let digest = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes());
            part.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        }
    }
}

/// A headquarters with the stores `north` and `south`, and its server.
pub(crate) struct House {
    pub(crate) folder: Arc<TempDir>,
    pub(crate) place: Place,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) rng: Arc<CountedRng>,
    pub(crate) hq: Arc<Hq>,
    server: Server,
}

struct Server {
    base: String,
    client: Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), HqError>>,
}

impl House {
    pub(crate) fn open() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let place = place_in(&data(&folder));
        Self::open_in(folder, place)
    }

    /// One in `place`.
    pub(crate) fn open_in(folder: Arc<TempDir>, place: Place) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(chrono::Utc::now().timestamp_millis())));
        let rng = Arc::new(CountedRng::default());
        let hq = Hq::init(&place, &[], clock.clone(), rng.clone()).unwrap();
        for store in ["north", "south"] {
            hq.add_store(&NewStore::new(store.parse().unwrap(), store, small_pack()), Because::default()).unwrap();
        }
        let hq = Arc::new(hq);
        let server = Server::start(&hq);
        Self { folder, place, clock, rng, hq, server }
    }

    /// Stops at once, as a killed process does, and starts again in the same place.
    pub(crate) fn restart(self) -> Self {
        self.server.task.abort();
        drop(self.hq);
        Self::receiver(self.folder, self.place, self.clock.clone(), self.clock, self.rng)
    }

    /// One more receiver in the same place.
    pub(crate) fn another(&self) -> Self {
        self.another_by(self.clock.clone())
    }

    /// One that goes by another clock.
    pub(crate) fn another_by(&self, its_clock: Arc<dyn Clock>) -> Self {
        Self::receiver(self.folder.clone(), self.place.clone(), its_clock, self.clock.clone(), self.rng.clone())
    }

    fn receiver(
        folder: Arc<TempDir>,
        place: Place,
        its_clock: Arc<dyn Clock>,
        clock: Arc<HandClock>,
        rng: Arc<CountedRng>,
    ) -> Self {
        let hq = Arc::new(Hq::open(&place, its_clock, rng.clone()).unwrap());
        let server = Server::start(&hq);
        Self { folder, place, clock, rng, hq, server }
    }

    /// Ends the receiver at once, as a killed process ends.
    pub(crate) fn kill(self) {
        self.server.task.abort();
    }

    /// Stops as the operator stops it.
    pub(crate) async fn stop(self) -> Result<(), HqError> {
        self.server.stop.send(()).unwrap();
        drop(self.server.client);
        self.server.task.await.unwrap()
    }

    /// What the register tells of one kind of act.
    pub(crate) fn on_record(&self, act: &str) -> Vec<AuditLine> {
        self.hq.audit().unwrap().into_iter().filter(|line| line.act == act).collect()
    }

    pub(crate) fn code(&self, devices: u32) -> PairingCode {
        self.hq.make_code(&"north".parse().unwrap(), devices, Because::default()).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.server.client.get(format!("{}{path}", self.server.base))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.server.client.post(format!("{}{path}", self.server.base))
    }

    pub(crate) async fn challenge(&self) -> String {
        let hello = self.get(path::HELLO).send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice::<Hello>(&hello).unwrap().challenge
    }

    pub(crate) async fn pair(&self, code: &PairingCode, key: &SigningKey) -> Result<PairGrant, ProblemKind> {
        let request = PairRequest {
            code: code.secret().to_owned(),
            device_key: key.public(),
            device_name: "Counter 1".to_owned(),
            challenge: self.challenge().await,
        };
        let signed = Signed::seal(Purpose::PairRequest, &request, key).unwrap();
        let answer = self.post(path::PAIR).body(serde_json::to_vec(&signed).unwrap()).send().await.unwrap();
        let signed: Signed = read(answer).await?;
        Ok(signed.open(Purpose::PairGrant, &self.hq.public_key()).unwrap())
    }

    /// A device that is paired with `store`.
    pub(crate) async fn device_of(&self, store: &str) -> Device {
        let code = self.hq.make_code(&store.parse().unwrap(), 1, Because::default()).unwrap();
        let mut seed = [0; 32];
        self.rng.fill(&mut seed);
        let key = SigningKey::from_seed(&seed);
        let grant = self.pair(&code, &key).await.unwrap();
        Device { grant, key, seed, seq: 0, rng: self.rng.clone(), clock: self.clock.clone() }
    }

    pub(crate) async fn send<S: AsRef<str>>(&self, device: &Device, lines: &[S]) -> Result<Receipt, ProblemKind> {
        let letter = device.letter(encode_batch(lines).unwrap(), self.challenge().await);
        self.deliver(device, &letter).await
    }

    pub(crate) async fn send_contacts(&self, device: &Device, lines: &[String]) -> Result<Receipt, ProblemKind> {
        let letter = device.letter_to(path::CONTACTS, encode_batch(lines).unwrap(), self.challenge().await);
        self.deliver(device, &letter).await
    }

    pub(crate) async fn send_spools(&self, device: &Device, lines: &[String]) -> Result<Receipt, ProblemKind> {
        let letter = device.letter_to(path::SPOOLS, encode_batch(lines).unwrap(), self.challenge().await);
        self.deliver(device, &letter).await
    }

    /// What headquarters wants of `device`, which has the kit of its grant.
    pub(crate) async fn ask(&self, device: &Device) -> Result<Config, ProblemKind> {
        self.ask_with(device, &device.asks(device.grant.epoch)).await
    }

    pub(crate) async fn ask_with(&self, device: &Device, said: &ConfigRequest) -> Result<Config, ProblemKind> {
        let line = serde_json::to_string(said).unwrap();
        let letter = device.letter_to(path::CONFIG, encode_batch(&[line]).unwrap(), self.challenge().await);
        self.ask_by(device, &letter).await
    }

    pub(crate) async fn ask_by(&self, device: &Device, letter: &Letter) -> Result<Config, ProblemKind> {
        let signed = self.put(letter).await?;
        let config: Config = signed.open(Purpose::Config, &device.grant.hq_key).unwrap();
        assert_eq!(config.device, device.grant.device, "the answer is for who asked");
        assert_eq!(config.request.to_string(), letter.get(BATCH_HEADER), "and for the question");
        Ok(config)
    }

    /// What headquarters says of a page for a phone.
    pub(crate) async fn phone(&self, device: &Device, wanted: &PhoneRequest) -> Result<PhoneSaid, ProblemKind> {
        let line = serde_json::to_string(wanted).unwrap();
        let letter = device.letter_to(path::PHONE, encode_batch(&[line]).unwrap(), self.challenge().await);
        let signed = self.put(&letter).await?;
        let answer: PhoneAnswer = signed.open(Purpose::Phone, &device.grant.hq_key).unwrap();
        assert_eq!(
            (answer.device, answer.request.to_string().as_str()),
            (device.grant.device, letter.get(BATCH_HEADER))
        );
        Ok(answer.said)
    }

    /// What the other devices of the store logged.
    pub(crate) async fn feed(
        &self,
        device: &Device,
        asked: &FeedRequest,
    ) -> Result<(FeedHead, Vec<String>), ProblemKind> {
        let line = serde_json::to_string(asked).unwrap();
        let letter = device.letter_to(path::FEED, encode_batch(&[line]).unwrap(), self.challenge().await);
        let answer = self.try_put(&letter).await.unwrap();
        let Some(head) = answer.headers().get(FEED_HEADER).cloned() else {
            return Err(read::<Signed>(answer).await.unwrap_err());
        };
        let signed: Signed = serde_json::from_slice(head.as_bytes()).unwrap();
        let head: FeedHead = signed.open(Purpose::Feed, &device.grant.hq_key).unwrap();
        let body = answer.bytes().await.unwrap();
        assert_eq!(head.digest, content_digest(&body));
        let lines = if body.is_empty() { None } else { decode_batch(&body).ok() };
        Ok((head, lines.map(|page| page.records().map(str::to_owned).collect()).unwrap_or_default()))
    }

    /// Serves pages for phones, which wait so long for a device; gives where.
    pub(crate) fn serves_phones(&self, patience: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let visitors = Visitors { patience, ..Visitors::default() };
        tokio::spawn(floorbook_hq::serve_visitors(self.hq.clone(), listener, visitors, std::future::pending()));
        base
    }

    async fn put(&self, letter: &Letter) -> Result<Signed, ProblemKind> {
        read(self.try_put(letter).await.unwrap()).await
    }

    /// Fails when the receiver hangs up.
    pub(crate) async fn try_put(&self, letter: &Letter) -> reqwest::Result<Response> {
        let mut request = self.post(letter.path).body(letter.body.clone());
        for (name, value) in &letter.fields {
            request = request.header(*name, value);
        }
        request.send().await
    }

    pub(crate) async fn deliver(&self, device: &Device, letter: &Letter) -> Result<Receipt, ProblemKind> {
        let signed = self.put(letter).await?;
        let receipt: Receipt = signed.open(Purpose::Receipt, &device.grant.hq_key).unwrap();
        assert_eq!(receipt.digest, letter.get("content-digest"));
        Ok(receipt)
    }
}

impl Server {
    fn start(hq: &Arc<Hq>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { stopped.await.unwrap_or_default() };
        let task = tokio::spawn(floorbook_hq::serve(hq.clone(), listener, shutdown));
        Self { base, client: client(hq.ca_der()), stop, task }
    }
}

/// A client that trusts this authority and no other.
pub(crate) fn client(ca_der: &[u8]) -> Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca_der.to_vec().into()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(config).build().unwrap()
}

async fn read<T: serde::de::DeserializeOwned>(answer: Response) -> Result<T, ProblemKind> {
    let is_ok = answer.status().is_success();
    let bytes = answer.bytes().await.unwrap();
    if is_ok {
        return Ok(serde_json::from_slice(&bytes).unwrap());
    }
    let problem: Problem = serde_json::from_slice(&bytes).unwrap();
    Err(ProblemKind::from_uri(&problem.kind).unwrap())
}

pub(crate) fn data(folder: &TempDir) -> std::path::PathBuf {
    Path::new(folder.path()).join("data")
}

/// A batch request, ready to be sent or spoiled.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) path: &'static str,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Letter {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let field = self.fields.iter_mut().find(|(known, _)| *known == name).unwrap();
        field.1 = value.to_owned();
    }

    fn get(&self, name: &str) -> &str {
        &self.fields.iter().find(|(known, _)| *known == name).unwrap().1
    }
}

pub(crate) struct Device {
    pub(crate) grant: PairGrant,
    pub(crate) key: SigningKey,
    seed: [u8; 32],
    pub(crate) seq: u64,
    rng: Arc<CountedRng>,
    clock: Arc<HandClock>,
}

impl Device {
    /// One that stands in for it under another name, with the same key.
    pub(crate) fn stand_in(&self) -> Self {
        let grant = PairGrant { device: DeviceId::make(self.clock.wall_ms(), &*self.rng), ..self.grant.clone() };
        let key = SigningKey::from_seed(&self.seed);
        Self { grant, key, seed: self.seed, seq: 0, rng: self.rng.clone(), clock: self.clock.clone() }
    }

    pub(crate) fn visit(&self) -> VisitId {
        VisitId::make(self.clock.wall_ms(), &*self.rng)
    }

    /// A question of a device that has the kit of `epoch`.
    pub(crate) fn asks(&self, epoch: u64) -> ConfigRequest {
        ConfigRequest { epoch, waiting: 0, version: "1.0.0".to_owned(), escrow: None, ledger: None }
    }

    /// The next event, sealed.
    pub(crate) fn event(&mut self, visit: VisitId, body: Body) -> String {
        self.seq += 1;
        let recorded = self.clock.now();
        let event = Event {
            schema: SCHEMA,
            id: EventId::make(recorded.wall_ms, &*self.rng),
            store: self.grant.store.id.clone(),
            device: self.grant.device,
            seq: self.seq,
            hlc: Hlc(recorded.wall_ms + i64::try_from(self.seq).unwrap(), 0),
            recorded,
            actor: "c01".parse().unwrap(),
            visit: Some(visit),
            body,
        };
        serde_json::to_string(&event).unwrap()
    }

    /// A visit of one party that just came in.
    pub(crate) fn opens(&mut self) -> (VisitId, String) {
        let visit = self.visit();
        let pack = PackRef { id: "small".to_owned(), version: 1 };
        let opening = Opening::new(self.clock.wall_ms(), 2, pack);
        (visit, self.event(visit, Body::VisitOpened(opening)))
    }

    pub(crate) fn opens_many(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.opens().1).collect()
    }

    pub(crate) fn letter(&self, body: Vec<u8>, challenge: String) -> Letter {
        self.letter_to(path::BATCHES, body, challenge)
    }

    pub(crate) fn letter_to(&self, path: &'static str, body: Vec<u8>, challenge: String) -> Letter {
        let digest = content_digest(&body);
        let device = self.grant.device.to_string();
        let batch = BatchId::make(self.clock.wall_ms(), &*self.rng).to_string();
        let head = SignedHead { path, digest: &digest, device: &device, batch: &batch, challenge: &challenge };
        let (input, signature) = sign_head(&head, &self.key);
        let fields = vec![
            ("content-encoding", "zstd".to_owned()),
            (DEVICE_HEADER, device),
            (BATCH_HEADER, batch),
            (CHALLENGE_HEADER, challenge),
            ("content-digest", digest),
            ("signature-input", input),
            ("signature", signature),
        ];
        Letter { path, fields, body }
    }
}

/// Another valid signature text, of nobody.
pub(crate) fn strange_signature() -> String {
    format!("sig=:{}:", STANDARD.encode([7; 64]))
}

/// A pack as small as packs may be.
pub(crate) fn small_pack() -> Pack {
    let label = |text: &str| json!({ "zh": text, "en": text });
    let choice = |code: &str| json!({ "code": code, "label": label(code) });
    let outcome = |code: &str| json!({ "code": code, "label": label(code), "pad": true, "asks": [] });
    serde_json::from_value(json!({
        "id": "small", "version": 1, "name": label("small"), "reasons": [choice("price")],
        "outcomes": [outcome("buy"), outcome("none")],
        "groups": [{
            "key": "age", "kind": "single", "label": label("age"), "hint": null, "front": 1,
            "choices": [choice("a20"), choice("unsure")]
        }],
    }))
    .unwrap()
}
