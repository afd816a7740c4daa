//! Requests and answers as they went, for who asks for more.

use super::Page;
use super::paint::{ASIDE, FAINT};
use crate::outcome::{Exchange, Message, Origin, Payload, PayloadKind};
use crate::report::Verbosity;
use crate::report::text::{safe, size};
use crate::secret::shown_header;
use crate::untrusted;

/// The exchanges of a step, each with the headers of both sides, and the bodies where they are wanted too. Nothing is
/// cut to the width: who asks for everything wants it whole.
pub(super) fn lines(exchanges: &[Exchange], page: Page) -> Vec<String> {
    if page.verbosity < Verbosity::Verbose {
        return Vec::new();
    }
    exchanges
        .iter()
        .flat_map(|exchange| lines_of(exchange, page))
        .collect()
}

fn lines_of(exchange: &Exchange, page: Page) -> Vec<String> {
    let origin = match exchange.origin {
        Origin::Step => "",
        Origin::Session => "  (for the session)",
    };
    let request = format!("{} {}{origin}", exchange.method, exchange.url);
    let mut lines = side('>', &request, &exchange.request, page);
    for redirect in &exchange.redirects {
        let hop = format!("{} to {}", redirect.status, redirect.location);
        lines.extend(side('<', &hop, &Message::default(), page));
    }
    match (exchange.status, &exchange.response) {
        (Some(status), response) => {
            let version = exchange.version.as_deref().unwrap_or_default();
            let none = Message::default();
            lines.extend(side(
                '<',
                format!("{version} {status}").trim_start(),
                response.as_ref().unwrap_or(&none),
                page,
            ));
        }
        (None, _) => lines.extend(side('<', "no answer", &Message::default(), page)),
    }
    lines
}

fn side(mark: char, first: &str, message: &Message, page: Page) -> Vec<String> {
    let mark = page.paint.with(ASIDE, &format!("{mark:>6}"));
    let mut lines = vec![format!("{mark} {}", safe(first))];
    for (name, value) in &message.headers {
        let shown = safe(&shown_header(name, value));
        let name = page.paint.with(FAINT, &format!("{}:", safe(name)));
        lines.push(format!("{mark} {name} {shown}"));
    }
    if let (Verbosity::VeryVerbose, Some(body)) = (page.verbosity, &message.body) {
        lines.extend(body_lines(body));
    }
    lines
}

fn body_lines(body: &Payload) -> Vec<String> {
    let mut lines: Vec<String> = match body.kind {
        PayloadKind::Binary => vec![format!("         {} of binary data", size(body.size))],
        PayloadKind::Json | PayloadKind::Text => untrusted::block(&body.text)
            .lines()
            .map(|line| format!("         {}", safe(line)))
            .collect(),
    };
    if body.cut {
        lines.push(format!("         … {} in all", size(body.size)));
    }
    lines
}
