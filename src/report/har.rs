//! `har`: HTTP Archive 1.2, which browsers' network tools open: a page a step, an entry an exchange.
//!
//! Credentials do not go in at all: headers that carry them are dropped, cookies are not listed.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::inert;
use super::record::{self, Record};
use super::{Options, Report, ReportKind, Sink, explain, words};
use crate::http::Timings;
use crate::outcome::{Exchange, Message, Payload, PayloadKind, PlannedStep, StepFinished, Tally};
use crate::registry::Entry;
use crate::secret::sensitive_header;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "har",
        summary: "HTTP Archive 1.2 for browsers' network tools: a page a step, without credentials",
        example: "--report har=run.har",
    },
    make,
};

/// What the format has for a size or a time that is not known or does not apply.
const UNKNOWN: i64 = -1;

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, render)
}

/// A page: what browsers group entries by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    started_date_time: String,
    id: String,
    title: String,
    page_timings: Value,
    /// What became of the step: a field of ours, as the underscore says.
    #[serde(rename = "_status")]
    status: &'static str,
    #[serde(rename = "_flaky")]
    flaky: bool,
    comment: String,
}

fn render(record: &Record, _tally: &Tally) -> io::Result<String> {
    let started = record.plan.started();
    let start: Timestamp = started
        .and_then(|started| started.started.parse().ok())
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let (mut pages, mut entries) = (Vec::new(), Vec::new());
    for case in record.cases() {
        for (planned, finished) in record.steps_of(case) {
            let title = format!("{} › {}", case.name, planned.name);
            pages.push(page(start, planned, finished, title));
            let exchanges = finished.map_or(&[][..], |finished| &finished.exchanges);
            entries.extend(
                exchanges
                    .iter()
                    .map(|exchange| entry(start, planned.step, exchange)),
            );
        }
    }
    let document = json!({
        "log": {
            "version": "1.2",
            "creator": {
                "name": "Callsheet",
                "version": started.map_or("", |started| started.callsheet.as_str()),
            },
            "pages": pages,
            "entries": entries,
        }
    });
    let text = serde_json::to_string(&document).map_err(io::Error::other)?;
    Ok(inert(&text) + "\n")
}

fn page(start: Timestamp, planned: &PlannedStep, finished: Option<&StepFinished>, title: String) -> Page {
    Page {
        started_date_time: moment(
            start,
            finished.map_or(0, |finished| finished.at.saturating_sub(finished.duration)),
        ),
        id: page_id(planned.step),
        title,
        page_timings: json!({}),
        status: words::status(finished),
        flaky: finished.is_some_and(|finished| finished.flaky),
        comment: explain::headline(finished),
    }
}

fn page_id(step: usize) -> String {
    format!("step-{step}")
}

/// A time of the run as the time of day it was, RFC 3339 in UTC.
fn moment(start: Timestamp, microseconds: u64) -> String {
    let passed = SignedDuration::from_micros(i64::try_from(microseconds).unwrap_or(i64::MAX));
    let moment = start.checked_add(passed).unwrap_or(start);
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn entry(start: Timestamp, step: usize, exchange: &Exchange) -> Value {
    let timings = timings(&exchange.timings);
    json!({
        "pageref": page_id(step),
        "startedDateTime": moment(start, exchange.at),
        "time": milliseconds(exchange.timings.total),
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": timings,
    })
}

fn request(exchange: &Exchange) -> Value {
    let mut request = json!({
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.version.as_deref().unwrap_or("unknown"),
        "cookies": [],
        "headers": headers(&exchange.request),
        "queryString": query(&exchange.url),
        "headersSize": UNKNOWN,
        "bodySize": size(exchange.request.body.as_ref()),
    });
    if let (Some(body), Some(members)) = (&exchange.request.body, request.as_object_mut()) {
        members.insert(
            "postData".to_owned(),
            json!({
                "mimeType": content_type(&exchange.request),
                "text": body.text,
                "comment": remark(body),
            }),
        );
    }
    request
}

fn response(exchange: &Exchange) -> Value {
    let none = Message::default();
    let message = exchange.response.as_ref().unwrap_or(&none);
    let status = exchange.status.unwrap_or(0);
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    let mut content = Map::new();
    content.insert(
        "size".to_owned(),
        message.body.as_ref().map_or(0, |body| body.size).into(),
    );
    content.insert("mimeType".to_owned(), content_type(message).into());
    if let Some(body) = &message.body {
        content.insert("text".to_owned(), body.text.as_str().into());
        content.insert("comment".to_owned(), remark(body).into());
    }
    let location = message
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("location"))
        .map_or("", |(_, value)| value);
    json!({
        "status": status,
        "statusText": reason.unwrap_or_default(),
        "httpVersion": exchange.version.as_deref().unwrap_or("unknown"),
        "cookies": [],
        "headers": headers(message),
        "content": content,
        "redirectURL": location,
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
        "comment": if exchange.status.is_some() { "" } else { "no answer" },
    })
}

/// The headers without those that carry credentials.
fn headers(message: &Message) -> Vec<Value> {
    message
        .headers
        .iter()
        .filter(|(name, _)| !sensitive_header(name))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The query's pairs. A label of a secret in it stays one.
fn query(url: &str) -> Vec<Value> {
    let Ok(url) = url::Url::parse(url) else {
        return Vec::new();
    };
    url.query_pairs()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn content_type(message: &Message) -> &str {
    message
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map_or("application/octet-stream", |(_, value)| value)
}

fn size(body: Option<&Payload>) -> i64 {
    body.map_or(0, |body| i64::try_from(body.size).unwrap_or(i64::MAX))
}

/// What a reader must know who would take the text for the body.
fn remark(body: &Payload) -> &'static str {
    match (body.kind, body.cut) {
        (PayloadKind::Binary, _) => "binary data, left out",
        (PayloadKind::Json | PayloadKind::Text, true) => "cut",
        (PayloadKind::Json | PayloadKind::Text, false) => "",
    }
}

/// The phases, in milliseconds. The format counts the handshake of TLS as a part of connecting too.
fn timings(timings: &Timings) -> Value {
    let optional = |time: Option<Duration>| time.map_or(Value::from(UNKNOWN), milliseconds);
    let connect = timings
        .connect
        .map(|connect| connect + timings.tls.unwrap_or_default());
    let known = [timings.dns, connect, timings.first_byte, timings.body];
    let known: Duration = known.into_iter().flatten().sum();
    json!({
        "blocked": milliseconds(timings.total.saturating_sub(known)),
        "dns": optional(timings.dns),
        "connect": optional(connect),
        "ssl": optional(timings.tls),
        "send": 0,
        "wait": milliseconds(timings.first_byte.unwrap_or_default()),
        "receive": milliseconds(timings.body.unwrap_or_default()),
    })
}

fn milliseconds(time: Duration) -> Value {
    Value::from(time.as_micros() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{PLAIN, report, runs};

    fn archive() -> Value {
        serde_json::from_str(&report("har", &runs::passed(), &PLAIN)).unwrap()
    }

    #[test]
    fn it_has_what_the_format_asks_for() {
        let archive = archive();
        let log = &archive["log"];
        assert_eq!(log["version"], "1.2");
        assert_eq!(log["pages"].as_array().unwrap().len(), 3);
        let entry = &log["entries"][1];
        assert_eq!(entry["pageref"], "step-0");
        assert_eq!(entry["startedDateTime"], "2026-01-01T00:00:00.000Z");
        for (part, fields) in [
            (
                "request",
                "method url httpVersion cookies headers queryString headersSize bodySize",
            ),
            (
                "response",
                "status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
            ),
            ("timings", "blocked dns connect ssl send wait receive"),
        ] {
            for field in fields.split(' ') {
                assert!(!entry[part][field].is_null(), "{part}.{field}: {entry}");
            }
        }
        // The phases that apply make up the time, of which TLS is counted within connecting.
        let phases = ["blocked", "dns", "connect", "send", "wait", "receive"];
        let sum: f64 = phases
            .iter()
            .map(|phase| entry["timings"][phase].as_f64().unwrap().max(0.0))
            .sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 1e-6);
    }

    #[test]
    fn credentials_are_not_in_it() {
        let text = report("har", &runs::passed(), &PLAIN);
        for part in ["authorization", "set-cookie", "Bearer", "session="] {
            assert!(!text.contains(part), "{part}: {text}");
        }
        assert!(text.contains("x-revio-host"));
    }

    #[test]
    fn a_query_is_told_by_its_pairs() {
        let pairs = query("https://api.test/a?b=c%20d&key=‹api_key›");
        assert_eq!(
            pairs,
            [
                json!({"name": "b", "value": "c d"}),
                json!({"name": "key", "value": "‹api_key›"})
            ]
        );
        assert!(query("no url").is_empty());
    }
}
