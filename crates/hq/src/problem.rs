//! The one place where what went wrong becomes an answer: a problem document (RFC 9457) of the
//! closed list in the protocol. Nothing of the request is ever echoed.

use crate::HqError;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use floorbook_protocol::{PROBLEM_MEDIA_TYPE, Problem, ProblemKind};

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request is at fault.
    Problem(ProblemKind),
    /// It may come again after so many seconds.
    Busy { retry_after_s: u32 },
    /// Headquarters is at fault.
    Failed(HqError),
}

impl From<ProblemKind> for Refused {
    fn from(kind: ProblemKind) -> Self {
        Self::Problem(kind)
    }
}

impl<E: Into<HqError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(kind) => document(kind, None),
            Self::Busy { retry_after_s } => document(ProblemKind::Busy, Some(retry_after_s)),
            Self::Failed(error) => {
                tracing::error!(error = ?error, "a request failed");
                let retry_after_s = error.mends_in_s();
                let kind = if retry_after_s.is_some() { ProblemKind::Busy } else { ProblemKind::Internal };
                document(kind, retry_after_s)
            }
        }
    }
}

fn document(kind: ProblemKind, retry_after_s: Option<u32>) -> Response {
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(Problem::from(kind))).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
