//! What the page shows of a request and its answer.

use std::time::Duration;

use serde::Serialize;

use super::amount::{self, Part};
use super::page::short;
use super::step::Budget;
use crate::http::Timings;
use crate::json;
use crate::outcome::{Exchange, Message, Origin, Payload, PayloadKind};
use crate::report::curl;
use crate::report::text::size;
use crate::secret::shown_header;

/// The most characters of a URL and of a header.
const HEADER: usize = 500;

/// The most headers of a message.
const MOST_HEADERS: usize = 60;

/// A request with its answer, as the template reads it.
#[derive(Serialize)]
pub(super) struct Traffic {
    for_session: bool,
    method: String,
    url: String,
    /// The answer's status; none where no answer came.
    status: Option<u16>,
    version: Option<String>,
    redirects: Vec<(u16, String)>,
    request: Side,
    response: Option<Side>,
    total: String,
    reused: bool,
    phases: Vec<Phase>,
    curl: String,
}

#[derive(Serialize)]
struct Side {
    headers: Vec<(String, String)>,
    body: Option<Body>,
}

#[derive(Serialize)]
struct Body {
    size: String,
    /// None for what is no text.
    text: Option<String>,
    cut: bool,
}

#[derive(Serialize)]
struct Phase {
    class: &'static str,
    name: &'static str,
    time: String,
    #[serde(flatten)]
    part: Part,
}

/// Makes what is shown of an exchange.
pub(super) fn traffic(exchange: &Exchange, budget: Budget) -> Traffic {
    Traffic {
        for_session: exchange.origin == Origin::Session,
        method: short(&exchange.method, HEADER),
        url: short(&exchange.url, HEADER),
        status: exchange.status,
        version: exchange.version.as_ref().map(|version| short(version, HEADER)),
        redirects: exchange
            .redirects
            .iter()
            .map(|hop| (hop.status, short(&hop.location, HEADER)))
            .collect(),
        request: side(&exchange.request, budget),
        response: exchange.response.as_ref().map(|message| side(message, budget)),
        total: amount::time(microseconds(exchange.timings.total)),
        reused: exchange.timings.reused,
        phases: phases(&exchange.timings),
        curl: curl::command_within(exchange, budget.0.min(curl::LONGEST_BODY)),
    }
}

fn side(message: &Message, budget: Budget) -> Side {
    Side {
        headers: message
            .headers
            .iter()
            .take(MOST_HEADERS)
            .map(|(name, value)| (short(name, HEADER), short(&shown_header(name, value), HEADER)))
            .collect(),
        body: message.body.as_ref().map(|payload| body(payload, budget)),
    }
}

fn body(payload: &Payload, Budget(most): Budget) -> Body {
    let text = match payload.kind {
        PayloadKind::Binary => None,
        PayloadKind::Text => Some(payload.text.clone()),
        // A body that was cut is no JSON any more.
        PayloadKind::Json => Some(match json::parse(payload.text.as_bytes()) {
            Ok(value) => json::pretty(&value),
            Err(_) => payload.text.clone(),
        }),
    };
    Body {
        size: size(payload.size),
        text: text.map(|text| short(&text, most)),
        cut: payload.cut,
    }
}

fn phases(timings: &Timings) -> Vec<Phase> {
    let whole = microseconds(timings.total);
    let mut start = 0;
    [
        ("dns", "DNS", timings.dns),
        ("connect", "connect", timings.connect),
        ("tls", "TLS", timings.tls),
        ("first_byte", "first byte", timings.first_byte),
        ("body", "body", timings.body),
    ]
    .into_iter()
    .filter_map(|(class, name, time)| {
        let length = microseconds(time?);
        let part = amount::part(start, length, whole);
        start += length;
        Some(Phase {
            class,
            name,
            time: amount::time(length),
            part,
        })
    })
    .collect()
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
