//! A headquarters in this process that can be made to fail in every way of the network.

use crate::desk::SeededRng;
use floorbook_model::{BatchId, DeviceId, EventId};
use floorbook_protocol::{
    Config, ConfigRequest, FeedHead, FeedRequest, Hello, OpeningKey, Order, PROTOCOL_MAX, ProblemKind, PublicKey,
    Purpose, QuarantineCode, Receipt, RecordHead, RecordResult, Run, Signed, SignedHead, SigningKey, SpoolRecord,
    content_digest, decode_batch, encode_batch, limits, path, runs_of, verify_head,
};
use floorbook_sync::{BatchAnswer, BatchRequest, FeedAnswer, SyncError, Transport};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What becomes of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is stored and receipted.
    None,
    /// It never arrives.
    DropBefore,
    /// It is stored, and the receipt never arrives.
    DropAfter,
    /// A captive portal answers with a page.
    Portal,
    /// Somebody else signs.
    WrongKey,
    /// The signature is headquarters', under a grant.
    WrongPurpose,
    /// The receipt of an earlier batch comes once more.
    Replay,
    /// It is for another batch.
    WrongBatch,
    /// It is for other bytes.
    WrongDigest,
    /// It is for another device.
    WrongDevice,
    /// It speaks of one record less.
    Fewer,
    /// It speaks of one record more.
    More,
    /// It is refused for this reason, with a pause in seconds.
    Refused(ProblemKind, Option<u64>),
    /// The records are to be sent again.
    Retry,
    /// It is stored, and the next is to wait for so many seconds.
    StoredThenPause(u64),
}

impl Fault {
    /// Answers of somebody who is not headquarters, or not about this batch. Nothing is stored.
    pub(crate) const FORGED: [Self; 9] = [
        Self::Portal,
        Self::WrongKey,
        Self::WrongPurpose,
        Self::Replay,
        Self::WrongBatch,
        Self::WrongDigest,
        Self::WrongDevice,
        Self::Fewer,
        Self::More,
    ];
}

#[derive(Default)]
pub(crate) struct State {
    /// What happens to the next batches; honest when it runs out.
    pub(crate) faults: VecDeque<Fault>,
    /// Draws a fault for every batch, until there is none to draw from any more.
    pub(crate) dice: Option<Arc<SeededRng>>,
    /// Whether nobody is there at all.
    pub(crate) away: bool,
    /// Records for which a batch is refused as a whole.
    pub(crate) poison: BTreeSet<String>,
    /// Records of a spool that are set aside, by their number.
    pub(crate) unwanted: BTreeSet<u64>,
    /// What is stored, by event.
    pub(crate) stored: BTreeMap<EventId, String>,
    /// Every batch that came, its records.
    pub(crate) came: Vec<Vec<String>>,
    /// Versions of the protocol that it speaks; today's without.
    pub(crate) versions: Option<Vec<u16>>,
    /// How often a device said hello.
    pub(crate) hellos: usize,
    /// What it was asked for its wishes.
    pub(crate) asked: Vec<ConfigRequest>,
    /// What becomes of the next of these answers; honest when it runs out.
    pub(crate) config_faults: VecDeque<Fault>,
    /// Up to where it says that it holds everything; it does not say without.
    pub(crate) acked_through: Option<u64>,
    /// Epoch of the kit of which its feed tells; without one nobody answers there.
    pub(crate) kit: Option<u64>,
    /// What another device logged: its feed brings two lines a page.
    pub(crate) others: Vec<(DeviceId, u64, String)>,
    /// A page that begins behind this number comes wrong, once.
    pub(crate) spoilt_after: Option<u64>,
    /// A page that begins behind this number holds a line less than its head says, once.
    pub(crate) torn_after: Option<u64>,
    /// Nobody answers there to whoever has that device up to this number.
    pub(crate) feed_ends_at: Option<u64>,
    /// Behind which number of that device it was asked to go on.
    pub(crate) places: Vec<u64>,
    last_config: Option<Signed>,
    /// Records that were stored before.
    pub(crate) duplicates: usize,
    in_flight: usize,
    pub(crate) in_flight_max: usize,
    last_receipt: Option<Signed>,
}

#[derive(Clone)]
pub(crate) struct HqStub {
    key: Arc<SigningKey>,
    device_key: PublicKey,
    state: Arc<Mutex<State>>,
}

impl HqStub {
    pub(crate) fn new(device_key: PublicKey) -> Self {
        Self { key: Arc::new(SigningKey::from_seed(&[2; 32])), device_key, state: Arc::default() }
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.key.public()
    }

    /// What devices seal to while their key is away.
    pub(crate) fn spool_key() -> OpeningKey {
        OpeningKey::from_bytes(&[3; 32]).unwrap()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn will(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.extend(faults);
    }

    fn answer(&self, request: &BatchRequest, records: &[String], fault: Fault) -> Result<BatchAnswer, SyncError> {
        match fault {
            Fault::DropBefore => return Err(away()),
            Fault::Portal => return Err(SyncError::Nonsense),
            Fault::Refused(kind, pause_s) => {
                return Err(SyncError::Refused { kind, retry_after: pause_s.map(Duration::from_secs) });
            }
            Fault::None if records.iter().any(|record| self.state().poison.contains(record)) => {
                return Err(SyncError::Refused { kind: ProblemKind::Malformed, retry_after: None });
            }
            _ => {}
        }
        let honest = Receipt {
            batch: request.batch.parse().unwrap(),
            device: request.device.parse().unwrap(),
            digest: request.digest.clone(),
            results: self.results(records, fault),
            acked_through: 0,
            server_time_ms: 0,
        };
        if fault == Fault::DropAfter {
            return Err(away());
        }
        let receipt = self.sealed(honest, fault);
        let back_off =
            if let Fault::StoredThenPause(seconds) = fault { Some(Duration::from_secs(seconds)) } else { None };
        Ok(BatchAnswer { document: receipt, challenge: Some("next".to_owned()), back_off })
    }

    fn config(&self, request: &BatchRequest, line: &str) -> Result<BatchAnswer, SyncError> {
        let mut state = self.state();
        state.asked.push(serde_json::from_str(line).unwrap());
        let fault = state.config_faults.pop_front().unwrap_or(Fault::None);
        let (purpose, key) = match fault {
            Fault::WrongKey => (Purpose::Config, SigningKey::from_seed(&[3; 32])),
            Fault::WrongPurpose => (Purpose::Receipt, SigningKey::from_seed(&[2; 32])),
            _ => (Purpose::Config, SigningKey::from_seed(&[2; 32])),
        };
        let device: DeviceId = request.device.parse().unwrap();
        let config = Config {
            device: if fault == Fault::WrongDevice { DeviceId::from_bytes([8; 16]) } else { device },
            request: request.batch.parse().unwrap(),
            server_time_ms: 0,
            order: Order::Wipe,
            acked_through: state.acked_through,
            erased: Vec::new(),
            kit: None,
        };
        let honest = Signed::seal(purpose, &config, &key).unwrap();
        let earlier = state.last_config.replace(honest.clone());
        let document = if fault == Fault::Replay { earlier.unwrap_or(signed_by_nobody()) } else { honest };
        match fault {
            Fault::DropBefore | Fault::DropAfter => Err(away()),
            Fault::Portal => Err(SyncError::Nonsense),
            Fault::Refused(kind, _) => Err(SyncError::Refused { kind, retry_after: None }),
            _ => Ok(BatchAnswer { document, challenge: None, back_off: None }),
        }
    }

    fn page(&self, asked: &FeedRequest) -> Option<(Vec<String>, bool)> {
        let mut state = self.state();
        let Some((device, ..)) = state.others.first() else { return Some((Vec::new(), false)) };
        let after = asked.have.get(device).copied().unwrap_or(0);
        if state.feed_ends_at == Some(after) {
            return None;
        }
        state.places.push(after);
        let left: Vec<String> =
            state.others.iter().filter(|(_, seq, _)| *seq > after).map(|(.., line)| line.clone()).collect();
        let mut page: Vec<String> = left.iter().take(2).cloned().collect();
        if state.spoilt_after.take_if(|spoilt| *spoilt == after).is_some() {
            page.reverse();
        }
        Some((page, left.len() > 2))
    }

    fn results(&self, records: &[String], fault: Fault) -> Vec<Run> {
        let stores = matches!(fault, Fault::None | Fault::DropAfter | Fault::StoredThenPause(_));
        let result = |record: &String| match fault {
            Fault::Retry => RecordResult::Retry,
            _ if stores => self.store(record),
            _ => RecordResult::Accepted,
        };
        runs_of(records.iter().map(result))
    }

    fn store(&self, record: &str) -> RecordResult {
        let mut state = self.state();
        let spooled = serde_json::from_str::<SpoolRecord>(record).ok();
        if spooled.as_ref().is_some_and(|spooled| state.unwanted.contains(&spooled.n)) {
            return RecordResult::Quarantined(QuarantineCode::Conflict);
        }
        let opened = spooled.map(|spooled| spooled.open(&Self::spool_key()).unwrap().to_vec());
        let record = opened.map_or(record.to_owned(), |line| String::from_utf8(line).unwrap());
        let head = RecordHead::parse(&record).unwrap();
        if let Some(known) = state.stored.get(&head.id) {
            assert_eq!(*known, record, "what is sent again must be the same bytes");
            state.duplicates += 1;
            return RecordResult::Duplicate;
        }
        state.stored.insert(head.id, record);
        RecordResult::Accepted
    }

    fn sealed(&self, honest: Receipt, fault: Fault) -> Signed {
        let shifted = |delta: i64| {
            let mut results = honest.results.clone();
            let count = &mut results.last_mut().unwrap().count;
            *count = u32::try_from(i64::from(*count) + delta).unwrap();
            results
        };
        let receipt = match fault {
            Fault::WrongBatch => Receipt { batch: BatchId::from_bytes([8; 16]), ..honest },
            Fault::WrongDigest => Receipt { digest: content_digest(b"other bytes"), ..honest },
            Fault::WrongDevice => Receipt { device: DeviceId::from_bytes([8; 16]), ..honest },
            Fault::Fewer => Receipt { results: shifted(-1), ..honest },
            Fault::More => Receipt { results: shifted(1), ..honest },
            _ => honest,
        };
        let stranger = SigningKey::from_seed(&[3; 32]);
        let (purpose, key) = match fault {
            Fault::WrongKey => (Purpose::Receipt, &stranger),
            Fault::WrongPurpose => (Purpose::PairGrant, &*self.key),
            _ => (Purpose::Receipt, &*self.key),
        };
        let signed = Signed::seal(purpose, &receipt, key).unwrap();
        let earlier = self.state().last_receipt.replace(signed.clone());
        if fault == Fault::Replay { earlier.unwrap_or(signed_by_nobody()) } else { signed }
    }
}

fn signed_by_nobody() -> Signed {
    Signed::seal(Purpose::Receipt, &"nothing was receipted yet", &SigningKey::from_seed(&[4; 32])).unwrap()
}

pub(crate) fn away() -> SyncError {
    SyncError::Away("nobody is there".into())
}

impl HqStub {
    /// What the device signs with, its public half.
    pub(crate) fn device_key(&self) -> PublicKey {
        self.device_key
    }
}

impl Transport for HqStub {
    async fn hello(&self) -> Result<Hello, SyncError> {
        let mut state = self.state();
        state.hellos += 1;
        if state.away {
            return Err(away());
        }
        let versions = state.versions.clone().unwrap_or(vec![PROTOCOL_MAX]);
        Ok(Hello { versions, challenge: "first".to_owned(), server_time_ms: 0 })
    }

    async fn pair(&self, _request: &Signed) -> Result<Signed, SyncError> {
        Err(SyncError::Internal)
    }

    async fn feed(&self, request: BatchRequest) -> Result<FeedAnswer, SyncError> {
        let Some(epoch) = self.state().kit else { return Err(away()) };
        let line = decode_batch(&request.body).unwrap().records().collect::<String>();
        let asked: FeedRequest = serde_json::from_str(&line).unwrap();
        let config = epoch > asked.epoch;
        let (lines, more) = self.page(&asked).ok_or_else(away)?;
        if !config && lines.is_empty() {
            tokio::time::sleep(Duration::from_millis(asked.wait_ms.into())).await;
        }
        let after = asked.have.values().next().copied().unwrap_or(0);
        let torn = self.state().torn_after.take_if(|torn| *torn == after).is_some();
        let held = lines.get(..lines.len() - usize::from(torn)).unwrap();
        let body = if held.is_empty() { Vec::new() } else { encode_batch(held).unwrap() };
        let heads = lines.iter().map(|line| RecordHead::parse(line.as_ref()).unwrap());
        let through = heads.map(|head| (head.device, head.seq)).collect();
        let head = FeedHead {
            device: request.device.parse().unwrap(),
            request: request.batch.parse().unwrap(),
            digest: content_digest(&body),
            more,
            config,
            epoch,
            ahead: 0,
            ahead_through: [].into(),
            through,
        };
        let document = Signed::seal(Purpose::Feed, &head, &self.key).unwrap();
        Ok(FeedAnswer { document, body, challenge: Some("next".to_owned()) })
    }

    /// What is wrong with a request is an error of the sender, so it stops the test.
    async fn send(&self, request: BatchRequest) -> Result<BatchAnswer, SyncError> {
        let BatchRequest { path: called, body, digest, device, batch, challenge, signature } = &request;
        assert_eq!(*digest, content_digest(body));
        assert!(["first", "next"].contains(&challenge.as_str()), "a challenge of headquarters is signed over");
        let head = SignedHead { path: called, digest, device, batch, challenge };
        verify_head(&head, &signature.0, &signature.1, &self.device_key).unwrap();
        assert!(body.len() <= limits::BATCH_ENCODED_BYTES_MAX);
        let records: Vec<String> = decode_batch(body).unwrap().records().map(str::to_owned).collect();
        if *called == path::CONFIG {
            return self.config(&request, &records.concat());
        }
        let fault = {
            let mut state = self.state();
            state.in_flight += 1;
            state.in_flight_max = state.in_flight_max.max(state.in_flight);
            state.came.push(records.clone());
            let drawn = state.dice.as_ref().map(|dice| drawn(dice));
            drawn.or_else(|| state.faults.pop_front()).unwrap_or(Fault::None)
        };
        tokio::time::sleep(Duration::from_millis(40)).await; // the way there and back, on the paused clock
        let answer = self.answer(&request, &records, fault);
        self.state().in_flight -= 1;
        answer
    }
}

/// Half of the batches go well; the others fail in any way.
fn drawn(dice: &SeededRng) -> Fault {
    match dice.below(16) {
        0..8 => Fault::None,
        8 | 9 => Fault::DropBefore,
        10 | 11 => Fault::DropAfter,
        12 => Fault::Retry,
        13 => Fault::Refused(ProblemKind::Busy, Some(3)),
        _ => *Fault::FORGED.iter().cycle().nth(usize::try_from(dice.below(9)).unwrap()).unwrap(),
    }
}
