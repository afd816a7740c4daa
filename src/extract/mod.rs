//! Ways to take a value out of an answer: an open set.
//!
//! Captures, expectations, polls and mocks use the same extractors; a mock looks at requests with them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use http::HeaderMap;
use serde_json::Value;

use crate::decode::{Decoder, Quantity};
use crate::http::{Body, Hop, Response};
use crate::json::PlainSegment;
use crate::registry::{Entry, Kind};
use crate::template::Scope;
use crate::yaml::Node;

pub mod body;
pub mod cookie;
pub mod expr;
pub mod header;
pub mod json;
pub mod jsonpath;
pub mod redirects;
pub mod regex;
pub mod size;
pub mod status;
pub mod time;
pub mod url;
pub mod xpath;

mod picked;
mod plain;
mod variables;

pub use picked::Picked;
pub use variables::{VARIABLES, expression, scope_of};

/// Every extractor, in the order of the reference page.
pub const KINDS: &[&ExtractorKind] = &[
    &json::KIND,
    &header::KIND,
    &cookie::KIND,
    &regex::KIND,
    &xpath::KIND,
    &body::KIND,
    &status::KIND,
    &time::KIND,
    &size::KIND,
    &url::KIND,
    &redirects::KIND,
    &expr::KIND,
];

/// What extractors look at: an answer, or the request a mock received.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The status; a request has none.
    pub status: Option<u16>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, decoded.
    pub body: &'a Body,
    /// The URL that answered, or was asked for.
    pub url: &'a Url,
    /// From the first byte sent to the last received; a request has none.
    pub time: Option<Duration>,
    /// The redirects that led here.
    pub redirects: &'a [Hop],
    /// Values of the body that were read ahead.
    pub picked: Option<&'a Picked>,
}

impl<'a> Message<'a> {
    /// The message that an answer is.
    pub fn response(response: &'a Response) -> Self {
        Message {
            status: Some(response.status.as_u16()),
            headers: &response.headers,
            body: &response.body,
            url: &response.url,
            time: Some(response.timings.total),
            redirects: &response.redirects,
            picked: None,
        }
    }

    /// The same message, of whose body some values were read ahead.
    pub fn with_picked(self, picked: &'a Picked) -> Self {
        Message {
            picked: Some(picked),
            ..self
        }
    }

    /// The message that a received request is.
    pub fn request(headers: &'a HeaderMap, body: &'a Body, url: &'a Url) -> Self {
        Message {
            status: None,
            headers,
            body,
            url,
            time: None,
            redirects: &[],
            picked: None,
        }
    }
}

/// What an extractor found.
#[derive(Debug, Clone)]
pub enum Extraction<'a> {
    /// A value.
    Value(Cow<'a, Value>),
    /// There is no such thing in the message; why, and where the search stopped.
    Missing(Missing),
    /// The message cannot be read as what the extractor needs, such as JSON. Never what a check hoped for, so no
    /// matcher holds on it.
    Unreadable(String),
    /// The extractor gave up: a budget, a failing expression.
    Failed(String),
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// A phrase: `no key tokn in $.data; did you mean token?`
    pub reason: String,
    /// Whether the missing key is a slip of one that stands there.
    pub is_slip: bool,
}

impl<'a> Extraction<'a> {
    /// A value made here.
    pub fn owned(value: impl Into<Value>) -> Self {
        Extraction::Value(Cow::Owned(value.into()))
    }

    /// A value of the message.
    pub fn borrowed(value: &'a Value) -> Self {
        Extraction::Value(Cow::Borrowed(value))
    }

    /// Nothing, for a reason.
    pub fn missing(reason: impl Into<String>) -> Self {
        Extraction::Missing(Missing {
            reason: reason.into(),
            is_slip: false,
        })
    }
}

/// A kind of extractor.
pub struct ExtractorKind {
    /// Name, summary and an example: the long form of a capture.
    pub entry: Entry,
    /// Decodes its argument: what stands behind its name in the long form of a capture, or the name in `headers` and
    /// `cookies` of an expectation.
    pub parse: fn(&Node, &mut Decoder<'_>) -> Option<Extractor>,
    /// What its values measure.
    pub quantity: Quantity,
}

impl Kind for ExtractorKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

type Run = dyn for<'a> Fn(&Message<'a>, &Scope) -> Extraction<'a> + Send + Sync;

/// What an extractor reads of the JSON that a body is.
#[derive(Debug, Clone, Default)]
enum ReadsJson {
    /// Nothing, or something of its own.
    #[default]
    Nothing,
    /// What is at one plain path.
    At(Arc<[PlainSegment]>),
    /// Anything.
    Whole,
}

/// An extractor with its argument.
#[derive(Clone)]
pub struct Extractor {
    subject: String,
    selects_nodes: bool,
    reads_json: ReadsJson,
    run: Arc<Run>,
}

impl Extractor {
    /// An extractor; `subject` is how reports name what it looks at.
    pub fn new(
        subject: impl Into<String>,
        run: impl for<'a> Fn(&Message<'a>, &Scope) -> Extraction<'a> + Send + Sync + 'static,
    ) -> Self {
        Extractor {
            subject: subject.into(),
            selects_nodes: false,
            reads_json: ReadsJson::Nothing,
            run: Arc::new(run),
        }
    }

    /// The same extractor, of which it is known whether it selects any number of nodes.
    pub fn selecting_nodes(self, selects_nodes: bool) -> Self {
        Extractor {
            selects_nodes,
            ..self
        }
    }

    /// The same extractor, of which it is known what it reads of a JSON body.
    fn reading_json(self, reads_json: ReadsJson) -> Self {
        Extractor { reads_json, ..self }
    }

    /// Whether its value is a list made here of whatever was found, which is empty where nothing was: not a list that
    /// stands in the message.
    pub fn selects_nodes(&self) -> bool {
        self.selects_nodes
    }

    /// How reports name what it looks at: `$.data.id`, `header content-type`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Looks at a message.
    pub fn extract<'a>(&self, message: &Message<'a>, scope: &Scope) -> Extraction<'a> {
        (self.run)(message, scope)
    }
}

impl fmt::Debug for Extractor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Extractor").field(&self.subject).finish()
    }
}

#[cfg(test)]
pub(crate) mod testing;
