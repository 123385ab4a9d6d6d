//! The protocol's calls as HTTP: how a request is written, and what an answer says. What carries the bytes is
//! another's matter.

use crate::SyncError;
use crate::transport::{BatchAnswer, BatchRequest, FeedAnswer, Transport};
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, DEVICE_HEADER, FEED_HEADER, Hello, PROBLEM_MEDIA_TYPE, PROBLEM_PREFIX,
    PROTOCOL_MAX, PROTOCOL_MIN, Problem, ProblemKind, Signed, VERSIONS_HEADER, path, write_versions,
};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::time::Duration;

/// Headquarters may ask for a pause, but not for ever.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// Carries one request to headquarters, and back whatever answers. Everything that does is a [`Transport`].
pub trait Wire: Send + Sync + 'static {
    /// `request` names a path; where headquarters is, the wire knows.
    ///
    /// # Errors
    /// [`SyncError::Away`], [`SyncError::Untrusted`], or [`SyncError::Nonsense`] for an answer without an end.
    fn carry(&self, request: Request<Vec<u8>>) -> impl Future<Output = Result<Response<Vec<u8>>, SyncError>> + Send;
}

impl<W: Wire> Transport for W {
    async fn hello(&self) -> Result<Hello, SyncError> {
        read(&accepted(self.carry(hello()?).await?)?)
    }

    async fn pair(&self, request: &Signed) -> Result<Signed, SyncError> {
        let body = serde_json::to_vec(request).map_err(|_| SyncError::Internal)?;
        let request = finished(Request::post(path::PAIR).header(CONTENT_TYPE, "application/json"), body)?;
        read(&accepted(self.carry(request).await?)?)
    }

    async fn send(&self, request: BatchRequest) -> Result<BatchAnswer, SyncError> {
        let answer = accepted(self.carry(signed(request)?).await?)?;
        let (challenge, back_off) = (challenge(answer.headers()), pause(answer.headers()));
        Ok(BatchAnswer { document: read(&answer)?, challenge, back_off })
    }

    async fn feed(&self, request: BatchRequest) -> Result<FeedAnswer, SyncError> {
        let answer = accepted(self.carry(signed(request)?).await?)?;
        let head = answer.headers().get(FEED_HEADER).ok_or(SyncError::Nonsense)?;
        let document = serde_json::from_slice(head.as_bytes()).map_err(|_| SyncError::Nonsense)?;
        let challenge = challenge(answer.headers());
        Ok(FeedAnswer { document, body: answer.into_body(), challenge })
    }
}

fn hello() -> Result<Request<Vec<u8>>, SyncError> {
    let get = Request::get(path::HELLO).header(VERSIONS_HEADER, write_versions(PROTOCOL_MIN..=PROTOCOL_MAX));
    finished(get, Vec::new())
}

fn signed(request: BatchRequest) -> Result<Request<Vec<u8>>, SyncError> {
    let (input, signature) = request.signature;
    let post = Request::post(request.path)
        .header(CONTENT_TYPE, "application/jsonl")
        .header(CONTENT_ENCODING, "zstd")
        .header("content-digest", request.digest)
        .header(DEVICE_HEADER, request.device)
        .header(BATCH_HEADER, request.batch)
        .header(CHALLENGE_HEADER, request.challenge)
        .header("signature-input", input)
        .header("signature", signature);
    finished(post, request.body)
}

/// A challenge that headquarters handed out may hold anything, so a header may refuse it.
fn finished(request: http::request::Builder, body: Vec<u8>) -> Result<Request<Vec<u8>>, SyncError> {
    request.body(body).map_err(|_| SyncError::Nonsense)
}

/// An answer that is not 200 is headquarters' refusal, or nobody's.
fn accepted(answer: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, SyncError> {
    if answer.status() == StatusCode::OK {
        return Ok(answer);
    }
    let is_problem = answer.headers().get(CONTENT_TYPE).is_some_and(|value| value == PROBLEM_MEDIA_TYPE);
    let problem: Problem = if is_problem { read(&answer)? } else { return Err(SyncError::Nonsense) };
    let kind =
        ProblemKind::from_uri(&problem.kind).or_else(|| of_a_later_version(&problem)).ok_or(SyncError::Nonsense)?;
    Err(SyncError::Refused { kind, retry_after: pause(answer.headers()) })
}

/// A problem that this version does not know takes nothing away from the device: it comes again later.
fn of_a_later_version(problem: &Problem) -> Option<ProblemKind> {
    problem.kind.starts_with(PROBLEM_PREFIX).then_some(ProblemKind::Internal)
}

fn read<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, SyncError> {
    serde_json::from_slice(answer.body()).map_err(|_| SyncError::Nonsense)
}

fn challenge(headers: &HeaderMap) -> Option<String> {
    headers.get(CHALLENGE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorbook_protocol::{SignedHead, SigningKey, content_digest, sign_head};

    const AGREED: &str = include_str!("../../protocol/tests/golden/exchange/batch-request.txt");
    const HELLO: &str = include_str!("../../protocol/tests/golden/exchange/hello-request.txt");

    fn field(name: &str) -> &'static str {
        AGREED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
    }

    fn body() -> Vec<u8> {
        let (_, hex) = AGREED.split_once("\n\n").unwrap();
        let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
    }

    fn head<B>(request: &Request<B>) -> String {
        let mut fields: Vec<(&str, &str)> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        fields.sort_unstable();
        let fields: String = fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!("{} {} HTTP/1.1\n{fields}", request.method(), request.uri())
    }

    #[test]
    fn a_batch_is_written_in_the_agreed_bytes() {
        let (body, device, batch) = (body(), field(DEVICE_HEADER).to_owned(), field(BATCH_HEADER).to_owned());
        let (digest, challenge) = (content_digest(&body), field(CHALLENGE_HEADER).to_owned());
        let of =
            SignedHead { path: path::BATCHES, digest: &digest, device: &device, batch: &batch, challenge: &challenge };
        let signature = sign_head(&of, &SigningKey::from_seed(&[1; 32]));
        let request = signed(BatchRequest { path: path::BATCHES, body, digest, device, batch, challenge, signature });
        let (agreed, _) = AGREED.split_once("\n\n").unwrap();
        assert_eq!(head(&request.unwrap()).trim_end(), agreed);
    }

    #[test]
    fn hello_is_said_in_the_agreed_bytes() {
        assert_eq!(head(&hello().unwrap()), HELLO);
    }
}
