//! A received request: what extractors look at and what templates read.

use axum::http::request::Parts;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};
use url::Url;

use super::pattern;
use crate::extract::Message;
use crate::http::Body;
use crate::template::{Scope, Secrecy, Variable};

/// The variables that templates read of a request.
pub(super) const VARIABLES: [&str; 5] = ["path", "query", "headers", "body", "method"];

/// A request that was read whole.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) method: Method,
    /// The path as sent, without the query.
    pub(super) path: String,
    /// Its segments, decoded.
    pub(super) segments: Vec<String>,
    headers: HeaderMap,
    body: Body,
    url: Url,
    /// The variables that do not depend on the route.
    variables: [(&'static str, Variable); 4],
}

impl Received {
    /// A request that came to the server at `base`.
    pub(super) fn new(parts: Parts, bytes: Bytes, base: &Url) -> Received {
        let path = parts.uri.path().to_owned();
        let mut url = base.clone();
        url.set_path(&path);
        url.set_query(parts.uri.query());
        let body = Body::new(bytes, parts.headers.get(CONTENT_TYPE));
        let readable = body.clone();
        let plain = |value: Value| Variable::new(value, Secrecy::None);
        let variables = [
            ("query", plain(query(&url))),
            ("headers", plain(headers(&parts.headers))),
            ("body", Variable::lazy(move || readable.json().cloned().unwrap_or_default())),
            ("method", plain(parts.method.as_str().into())),
        ];
        let segments = pattern::segments(&path);
        Received { method: parts.method, path, segments, headers: parts.headers, body, url, variables }
    }

    /// The request as extractors look at it.
    pub(super) fn message(&self) -> Message<'_> {
        Message::request(&self.headers, &self.body, &self.url)
    }

    /// The variables of the request and of its path over an outer scope.
    pub(super) fn scope(&self, outer: &Scope, parameters: &[(&str, String)]) -> Scope {
        let mut scope = outer.layer();
        for (name, variable) in &self.variables {
            scope.set(*name, variable.clone());
        }
        let path: Map<String, Value> =
            parameters.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect();
        scope.set_plain("path", path);
        scope
    }
}

/// The first value of each name.
fn query(url: &Url) -> Value {
    let mut query = Map::new();
    for (name, value) in url.query_pairs() {
        query.entry(name).or_insert_with(|| value.into());
    }
    Value::Object(query)
}

/// Each header under its name in lower case; the values of one that is repeated are joined (RFC 9110, section 5.3).
fn headers(received: &HeaderMap) -> Value {
    let text = |name: &http::HeaderName| {
        let values = received.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ")
    };
    received.keys().map(|name| (name.as_str().to_owned(), Value::String(text(name)))).collect()
}
