//! The document's part on what was sent and what came back.

use std::borrow::Cow;

use serde::Serialize;

use crate::http::Timings;
use crate::outcome::{Exchange, Message, Origin, Payload, PayloadKind, Redirect};
use crate::secret::shown_header;

/// Why an exchange has no answer.
#[derive(Serialize)]
struct Unanswered<'a> {
    kind: &'a str,
    phase: &'static str,
}

#[derive(Serialize)]
pub(super) struct Sent<'a> {
    origin: &'static str,
    method: &'a str,
    url: &'a str,
    request: Content<'a>,
    status: Option<u16>,
    http_version: Option<&'a str>,
    response: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Unanswered<'a>>,
    redirects: Vec<Hop<'a>>,
    timings_us: Phases,
}

#[derive(Serialize)]
struct Content<'a> {
    headers: Vec<Header<'a>>,
    body: Option<Body<'a>>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct Body<'a> {
    kind: &'static str,
    size: u64,
    text: &'a str,
    cut: bool,
}

#[derive(Serialize)]
struct Hop<'a> {
    status: u16,
    location: &'a str,
}

#[derive(Serialize)]
struct Phases {
    dns: Option<u64>,
    connect: Option<u64>,
    tls: Option<u64>,
    first_byte: Option<u64>,
    body: Option<u64>,
    total: u64,
    reused: bool,
}

/// What a document says of an exchange.
pub(super) fn sent(exchange: &Exchange) -> Sent<'_> {
    let origin = match exchange.origin {
        Origin::Step => "step",
        Origin::Session => "session",
    };
    Sent {
        origin,
        method: &exchange.method,
        url: &exchange.url,
        request: content(&exchange.request),
        status: exchange.status,
        http_version: exchange.version.as_deref(),
        response: exchange.response.as_ref().map(content),
        failure: exchange.failure.as_ref().map(|failure| Unanswered {
            kind: &failure.kind,
            phase: failure.phase.as_str(),
        }),
        redirects: exchange.redirects.iter().map(hop).collect(),
        timings_us: phases(&exchange.timings),
    }
}

fn content(message: &Message) -> Content<'_> {
    let headers = message.headers.iter().map(|(name, value)| Header {
        name,
        value: shown_header(name, value),
    });
    Content {
        headers: headers.collect(),
        body: message.body.as_ref().map(body),
    }
}

fn body(payload: &Payload) -> Body<'_> {
    let kind = match payload.kind {
        PayloadKind::Json => "json",
        PayloadKind::Text => "text",
        PayloadKind::Binary => "binary",
    };
    Body {
        kind,
        size: payload.size,
        text: &payload.text,
        cut: payload.cut,
    }
}

fn hop(redirect: &Redirect) -> Hop<'_> {
    Hop {
        status: redirect.status,
        location: &redirect.location,
    }
}

fn phases(timings: &Timings) -> Phases {
    let microseconds =
        |duration: std::time::Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    Phases {
        dns: timings.dns.map(microseconds),
        connect: timings.connect.map(microseconds),
        tls: timings.tls.map(microseconds),
        first_byte: timings.first_byte.map(microseconds),
        body: timings.body.map(microseconds),
        total: microseconds(timings.total),
        reused: timings.reused,
    }
}
