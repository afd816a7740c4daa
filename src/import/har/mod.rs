//! `har`: HTTP Archives (1.2), as the network tools of browsers save them.
//!
//! Each entry is read by itself out of the whole, so that what is wrong with one is told at its place beside what is
//! wrong with others, and of answers, which are most of a file, nothing is kept.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ImportKind;
use super::request::Reading;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry::Entry;
use crate::source::{Place, Source};

mod entry;
mod redact;

pub(super) const KIND: ImportKind = ImportKind {
    entry: Entry {
        name: "har",
        summary: "an HTTP Archive (1.2): what a browser's network tool saves",
        example: r#"{"log": {"entries": [{
  "request": {"method": "GET", "url": "https://api.test/contacts?page=2", "headers": []},
  "response": {"status": 200, "content": {"mimeType": "application/json"}}
}]}}"#,
    },
    tells_contents: true,
    limit: 256 * 1024 * 1024,
    read,
    shown: redact::shown,
};

/// The whole, of which only the list of entries matters.
#[derive(Deserialize)]
struct Archive<'s> {
    #[serde(borrow)]
    log: Log<'s>,
}

#[derive(Deserialize)]
struct Log<'s> {
    #[serde(borrow)]
    entries: Vec<&'s RawValue>,
}

fn read(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Reading {
    let mut reading = Reading::default();
    let text = source.text.as_str();
    let archive: Archive<'_> = match serde_json::from_str(text) {
        Ok(archive) => archive,
        Err(error) => {
            let at = offset(text, error.line(), error.column());
            mistake(source, at, reason(&error), diagnostics);
            return reading;
        }
    };
    for raw in archive.log.entries {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        let place = Place::new(source, start..start);
        match entry::read(raw.get(), place) {
            Ok(entry::Read::Request(request)) => reading.requests.push(*request),
            Ok(entry::Read::LeftOut(what)) => reading.leave_out(what),
            Err(wrong) => mistake(source, start + wrong.at, wrong.message, diagnostics),
        }
    }
    reading
}

fn mistake(source: &Arc<Source>, at: usize, message: String, diagnostics: &mut Diagnostics) {
    diagnostics.push(Diagnostic::error(message).at(&Place::new(source, at..at)));
}

/// What a reader of JSON says, without the place.
fn reason(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let reason = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(reason, _)| reason);
    // It quotes what is of the wrong type.
    match (reason.find(['"', '`']), reason.rsplit_once(", expected ")) {
        (Some(quote), Some((_, expected))) => {
            let found = reason[..quote].trim_end().replace(": string", ": a text");
            format!("this is no archive: {found}, expected {expected}")
        }
        _ => format!("this is no archive: {reason}"),
    }
}

/// The byte at a line and a column of bytes, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => breaks.nth(before).map_or(text.len(), |(at, _)| at + 1),
    };
    let at = (start + column.saturating_sub(1)).min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
