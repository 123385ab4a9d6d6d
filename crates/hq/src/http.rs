//! Routes: read the request within its bounds, call one method, write the answer.

use crate::intake::BatchRequest;
use crate::problem::Refused;
use crate::{Hq, challenge};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, DEVICE_HEADER, Hello, ProblemKind, Signed, VERSION, limits, path,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests that are looked at at once; more are told to come again. With the two below it bounds
/// the memory that strangers can make us use.
const REQUESTS_MAX: usize = 128;
/// Requests whose decoding and database work runs at once.
const WORK_MAX: usize = 4;
const BUSY_RETRY_S: u32 = 2;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Desk {
    hq: Arc<Hq>,
    requests: Arc<Semaphore>,
    work: Arc<Semaphore>,
}

/// Everything that headquarters answers.
pub(crate) fn router(hq: Arc<Hq>) -> Router {
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX));
    let desk = Desk { hq, requests, work: Arc::new(Semaphore::new(WORK_MAX)) };
    Router::new()
        .route(path::HELLO, get(hello))
        .route(path::PAIR, post(pair))
        .route(path::BATCHES, post(batches))
        .route(path::CONTACTS, post(contacts))
        .route(path::CONFIG, post(config))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(from_fn_with_state(desk.clone(), bounded))
        .with_state(desk)
}

async fn bounded(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    match desk.requests.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => Refused::Busy { retry_after_s: BUSY_RETRY_S }.into_response(),
    }
}

async fn hello(State(desk): State<Desk>) -> Json<Hello> {
    let server_time_ms = desk.hq.clock.wall_ms();
    let challenge = challenge::derive_challenge(&desk.hq.keys.challenge, server_time_ms);
    Json(Hello { versions: vec![VERSION], challenge, server_time_ms })
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
    /// Does `work` where it may block, and hands out the next challenge with its answer.
    async fn answer(
        &self,
        work: impl FnOnce(&Hq) -> Result<Signed, Refused> + Send + 'static,
    ) -> Result<Response, Refused> {
        let permit = Arc::clone(&self.work).acquire_owned().await;
        let hq = Arc::clone(&self.hq);
        let done = tokio::task::spawn_blocking(move || {
            let answer = work(&hq);
            drop(permit);
            answer
        });
        // The task only fails by a panic, whose message was written already.
        let signed = done.await.map_err(|_| ProblemKind::Internal)??;
        let challenge = challenge::derive_challenge(&self.hq.keys.challenge, self.hq.clock.wall_ms());
        let mut response = Json(signed).into_response();
        let value = HeaderValue::try_from(challenge).expect("base64url is fit for a header");
        response.headers_mut().insert(CHALLENGE_HEADER, value);
        Ok(response)
    }
}

/// Reads a body of at most `bytes_max` bytes; a longer one is not read to its end.
async fn read_body(body: Body, bytes_max: usize) -> Result<Bytes, Refused> {
    match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, bytes_max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ProblemKind::TooLarge.into()),
        // The way here broke, not the request: it must come again.
        Ok(Err(_)) | Err(_) => Err(Refused::Busy { retry_after_s: BUSY_RETRY_S }),
    }
}
