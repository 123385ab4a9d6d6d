//! Errors on the wire: RFC 9457 documents of a closed list of types. They never echo what was
//! sent. A device decides on the type, never on a text.

use serde::{Deserialize, Serialize};

/// Media type of a problem document.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// What the type URI of every kind begins with.
pub const PROBLEM_PREFIX: &str = "urn:floorbook:problem:";

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// The closed list of what may go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemKind {
            $($(#[$doc])* $name,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its stable type URI.
            pub fn uri(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:floorbook:problem:", $slug),)* }
            }

            /// Its HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short English title for logs.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

problems! {
    /// The pairing code is not known, or was used up.
    CodeUnknown = "code-unknown", 403, "pairing code unknown or used";
    /// The pairing code is older than its life.
    CodeExpired = "code-expired", 403, "pairing code expired";
    /// The challenge is too old or not ours: fetch a new one.
    ChallengeStale = "challenge-stale", 401, "challenge stale";
    /// The signature does not fit, or the device is not known.
    SignatureInvalid = "signature-invalid", 401, "signature invalid";
    /// The device was revoked.
    DeviceRevoked = "device-revoked", 403, "device revoked";
    /// The request cannot be read.
    Malformed = "malformed", 400, "request cannot be read";
    /// The request is longer than a limit allows.
    TooLarge = "too-large", 413, "request too large";
    /// There is nothing at this path.
    NotFound = "not-found", 404, "nothing here";
    /// Try again later.
    Busy = "busy", 503, "busy, try again later";
    /// Something failed at headquarters.
    Internal = "internal", 500, "headquarters failed";
}

impl ProblemKind {
    /// The kind that a type URI names; `None` for types of later versions.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.uri() == uri)
    }
}

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Type URI.
    #[serde(rename = "type")]
    pub kind: String,
    /// Title.
    pub title: String,
    /// HTTP status.
    pub status: u16,
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self { kind: kind.uri().to_owned(), title: kind.title().to_owned(), status: kind.status() }
    }
}
