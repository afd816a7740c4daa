//! `json`: the whole outcome as one versioned document, for other programs.

use std::io;

use super::record::{self, Record};
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::Tally;
use crate::registry::Entry;

mod document;
mod escape;

use document::Document;
pub(super) use escape::inert;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "json",
        summary: "one versioned document with every case, step, check and exchange, in the order of the plan",
        example: "--report json=outcome.json",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, render)
}

fn render(record: &Record, tally: &Tally) -> io::Result<String> {
    let document = Document::new(record, tally);
    let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
    Ok(inert(&text) + "\n")
}
