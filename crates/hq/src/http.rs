//! Routes: read the request within its bounds, call one method, write the answer.

use crate::feed::FeedPage;
use crate::intake::BatchRequest;
use crate::problem::Refused;
use crate::seats::Seats;
use crate::{Hq, challenge};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, Call, DEVICE_HEADER, FEED_HEADER, Hello, PROTOCOL_MAX, PROTOCOL_MIN, ProblemKind,
    Signed, VERSIONS_HEADER, limits, read_versions,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Requests that are looked at at once; more are told to come again. With the two below it bounds
/// the memory that strangers can make us use.
const REQUESTS_MAX: usize = 128;
/// Devices that wait for news of their store at once.
const WAITERS_MAX: usize = 10_000;
/// Requests whose decoding and database work runs at once.
const WORK_MAX: usize = 4;
const BUSY_RETRY_S: u32 = 2;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Desk {
    hq: Arc<Hq>,
    requests: Arc<Semaphore>,
    waiters: Arc<Semaphore>,
    seats: Arc<Seats>,
    work: Arc<Semaphore>,
}

/// Everything that headquarters answers, without the network: [`crate::serve`] puts it there.
pub fn router(hq: Arc<Hq>) -> Router {
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX));
    let (waiters, work) = (Arc::new(Semaphore::new(WAITERS_MAX)), Arc::new(Semaphore::new(WORK_MAX)));
    let desk = Desk { hq, requests, waiters, seats: Arc::default(), work };
    let (waiting, prompt): (Vec<Call>, Vec<Call>) = Call::ALL.iter().partition(|call| call.may_wait());
    let bounded_calls = prompt
        .into_iter()
        .fold(Router::new(), with_route)
        .fallback(nothing_here)
        .layer(from_fn_with_state(desk.clone(), bounded));
    // Whoever waits for news must not keep others from sending: it is counted by itself.
    let calls = waiting.into_iter().fold(bounded_calls, with_route);
    calls.method_not_allowed_fallback(nothing_here).with_state(desk)
}

fn with_route(router: Router<Desk>, call: Call) -> Router<Desk> {
    let handler = match call {
        Call::Hello => get(hello),
        Call::Pair => post(pair),
        Call::Batches => post(batches),
        Call::Contacts => post(contacts),
        Call::Spools => post(spools),
        Call::Phone => post(phone),
        Call::Config => post(config),
        Call::Feed => post(feed),
    };
    router.route(call.path(), handler)
}

async fn bounded(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    match desk.requests.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => Refused::Busy { retry_after_s: BUSY_RETRY_S }.into_response(),
    }
}

/// Also answers a device that speaks none of its versions: the answer tells it which of the two is behind.
async fn hello(State(desk): State<Desk>, headers: HeaderMap) -> Json<Hello> {
    let versions: Vec<u16> = (PROTOCOL_MIN..=PROTOCOL_MAX).collect();
    let said = headers.get(VERSIONS_HEADER).and_then(|field| field.to_str().ok()).map(read_versions);
    if said.is_some_and(|said| !said.iter().any(|version| versions.contains(version))) {
        tracing::warn!("a device speaks no version of the protocol that is spoken here");
    }
    let server_time_ms = desk.hq.clock.wall_ms();
    let challenge = challenge::derive_challenge(&desk.hq.keys.challenge, server_time_ms);
    Json(Hello { versions, challenge, server_time_ms })
}

async fn pair(State(desk): State<Desk>, body: Body) -> Result<Response, Refused> {
    let body = read_body(body, limits::REQUEST_BYTES_MAX).await?;
    desk.answer(move |hq| hq.pair(&body)).await
}

async fn batches(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let request = read_batch(&headers, body).await?;
    desk.answer(move |hq| hq.take_batch(&request)).await
}

async fn contacts(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let request = read_batch(&headers, body).await?;
    desk.answer(move |hq| hq.take_contacts(&request)).await
}

async fn config(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let request = read_batch(&headers, body).await?;
    desk.answer(move |hq| hq.answer_config(&request)).await
}

/// Answers when there is something, or when the time to wait is over.
async fn feed(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let busy = |_| Refused::Busy { retry_after_s: BUSY_RETRY_S };
    let _waiter = desk.waiters.try_acquire().map_err(busy)?;
    let asked = {
        let _permit = desk.requests.try_acquire().map_err(busy)?;
        let request = read_batch(&headers, body).await?;
        desk.work(move |hq| hq.open_feed(&request)).await?
    };
    let seat = desk.seats.take(asked.device.id);
    let (mut news, asked) = (desk.hq.news.listen(&asked.device.store, asked.device.id), Arc::new(asked));
    let deadline = Instant::now() + Duration::from_millis(u64::from(asked.wait_ms()));
    loop {
        let it = Arc::clone(&asked);
        let page = desk.work(move |hq| hq.feed_page(&it)).await?;
        let is_over = async {
            tokio::select! {
                heard = tokio::time::timeout_at(deadline, news.ring()) => heard.is_err(),
                () = seat.ended() => true,
            }
        };
        if page.is_news || is_over.await {
            return Ok(desk.with_challenge(feed_response(page)?));
        }
    }
}

fn feed_response(page: FeedPage) -> Result<Response, Refused> {
    let head = serde_json::to_string(&page.head)?;
    let mut response = page.body.into_response();
    let head = HeaderValue::try_from(head).map_err(|_| ProblemKind::Internal)?;
    response.headers_mut().insert(FEED_HEADER, head);
    Ok(response)
}

async fn spools(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let request = read_batch(&headers, body).await?;
    desk.answer(move |hq| hq.take_spools(&request)).await
}

/// Waits without a place among the requests that are looked at; a device waits for one page at a time.
async fn phone(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let call = {
        let _permit = desk.requests.try_acquire().map_err(|_| Refused::Busy { retry_after_s: BUSY_RETRY_S })?;
        let request = read_batch(&headers, body).await?;
        desk.work(move |hq| hq.read_phone(&request)).await?
    };
    let said = desk.hq.answer_phone(call).await?;
    Ok(desk.with_challenge(Json(said).into_response()))
}

async fn read_batch(headers: &HeaderMap, body: Body) -> Result<BatchRequest, Refused> {
    let body = read_body(body, limits::BATCH_ENCODED_BYTES_MAX).await?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Ok(BatchRequest {
        device: text(DEVICE_HEADER),
        batch: text(BATCH_HEADER),
        challenge: text(CHALLENGE_HEADER),
        digest: text("content-digest"),
        encoding: text(CONTENT_ENCODING.as_str()),
        signature_input: text("signature-input"),
        signature: text("signature"),
        body,
    })
}

async fn nothing_here() -> Refused {
    ProblemKind::NotFound.into()
}

impl Desk {
    /// Does `work` and hands out the next challenge with its answer.
    async fn answer(
        &self,
        work: impl FnOnce(&Hq) -> Result<Signed, Refused> + Send + 'static,
    ) -> Result<Response, Refused> {
        Ok(self.with_challenge(Json(self.work(work).await?).into_response()))
    }

    /// Does `work` where it may block.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hq) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let permit = Arc::clone(&self.work).acquire_owned().await;
        let hq = Arc::clone(&self.hq);
        let done = tokio::task::spawn_blocking(move || {
            let answer = work(&hq);
            drop(permit);
            answer
        });
        // The task only fails by a panic, whose message was written already.
        done.await.map_err(|_| ProblemKind::Internal)?
    }

    fn with_challenge(&self, mut response: Response) -> Response {
        let challenge = challenge::derive_challenge(&self.hq.keys.challenge, self.hq.clock.wall_ms());
        let value = HeaderValue::try_from(challenge).expect("base64url is fit for a header");
        response.headers_mut().insert(CHALLENGE_HEADER, value);
        response
    }
}

/// Reads a body of at most `bytes_max` bytes; a longer one is not read to its end.
pub(crate) async fn read_body(body: Body, bytes_max: usize) -> Result<Bytes, Refused> {
    match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, bytes_max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ProblemKind::TooLarge.into()),
        // The way here broke, not the request: it must come again.
        Ok(Err(_)) | Err(_) => Err(Refused::Busy { retry_after_s: BUSY_RETRY_S }),
    }
}
