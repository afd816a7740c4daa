//! A request as the flow makes it: everything rendered, nothing sent.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use super::{RedirectLimit, Timeouts};

/// What to send.
///
/// A header whose value is marked sensitive (`HeaderValue::set_sensitive`) is a credential: it never leaves the
/// origin of `url`, and neither do `Authorization`, `Cookie` and `Proxy-Authorization`.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to: `http` or `https`. A name and password in it become `Authorization: Basic`, unless that is set.
    pub url: Url,
    /// The headers; `User-Agent`, `Accept`, `Accept-Encoding` and `Host` have defaults.
    pub headers: HeaderMap,
    /// The body; its length is sent as `Content-Length`.
    pub body: Option<Bytes>,
    /// The deadlines.
    pub timeouts: Timeouts,
    /// How many redirects are followed.
    pub redirects: RedirectLimit,
    /// The URL or the body holds a secret. The guard hears of it on every hop it is carried to.
    pub carries_secret: bool,
}

impl Request {
    /// A request without headers or body, under the default limits.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Request {
        Request {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            timeouts: Timeouts::default(),
            redirects: RedirectLimit::default(),
            carries_secret: false,
        }
    }
}

impl fmt::Debug for Request {
    /// Shows no path, query, header value or body: any of them may hold a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_length", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
