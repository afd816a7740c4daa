//! A request and its answer as they may be shown: masked, cut, and with secrets as `‹label›`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::http::{Phase, Timings};

/// Why a request was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The step itself.
    #[default]
    Step,
    /// The login or renewal of a session.
    Session,
}

/// One request and what came back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// When it was sent, in microseconds since the run started.
    #[serde(default)]
    pub at: u64,
    /// Why it was sent.
    pub origin: Origin,
    /// The method.
    pub method: String,
    /// The URL the step asked for, with secrets as labels.
    pub url: String,
    /// The request's headers and body.
    pub request: Message,
    /// The answer's status; none where no answer came.
    pub status: Option<u16>,
    /// The answer's protocol version, such as `HTTP/1.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The answer's headers and body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Message>,
    /// Why no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The hops in between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<Redirect>,
    /// How long each phase took.
    pub timings: Timings,
    /// The names of the secrets that stand as `‹name›` in the texts above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// The environment variables that gave some of them, by their names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<String, String>,
    /// What `Authorization` encodes in Basic's way, with secrets as `‹name›`: the user name, a colon, the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// What an exchange without an answer came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The word of the transport's kind of error: `dns`, `connect`, `tls`, `framing`, …
    pub kind: String,
    /// How far the exchange had come.
    pub phase: Phase,
}

/// One hop of a redirect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The status that redirected.
    pub status: u16,
    /// Where to.
    pub location: String,
}

/// Headers and body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Name and value, in the order of the wire.
    pub headers: Vec<(String, String)>,
    /// The body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Payload>,
}

/// A body as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// What it is.
    pub kind: PayloadKind,
    /// Its text, cut where it is long; empty for binary.
    pub text: String,
    /// Its whole size in bytes, decoded.
    pub size: u64,
    /// True if `text` is not the whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadKind {
    /// JSON.
    Json,
    /// Other text.
    Text,
    /// Bytes that are no text.
    Binary,
}
