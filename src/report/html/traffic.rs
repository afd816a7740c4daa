//! What the page shows of a request and its answer.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::amount::{self, Part};
use super::page::short;
use super::step::Budget;
use crate::http::Timings;
use crate::json;
use crate::outcome::{Exchange, Message, Origin, Payload, PayloadKind};
use crate::report::text::{count, size};
use crate::report::{curl, located};
use crate::secret::shown_header;
use crate::untrusted;

/// The most characters of a URL and of a header.
const HEADER: usize = 500;

/// The most headers of a message.
const MOST_HEADERS: usize = 60;

/// The lines shown before the first marked one of a body that is cut.
const BEFORE: usize = 8;

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
    parts: Option<Vec<Passage>>,
    cut: bool,
}

/// Some lines of a body.
#[derive(Debug, PartialEq, Serialize)]
struct Passage {
    /// Whether a check is about it that does not hold.
    marked: bool,
    text: String,
}

#[derive(Serialize)]
struct Phase {
    class: &'static str,
    name: &'static str,
    time: String,
    #[serde(flatten)]
    part: Part,
}

/// Makes what is shown of an exchange; `wrong` are paths in the answer to what does not hold.
pub(super) fn traffic(exchange: &Exchange, wrong: &[String], budget: Budget) -> Traffic {
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
        request: side(&exchange.request, &[], budget),
        response: exchange
            .response
            .as_ref()
            .map(|message| side(message, wrong, budget)),
        total: amount::time(microseconds(exchange.timings.total)),
        reused: exchange.timings.reused,
        phases: phases(&exchange.timings),
        curl: curl::command_within(exchange, budget.body.min(curl::LONGEST_BODY)),
    }
}

fn side(message: &Message, wrong: &[String], budget: Budget) -> Side {
    Side {
        headers: message
            .headers
            .iter()
            .take(MOST_HEADERS)
            .map(|(name, value)| (short(name, HEADER), short(&shown_header(name, value), HEADER)))
            .collect(),
        body: message.body.as_ref().map(|payload| body(payload, wrong, budget)),
    }
}

fn body(payload: &Payload, wrong: &[String], budget: Budget) -> Body {
    let most = budget.body;
    let parts = match payload.kind {
        PayloadKind::Binary => None,
        PayloadKind::Text => Some(passages(&payload.text, &BTreeSet::new(), most)),
        // A body that was cut is no JSON any more.
        PayloadKind::Json => Some(match json::parse(payload.text.as_bytes()) {
            Ok(value) => {
                let marked = wrong.iter().filter_map(|path| located::line(&value, path));
                passages(&json::pretty(&value), &marked.collect(), most)
            }
            Err(_) => passages(&payload.text, &BTreeSet::new(), most),
        }),
    };
    Body {
        size: size(payload.size),
        parts,
        cut: payload.cut,
    }
}

/// A text with its marked lines apart, of at most about `most` characters, with a word on what is left out. The first
/// marked line is among what is shown.
fn passages(text: &str, marked: &BTreeSet<usize>, most: usize) -> Vec<Passage> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = match marked.first() {
        Some(first) if text.len() > most => first.saturating_sub(BEFORE),
        _ => 0,
    };
    let mut passages: Vec<Passage> = Vec::new();
    if start > 0 {
        passages.push(Passage {
            marked: false,
            text: format!("… ({} before)\n", count(start, "line")),
        });
    }
    let mut left = most;
    let mut end = start;
    for (at, line) in lines.iter().enumerate().skip(start) {
        if left == 0 {
            break;
        }
        let is_marked = marked.contains(&at);
        let line = untrusted::cut(line, left);
        left = left.saturating_sub(line.chars().count());
        end = at + 1;
        match passages.last_mut() {
            Some(last) if !last.marked && !is_marked => last.text.push_str(&line),
            _ => passages.push(Passage {
                marked: is_marked,
                text: line.into_owned(),
            }),
        }
    }
    if end < lines.len() {
        passages.push(Passage {
            marked: false,
            text: format!("… ({})", count(lines.len() - end, "more line")),
        });
    }
    passages
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, marked: &[usize], most: usize) -> String {
        passages(text, &marked.iter().copied().collect(), most)
            .iter()
            .map(|part| {
                if part.marked {
                    format!("[{}]", part.text)
                } else {
                    part.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn marked_lines_are_apart_and_the_first_is_shown() {
        assert_eq!(shown("a\nb\nc", &[1], 100), "a\n[b\n]c");
        assert_eq!(shown("", &[], 100), "");
        let long: String = (0..100).map(|number| format!("{number}\n")).collect();
        let cut = shown(&long, &[50], 30);
        assert!(cut.starts_with("… (42 lines before)\n42\n"), "{cut}");
        assert!(cut.contains("[50\n]"), "{cut}");
        assert!(cut.ends_with("… (48 more lines)"), "{cut}");
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_within() {
        assert_eq!(shown("abcdef", &[], 4), "abcd… (2 more characters)");
    }
}
