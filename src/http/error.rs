//! What can go wrong between a request and its whole answer.

use std::fmt;

use url::Url;

use super::{Phase, Refusal};

/// An exchange that gave no answer to check.
///
/// The message names the phase and the host, and never shows a query, a header or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpError {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// How far the exchange had come.
    pub phase: Phase,
    /// A lower-case phrase that says what was attempted and how it ended.
    pub message: String,
    /// The request had been sent, it was not idempotent, and no answer says whether it took effect.
    pub maybe_processed: bool,
}

/// The kinds of failure: a closed set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The guard said no, for this reason; nothing was sent to that URL.
    Refused(Refusal),
    /// The host name has no address, or nobody could be asked.
    Dns,
    /// No connection was made.
    Connect,
    /// The TLS handshake failed, or the certificate is not to be trusted.
    Tls,
    /// A deadline passed while this phase went on.
    Timeout(Phase),
    /// The answer is larger than a limit allows.
    Limit(Limit),
    /// The answer ended early, or its chunks or codings are broken.
    Framing,
    /// The redirect cannot be followed.
    Redirect,
    /// What came is not HTTP.
    Protocol,
    /// A header of the request cannot be sent.
    InvalidHeader,
    /// The URL cannot be requested.
    InvalidUrl,
    /// The client's options do not hold together.
    Options,
}

/// The limits an answer can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of the decoded body, or of the body as sent.
    Body,
    /// Bytes of the header section.
    HeaderBytes,
    /// Lines of the header section.
    HeaderLines,
    /// Content codings, one on top of another.
    Codings,
}

impl ErrorKind {
    /// The kind's stable word, as the event log and the reports spell it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            ErrorKind::Refused(_) => "refused",
            ErrorKind::Dns => "dns",
            ErrorKind::Connect => "connect",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout(_) => "timeout",
            ErrorKind::Limit(_) => "limit",
            ErrorKind::Framing => "framing",
            ErrorKind::Redirect => "redirect",
            ErrorKind::Protocol => "protocol",
            ErrorKind::InvalidHeader => "invalid_header",
            ErrorKind::InvalidUrl => "invalid_url",
            ErrorKind::Options => "options",
        }
    }
}

impl HttpError {
    /// An error in a phase, about a request that was not processed as far as anyone can know.
    #[must_use]
    pub fn new(kind: ErrorKind, phase: Phase, message: impl Into<String>) -> HttpError {
        HttpError {
            kind,
            phase,
            message: message.into(),
            maybe_processed: false,
        }
    }

    /// The refusal of a request to a URL.
    #[must_use]
    pub fn refused(refusal: Refusal, url: &Url) -> HttpError {
        let host = url.host_str().unwrap_or_default();
        let message = format!("request to {host} refused: {refusal}");
        HttpError::new(ErrorKind::Refused(refusal), Phase::Prepare, message)
    }

    /// The same failure of a request that may have taken effect all the same; the message says so.
    #[must_use]
    pub(super) fn of_possibly_processed(mut self) -> HttpError {
        if !self.maybe_processed {
            self.maybe_processed = true;
            self.message.push_str("; it may have been processed");
        }
        self
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for HttpError {}
