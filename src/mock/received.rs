//! A received request: what extractors look at and what templates read.

use axum::http::request::Parts;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};
use url::Url;

use super::pattern;
use crate::extract::{self, Message};
use crate::http::Body;
use crate::template::Scope;

/// The variables that templates read of a request: those of a message, and three that only requests have.
pub(super) const VARIABLES: [&str; 7] = ["headers", "body", "text", "url", "method", "path", "query"];

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
}

impl Received {
    /// A request that came to the server at `base`.
    pub(super) fn new(parts: Parts, bytes: Bytes, base: &Url) -> Received {
        let path = parts.uri.path().to_owned();
        let mut url = base.clone();
        url.set_path(&path);
        url.set_query(parts.uri.query());
        let body = Body::new(bytes, parts.headers.get(CONTENT_TYPE));
        let segments = pattern::segments(&path);
        Received {
            method: parts.method,
            path,
            segments,
            headers: parts.headers,
            body,
            url,
        }
    }

    /// The request as extractors look at it.
    pub(super) fn message(&self) -> Message<'_> {
        Message::request(&self.headers, &self.body, &self.url)
    }

    /// The variables of the request and of its path over an outer scope.
    pub(super) fn scope(&self, outer: &Scope, parameters: &[(&str, String)]) -> Scope {
        let mut scope = extract::scope_of(&self.message(), outer);
        scope.set_plain("method", self.method.as_str());
        scope.set_plain("query", query(&self.url));
        let path: Map<String, Value> = parameters
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_str().into()))
            .collect();
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
