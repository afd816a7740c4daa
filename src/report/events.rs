//! `events`: the event log as a report: each event a line of JSON, as it happens.

use std::io;

use super::json;
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::{Event, Tally};
use crate::registry::Entry;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "events",
        summary: "each event a line of JSON, as it happens: the event log, for other programs",
        example: "--report events=events.jsonl",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    Box::new(Events { sink })
}

struct Events {
    sink: Sink,
}

impl Report for Events {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        json::write(&mut self.sink, event)?;
        self.sink.write_all(b"\n")
    }

    fn settle(&mut self) -> io::Result<()> {
        // Who follows a run reads each event when it happens.
        self.sink.flush()
    }

    fn finish(&mut self, _tally: &Tally) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::outcome::{Event, LogReader};
    use crate::report::tests::{PLAIN, report, runs};

    #[test]
    fn the_lines_are_an_event_log() {
        for (name, events) in runs::all() {
            let text = report("events", &events, &PLAIN);
            let (reader, started) = LogReader::open(text.as_bytes()).unwrap();
            let mut read = vec![Event::RunStarted(Arc::new(started))];
            read.extend(reader.map(Result::unwrap));
            assert_eq!(read, events, "{name}");
        }
    }
}
