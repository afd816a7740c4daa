//! Runs extractors written in YAML on messages made up for a test.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::{Extraction, Extractor, KINDS, Message};
use crate::decode::Decoder;
use crate::decode::testing::decode;
use crate::http::{Body, Hop};
use crate::registry;
use crate::template::Scope;
use crate::yaml::Node;

/// A message that owns its parts. By default an empty answer of status 200.
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) url: Url,
    pub(crate) time: Option<Duration>,
    pub(crate) redirects: Vec<Hop>,
}

impl Default for Answer {
    fn default() -> Self {
        Answer {
            status: Some(200),
            headers: HeaderMap::new(),
            body: Body::default(),
            url: "http://h.test/last".parse().expect("a URL"),
            time: Some(Duration::from_millis(12)),
            redirects: Vec::new(),
        }
    }
}

impl Answer {
    /// An answer with these header lines.
    pub(crate) fn with_headers(lines: &[(&'static str, &'static str)]) -> Self {
        let mut answer = Answer::default();
        for (name, value) in lines {
            answer
                .headers
                .append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        answer
    }

    /// An answer with this body.
    pub(crate) fn with_body(content_type: &'static str, bytes: &[u8]) -> Self {
        let mut answer = Answer::with_headers(&[("content-type", content_type)]);
        answer.body = Body::new(
            Bytes::copy_from_slice(bytes),
            answer.headers.get(http::header::CONTENT_TYPE),
        );
        answer
    }

    /// The same parts as a request a mock received.
    pub(crate) fn into_request(self) -> Self {
        Answer {
            status: None,
            time: None,
            ..self
        }
    }

    /// The message it is.
    pub(crate) fn message(&self) -> Message<'_> {
        Message {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
            url: &self.url,
            time: self.time,
            redirects: &self.redirects,
            picked: None,
        }
    }
}

/// The value that `yaml` (`kind: argument`) takes out of the answer.
pub(crate) fn value(yaml: &str, answer: &Answer) -> Value {
    match extractor(yaml).extract(&answer.message(), &Scope::new()) {
        Extraction::Value(value) => value.into_owned(),
        other => panic!("{yaml}: {other:?}"),
    }
}

/// Why there is no value.
pub(crate) fn missing(yaml: &str, answer: &Answer) -> String {
    match extractor(yaml).extract(&answer.message(), &Scope::new()) {
        Extraction::Missing(missing) => missing.reason,
        other => panic!("{yaml}: {other:?}"),
    }
}

/// What is wrong with the extractor itself, each with its place.
pub(crate) fn complaints(yaml: &str) -> Vec<String> {
    decode(yaml, parse).expect_err("something is wrong with it")
}

/// The extractor that `yaml` is.
pub(crate) fn extractor(yaml: &str) -> Extractor {
    decode(yaml, parse).expect("a sound extractor")
}

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let (key, argument) = node.as_map()?.iter().next()?;
    let kind = registry::find(KINDS, key.name())?;
    (kind.parse)(argument, decoder)
}

#[test]
fn every_example_decodes() {
    for kind in KINDS {
        let decoded = decode(kind.entry.example, parse);
        assert!(decoded.is_ok(), "{}: {decoded:?}", kind.entry.name);
        assert!(
            kind.entry.example.starts_with(kind.entry.name),
            "{}",
            kind.entry.example
        );
    }
}
