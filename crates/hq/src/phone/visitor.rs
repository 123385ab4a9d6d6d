//! The side of the phone: a page is shown, and what comes back is carried to the device.

use super::addresses::{Addresses, address_of};
use super::language::Language;
use super::pages::{Turned, Word};
use super::typed::Typed;
use super::view::{View, Wrong, content_policy};
use crate::Hq;
use crate::http::read_body;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, RawQuery, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests that are looked at at once, those that wait for a device among them: more than there are pages.
const REQUESTS_MAX: usize = 1_536;
/// Bytes of what a phone may hand in.
const BODY_BYTES_MAX: usize = 16 << 10;
const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
struct Hall {
    hq: Arc<Hq>,
    requests: Arc<Semaphore>,
    addresses: Arc<Mutex<Addresses>>,
    /// How long a phone waits for the device.
    patience: Duration,
    policy: HeaderValue,
}

/// Everything that phones are answered.
pub(super) fn router(hq: Arc<Hq>, patience: Duration) -> Router {
    let policy = HeaderValue::try_from(content_policy()).expect("a policy of ASCII is fit for a header");
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX));
    let hall = Hall { hq, requests, addresses: Arc::default(), patience, policy };
    Router::new()
        .route("/v/{token}", get(show).post(take))
        .fallback(closed)
        .method_not_allowed_fallback(closed)
        .layer(from_fn_with_state(hall.clone(), guarded))
        .with_state(hall)
}

/// How the request is answered, in which language.
struct Asked(View, Language);

impl Asked {
    fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Language::of(query, accepted);
        Self(View::in_language(language), language)
    }

    fn closed(&self) -> Response {
        page(StatusCode::NOT_FOUND, self.0.says(|words| &words.closed))
    }
}

async fn guarded(
    State(hall): State<Hall>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let now_ms = hall.hq.clock.now().steady_ms;
    let address = address_of(peer.ip(), request.headers());
    let is_admitted = hall.addresses.lock().unwrap_or_else(PoisonError::into_inner).admit(address, now_ms);
    let mut response = match hall.requests.try_acquire() {
        Ok(_permit) if is_admitted => next.run(request).await,
        _ => {
            let asked = Asked::of(request.uri().query(), request.headers());
            page(StatusCode::TOO_MANY_REQUESTS, asked.0.says(|words| &words.crowded))
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, hall.policy.clone());
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A token that was never given, or whose page is closed, is answered like any other address that is none.
async fn closed(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    Asked::of(query.as_deref(), &headers).closed()
}

async fn show(
    State(hall): State<Hall>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::of(query.as_deref(), &headers);
    match hall.hq.pages.look(&token, hall.hq.clock.now().steady_ms) {
        Some(form) => page(StatusCode::OK, asked.0.form(&form, &Typed::default(), None)),
        None => asked.closed(),
    }
}

async fn take(
    State(hall): State<Hall>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let asked = Asked::of(query.as_deref(), &headers);
    let Some(form) = hall.hq.pages.spend(&token, hall.hq.clock.now().steady_ms) else { return asked.closed() };
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM)));
    let body = if is_form { read_body(body, BODY_BYTES_MAX).await.ok() } else { None };
    let Some(body) = body else {
        return page(StatusCode::BAD_REQUEST, asked.0.says(|words| &words.unreadable));
    };
    let typed = Typed::read(&body);
    drop(body);
    match hall.carry(&token, &typed, typed.to_given(&form, asked.1.tag())).await {
        Carried::Refused => page(StatusCode::OK, asked.0.says(|words| &words.refused)),
        Carried::Kept(code) => page(StatusCode::OK, asked.0.thanks(&form.store, &code)),
        Carried::Again(wrong) => page(StatusCode::UNPROCESSABLE_ENTITY, asked.0.form(&form, &typed, Some(wrong))),
        Carried::Closed => asked.closed(),
        Carried::Unknown => page(StatusCode::GATEWAY_TIMEOUT, asked.0.says(|words| &words.unknown)),
    }
}

/// What came of what a phone handed in.
enum Carried {
    Refused,
    Kept(String),
    /// It may be handed in again.
    Again(Wrong),
    Closed,
    Unknown,
}

impl Hall {
    async fn carry(&self, token: &str, typed: &Typed, given: floorbook_protocol::PhoneGiven) -> Carried {
        let (pages, now_ms) = (&self.hq.pages, self.hq.clock.now().steady_ms);
        let turned = |turned: Turned| match turned {
            Turned::Closed => Carried::Closed,
            Turned::Busy => Carried::Again(Wrong::Busy),
        };
        if typed.refuses {
            return pages.refuse(token, now_ms).map_or_else(turned, |()| Carried::Refused);
        }
        match pages.post(token, given, now_ms) {
            Err(why) => turned(why),
            Ok(pending) => match pending.word(self.patience).await {
                Word::Kept(code) => Carried::Kept(code),
                Word::NotKept(why) => Carried::Again(Wrong::NotKept(why)),
                Word::Away => Carried::Again(Wrong::Away),
                Word::Closed => Carried::Closed,
                Word::Unknown => Carried::Unknown,
            },
        }
    }
}

fn page(status: StatusCode, html: String) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}
