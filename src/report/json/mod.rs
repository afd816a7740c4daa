//! `json`: the whole outcome as one versioned document, for other programs.

use std::collections::HashMap;
use std::io;

use super::plan::Plan;
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::{Event, StepFinished, Tally};
use crate::registry::Entry;

mod document;
mod escape;

use document::Document;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "json",
        summary: "one versioned document with every case, step, check and exchange, in the order of the plan",
        example: "--report json=outcome.json",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    Box::new(Json {
        sink,
        plan: Plan::default(),
        steps: HashMap::new(),
        duration: 0,
    })
}

/// Collects until the end, since steps finish in another order than they are listed in.
struct Json {
    sink: Sink,
    plan: Plan,
    /// By step number, those that ended.
    steps: HashMap<usize, StepFinished>,
    /// Until the last event seen, in microseconds.
    duration: u64,
}

impl Report for Json {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => {
                self.plan.start(started);
            }
            Event::StepUnfolded { step, rounds, .. } => self.plan.unfold(*step, rounds),
            Event::StepFinished(finished) => {
                self.duration = self.duration.max(finished.at);
                self.steps.insert(finished.step, (**finished).clone());
            }
            Event::RunFinished(finished) => self.duration = finished.at,
            Event::CaseStarted { .. }
            | Event::StepStarted { .. }
            | Event::StepWaits { .. }
            | Event::AttemptFinished { .. }
            | Event::SessionRenewed { .. }
            | Event::CaseFinished { .. } => {}
        }
        Ok(())
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let document = Document::new(&self.plan, &self.steps, self.duration, tally);
        let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
        self.sink.write_all(escape::inert(&text).as_bytes())?;
        self.sink.write_all(b"\n")?;
        self.sink.flush()
    }
}
