//! `json`: the whole outcome as one versioned document, for other programs.

use std::io::{self, Write as _};

use super::record::{self, Record, Written};
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::Tally;
use crate::registry::Entry;

mod document;
mod escape;
mod exchange;
mod writer;

#[cfg(test)]
mod tests;

use document::Document;
pub(super) use writer::Made;
pub(super) use writer::{write, write_pretty};

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "json",
        summary: "one versioned document with every case, step, check and exchange, in the order of the plan",
        example: "--report json=outcome.json",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, document::step, render)
}

fn render(record: Record<Made>, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    write_pretty(&mut *to, &Document::new(&record, tally))?;
    to.write_all(b"\n")
}
