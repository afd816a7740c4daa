//! `har`: HTTP Archive 1.2, which browsers' network tools open: a page a step, an entry an exchange.
//!
//! Credentials do not go in at all: headers that carry them are dropped, cookies are not listed.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::json::{self, Made};
use super::plan::Plan;
use super::record::{self, Record, Written};
use super::{Options, Report, ReportKind, Sink, explain, words};
use crate::http::Timings;
use crate::outcome::{
    Exchange, Message, Payload, PayloadKind, PlannedCase, PlannedStep, StepFinished, Tally,
};
use crate::registry;
use crate::secret::sensitive_header;

mod shape;

use shape::{
    Archive, Content, Creator, Empty, Entries, Entry, Log, Page, Pages, Pair, Phases, Request, Response,
    Sent, Time,
};

pub(super) const KIND: ReportKind = ReportKind {
    entry: registry::Entry {
        name: "har",
        summary: "HTTP Archive 1.2 for browsers' network tools: a page a step, without credentials",
        example: "--report har=run.har",
    },
    make,
};

/// What the format has for a size or a time that is not known or does not apply.
const UNKNOWN: i64 = -1;

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, keep, render)
}

/// What is written of a step: its page, and its entries.
struct Kept {
    page: Made,
    entries: Vec<Made>,
}

fn keep(plan: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Kept>> {
    let Some((case, planned)) = plan.step(finished.step) else {
        return Ok(None);
    };
    let start = start(plan);
    let page = page(start, case, planned, Some(finished));
    let entries = finished.exchanges.iter();
    Ok(Some(Kept {
        entries: entries
            .map(|exchange| Made::new(&entry(start, &page.id, exchange)))
            .collect::<io::Result<_>>()?,
        page: Made::new(&page)?,
    }))
}

/// When the run started; where it does not say so, a time that nobody takes for it.
fn start(plan: &Plan) -> Timestamp {
    plan.started()
        .and_then(|started| started.started.parse().ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn render(record: Record<Kept>, _tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    let started = record.plan.started();
    let archive = Archive {
        log: Log {
            version: "1.2",
            creator: Creator {
                name: "Callsheet",
                version: started.map_or("", |started| started.callsheet.as_str()),
            },
            pages: Pages(&record),
            entries: Entries(&record),
        },
    };
    json::write(&mut *to, &archive)?;
    to.write_all(b"\n")
}

impl Serialize for Pages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let start = start(&record.plan);
        let mut pages = serializer.serialize_seq(None)?;
        for case in record.cases() {
            for (planned, kept) in record.kept_of(case) {
                match kept {
                    Some(kept) => pages.serialize_element(&kept.page)?,
                    None => pages.serialize_element(&page(start, case, planned, None))?,
                }
            }
        }
        pages.end()
    }
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let steps = record.cases().iter().flat_map(|case| record.kept_of(case));
        serializer.collect_seq(steps.filter_map(|(_, kept)| kept).flat_map(|kept| &kept.entries))
    }
}

fn page(
    start: Timestamp,
    case: &PlannedCase,
    planned: &PlannedStep,
    finished: Option<&StepFinished>,
) -> Page {
    Page {
        started_date_time: moment(
            start,
            finished.map_or(0, |finished| finished.at.saturating_sub(finished.duration)),
        ),
        id: page_id(planned.step),
        title: format!("{} › {}", case.name, planned.name),
        page_timings: Empty {},
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
    format!("{moment:.3}")
}

fn entry<'a>(start: Timestamp, page: &'a str, exchange: &'a Exchange) -> Entry<'a> {
    Entry {
        pageref: page,
        started_date_time: moment(start, exchange.at),
        time: milliseconds(exchange.timings.total),
        request: request(exchange),
        response: response(exchange),
        cache: Empty {},
        timings: phases(&exchange.timings),
    }
}

fn version(exchange: &Exchange) -> &str {
    exchange.version.as_deref().unwrap_or("unknown")
}

fn request(exchange: &Exchange) -> Request<'_> {
    let message = &exchange.request;
    Request {
        method: &exchange.method,
        url: &exchange.url,
        http_version: version(exchange),
        cookies: [],
        headers: headers(message),
        query_string: query(&exchange.url),
        headers_size: UNKNOWN,
        body_size: size(message.body.as_ref()),
        post_data: message.body.as_ref().map(|body| Sent {
            mime_type: content_type(message),
            text: &body.text,
            comment: remark(body),
        }),
    }
}

fn response(exchange: &Exchange) -> Response<'_> {
    const NONE: &Message = &Message {
        headers: Vec::new(),
        body: None,
    };
    let message = exchange.response.as_ref().unwrap_or(NONE);
    let status = exchange.status.unwrap_or(0);
    let reason = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    let body = message.body.as_ref();
    let location = message
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("location"))
        .map_or("", |(_, value)| value);
    Response {
        status,
        status_text: reason.unwrap_or_default(),
        http_version: version(exchange),
        cookies: [],
        headers: headers(message),
        content: Content {
            size: body.map_or(0, |body| body.size),
            mime_type: content_type(message),
            text: body.map(|body| body.text.as_str()),
            comment: body.map(remark),
        },
        redirect_url: location,
        headers_size: UNKNOWN,
        body_size: UNKNOWN,
        comment: if exchange.status.is_some() {
            ""
        } else {
            "no answer"
        },
    }
}

/// The headers without those that carry credentials.
fn headers(message: &Message) -> Vec<Pair<'_>> {
    message
        .headers
        .iter()
        .filter(|(name, _)| !sensitive_header(name))
        .map(|(name, value)| Pair {
            name: name.into(),
            value: value.into(),
        })
        .collect()
}

/// The query's pairs. A label of a secret in it stays one.
fn query(url: &str) -> Vec<Pair<'static>> {
    // Most have none, and reading a URL takes longer than writing it.
    let Some(url) = url.contains('?').then(|| url::Url::parse(url).ok()).flatten() else {
        return Vec::new();
    };
    url.query_pairs()
        .map(|(name, value)| Pair {
            name: name.into_owned().into(),
            value: value.into_owned().into(),
        })
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

/// The phases. The format counts the handshake of TLS as a part of connecting too.
fn phases(timings: &Timings) -> Phases {
    let optional =
        |time: Option<Duration>| time.map_or(Time::None(UNKNOWN), |time| Time::Known(milliseconds(time)));
    let connect = timings
        .connect
        .map(|connect| connect + timings.tls.unwrap_or_default());
    let known = [timings.dns, connect, timings.first_byte, timings.body];
    let known: Duration = known.into_iter().flatten().sum();
    Phases {
        blocked: milliseconds(timings.total.saturating_sub(known)),
        dns: optional(timings.dns),
        connect: optional(connect),
        ssl: optional(timings.tls),
        send: 0,
        wait: milliseconds(timings.first_byte.unwrap_or_default()),
        receive: milliseconds(timings.body.unwrap_or_default()),
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

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
        let expected = [("b", "c d"), ("key", "‹api_key›")].map(|(name, value)| Pair {
            name: name.into(),
            value: value.into(),
        });
        assert_eq!(pairs, expected);
        assert!(query("no url?a=b").is_empty());
    }
}
