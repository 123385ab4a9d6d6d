//! The line between one device and headquarters, and what goes wrong on it.

use super::forge;
use super::house::{House, away, hold};
use super::op::{Call, Fault};
use axum::body::{Body, Bytes};
use floorbook_protocol::{PROBLEM_MEDIA_TYPE, Problem, ProblemKind, path};
use floorbook_sync::{SyncError, Wire};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body::Frame;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// As long as the real line waits for a byte.
const PATIENCE: Duration = Duration::from_secs(60);
/// Answers of the past that may come once more.
const PAST: usize = 8;

/// A fault that waits for its calls.
#[derive(Clone, Copy)]
struct Waiting {
    call: Call,
    fault: Fault,
    times: u8,
}

struct State {
    faults: Vec<Waiting>,
    past: VecDeque<(Call, Response<Vec<u8>>)>,
    /// How long calls take.
    dice: StdRng,
    calls: u64,
    troubles: BTreeMap<&'static str, u64>,
    /// What no device may do.
    broken: Option<String>,
}

/// Everything between a device and headquarters. It outlives the device's program.
#[derive(Clone)]
pub(crate) struct Line {
    house: Arc<House>,
    state: Arc<Mutex<State>>,
}

impl Line {
    pub(crate) fn new(house: &Arc<House>, device: u8) -> Self {
        let state = State {
            faults: Vec::new(),
            past: VecDeque::new(),
            dice: StdRng::seed_from_u64(device.into()),
            calls: 0,
            troubles: BTreeMap::new(),
            broken: None,
        };
        Self { house: Arc::clone(house), state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn will(&self, call: Call, fault: Fault, times: u8) {
        hold(&self.state).faults.push(Waiting { call, fault, times });
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&self) {
        hold(&self.state).faults.clear();
    }

    /// Whether an answer may still be awaited that is late.
    pub(crate) fn was_slow(&self) -> bool {
        hold(&self.state).troubles.keys().any(|trouble| trouble.starts_with("late"))
    }

    /// Calls so far.
    pub(crate) fn calls(&self) -> u64 {
        hold(&self.state).calls
    }

    /// How often which trouble was had.
    pub(crate) fn troubles(&self) -> BTreeMap<&'static str, u64> {
        hold(&self.state).troubles.clone()
    }

    /// What was done here that may not be done.
    pub(crate) fn broken(&self) -> Option<String> {
        hold(&self.state).broken.clone()
    }

    /// How this call goes: its fault, the way there and the way back.
    fn begin(&self, call: Call) -> (Option<Fault>, Duration, Duration) {
        let mut state = hold(&self.state);
        state.calls += 1;
        let mut way = || Duration::from_millis(state.dice.random_range(2..60));
        let (there, back) = (way(), way());
        let fits = |waiting: &Waiting| waiting.call == Call::Any || waiting.call == call;
        let Some(at) = state.faults.iter().position(fits) else { return (None, there, back) };
        state.faults[at].times -= 1;
        let Waiting { fault, times, .. } = state.faults[at];
        if times == 0 {
            state.faults.remove(at);
        }
        *state.troubles.entry(fault.name()).or_default() += 1;
        (Some(fault), there, back)
    }

    async fn deliver(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, SyncError> {
        let answer = self.house.answer(with_body(request, Body::from(request.body().clone()))).await?;
        if let Some(why) = fault_of_device(&answer) {
            hold(&self.state).broken.get_or_insert(why);
        }
        Ok(answer)
    }

    async fn hampered(
        &self,
        call: Call,
        request: &Request<Vec<u8>>,
        fault: Fault,
    ) -> Result<Response<Vec<u8>>, SyncError> {
        match fault {
            Fault::DropBefore => Err(away()),
            Fault::DropAfter => {
                self.deliver(request).await?;
                Err(away())
            }
            Fault::CutRequest(bytes) => {
                let start = request.body().iter().take(bytes.into()).copied().collect();
                self.house.answer(with_body(request, Body::new(Broken(Some(start))))).await?;
                Err(away())
            }
            Fault::CutAnswer(bytes) => {
                let mut answer = self.deliver(request).await?;
                answer.body_mut().truncate(bytes.into());
                Ok(answer)
            }
            Fault::Twice => {
                self.deliver(request).await?;
                self.deliver(request).await
            }
            Fault::LateThere(seconds) => self.late(request, seconds, 0).await,
            Fault::LateBack(seconds) => self.late(request, 0, seconds).await,
            Fault::Replay => self.older(call).ok_or_else(away),
            Fault::Forged(forgery) => Ok(forge::answer(call, request, forgery)),
            Fault::Portal => Ok(page(StatusCode::OK, "<html>Sign in to the network</html>")),
            Fault::Redirect => Ok(page(StatusCode::FOUND, "")),
            Fault::NoContent => Ok(page(StatusCode::NO_CONTENT, "")),
            Fault::BadGateway => Ok(page(StatusCode::BAD_GATEWAY, "<html>502</html>")),
            Fault::Busy(seconds) => Ok(busy(seconds)),
        }
    }

    /// What takes long goes on although the device has given up.
    async fn late(&self, request: &Request<Vec<u8>>, there_s: u8, back_s: u8) -> Result<Response<Vec<u8>>, SyncError> {
        let (line, request) = (self.clone(), request.clone());
        let delivery = tokio::spawn(async move {
            sleep(Duration::from_secs(there_s.into())).await;
            let answer = line.deliver(&request).await;
            sleep(Duration::from_secs(back_s.into())).await;
            answer
        });
        timeout(PATIENCE, delivery).await.map_err(|_| away())?.map_err(|_| away())?
    }

    fn remember(&self, call: Call, answer: &Response<Vec<u8>>) {
        let past = &mut hold(&self.state).past;
        past.push_back((call, answer.clone()));
        if past.len() > PAST {
            past.pop_front();
        }
    }

    /// The last answer to a call of this kind, or any where there was none.
    fn older(&self, call: Call) -> Option<Response<Vec<u8>>> {
        let state = hold(&self.state);
        let of_kind = state.past.iter().rev().find(|(kind, _)| *kind == call);
        of_kind.or(state.past.back()).map(|(_, answer)| answer.clone())
    }
}

impl Wire for Line {
    async fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, SyncError> {
        let call = called(&request);
        let (fault, there, back) = self.begin(call);
        sleep(there).await;
        let answer = match fault {
            None => self.deliver(&request).await?,
            Some(fault) => self.hampered(call, &request, fault).await?,
        };
        self.remember(call, &answer);
        sleep(back).await;
        Ok(answer)
    }
}

fn called(request: &Request<Vec<u8>>) -> Call {
    match request.uri().path() {
        path::HELLO => Call::Hello,
        path::BATCHES => Call::Batches,
        path::CONTACTS => Call::Contacts,
        path::CONFIG => Call::Config,
        path::FEED => Call::Feed,
        _ => Call::Any,
    }
}

/// Why headquarters could not take what a device sent, where it is the device's fault.
fn fault_of_device(answer: &Response<Vec<u8>>) -> Option<String> {
    let problem: Problem = serde_json::from_slice(answer.body()).ok()?;
    let kind = ProblemKind::from_uri(&problem.kind)?;
    let is_theirs = matches!(kind, ProblemKind::Malformed | ProblemKind::TooLarge | ProblemKind::SignatureInvalid);
    is_theirs.then(|| format!("it sent what headquarters cannot take: {}", kind.title()))
}

fn with_body(request: &Request<Vec<u8>>, body: Body) -> Request<Body> {
    let (head, _) = request.clone().into_parts();
    Request::from_parts(head, body)
}

fn page(status: StatusCode, text: &str) -> Response<Vec<u8>> {
    let mut answer = Response::new(text.as_bytes().to_vec());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, "text/html".parse().expect("a media type"));
    answer
}

fn busy(seconds: u8) -> Response<Vec<u8>> {
    let problem = serde_json::to_string(&Problem::from(ProblemKind::Busy)).expect("a problem has a form");
    let mut answer = page(StatusCode::SERVICE_UNAVAILABLE, &problem);
    answer.headers_mut().insert(CONTENT_TYPE, PROBLEM_MEDIA_TYPE.parse().expect("a media type"));
    answer.headers_mut().insert(RETRY_AFTER, u64::from(seconds).into());
    answer
}

/// A body that breaks after what there is of it.
struct Broken(Option<Vec<u8>>);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(start) => Ok(Frame::data(start.into())),
            None => Err(std::io::ErrorKind::ConnectionReset.into()),
        }))
    }
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Self::DropBefore => "dropped before",
            Self::DropAfter => "dropped after",
            Self::CutRequest(_) => "request cut",
            Self::CutAnswer(_) => "answer cut",
            Self::Twice => "sent twice",
            Self::LateThere(_) => "late there",
            Self::LateBack(_) => "late back",
            Self::Replay => "replayed",
            Self::Forged(_) => "forged",
            Self::Portal => "portal",
            Self::Redirect => "redirected",
            Self::NoContent => "empty",
            Self::BadGateway => "bad gateway",
            Self::Busy(_) => "busy",
        }
    }
}
