//! A whole answer, with what was sent for it and how it came about.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use url::Url;

use super::{Body, Timings};

/// An answer received to its last byte.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// The reason phrase; HTTP/2 has none. Untrusted text.
    pub reason: Option<String>,
    /// The version the answer came in.
    pub version: Version,
    /// The headers as received, `Content-Encoding` and `Content-Length` included.
    pub headers: HeaderMap,
    /// The body with its content codings undone.
    pub body: Body,
    /// The URL that answered: the last hop's, with the fragment that applies to it (RFC 9110 §10.2.2).
    pub url: Url,
    /// The redirects that led there, in order.
    pub redirects: Vec<Hop>,
    /// How long each phase took.
    pub timings: Timings,
    /// How large the answer was.
    pub sizes: Sizes,
    /// What was sent to get it.
    pub sent: Sent,
}

/// A redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The method that was answered with the redirect.
    pub method: Method,
    /// The URL that was answered with the redirect.
    pub url: Url,
    /// The redirect's status code.
    pub status: u16,
    /// `Location` as received. Untrusted text.
    pub location: String,
    /// The target has another origin, and credentials of the request were left behind.
    pub dropped_credentials: bool,
}

/// What an answer measured, in bytes; of the last hop alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The status line and header section, as HTTP/1.1 writes them; HTTP/2 needs fewer on the wire.
    pub header: u64,
    /// The body as sent, before its codings were undone.
    pub encoded: u64,
    /// The body as checks see it.
    pub decoded: u64,
}

/// What went over the wire on the last hop.
#[derive(Clone)]
pub struct Sent {
    /// The method, after redirects.
    pub method: Method,
    /// The URL, after redirects, without name and password.
    pub url: Url,
    /// Every header known to have been sent, with `Cookie` and, over HTTP/1, `Host`. Credentials are sensitive values.
    pub headers: HeaderMap,
    /// The body, where the hop had one.
    pub body: Option<Bytes>,
}

impl fmt::Debug for Sent {
    /// Shows no path, query, header value or body: any of them may hold a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sent")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_length", &self.body.as_ref().map(Bytes::len))
            .finish()
    }
}
