//! A whole run, for the reports that are written at its end.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write as _};
use std::mem;
use std::sync::Arc;

use super::plan::Plan;
use super::{Report, Sink};
use crate::outcome::{Event, PlannedCase, PlannedStep, RunFinished, StepFinished, Tally};

/// What a run was, in the order of its plan, as far as it is known.
#[derive(Default)]
pub(super) struct Record {
    /// The plan, with rounds in the place of the steps that unfolded.
    pub(super) plan: Plan,
    /// By step number, those that ended.
    pub(super) steps: HashMap<usize, Arc<StepFinished>>,
    /// How it ended; none where the end was not seen.
    pub(super) finished: Option<RunFinished>,
    /// Until the last event seen, in microseconds.
    pub(super) duration: u64,
}

impl Record {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => self.plan.start(started),
            Event::StepUnfolded { step, rounds, .. } => self.plan.unfold(*step, rounds),
            Event::StepFinished(finished) => {
                self.duration = self.duration.max(finished.at);
                self.steps.insert(finished.step, Arc::clone(finished));
            }
            Event::RunFinished(finished) => {
                self.duration = finished.at;
                self.finished = Some(finished.clone());
            }
            Event::CaseStarted { .. }
            | Event::StepStarted { .. }
            | Event::StepWaits { .. }
            | Event::AttemptFinished { .. }
            | Event::SessionRenewed { .. }
            | Event::CaseFinished { .. } => {}
        }
    }

    /// The cases, in order.
    pub(super) fn cases(&self) -> &[PlannedCase] {
        self.plan.started().map_or(&[], |started| &started.cases)
    }

    /// The steps of a case, each with its end, in order.
    pub(super) fn steps_of<'a>(
        &'a self,
        case: &'a PlannedCase,
    ) -> impl Iterator<Item = (&'a PlannedStep, Option<&'a StepFinished>)> {
        case.steps
            .iter()
            .map(|planned| (planned, self.steps.get(&planned.step).map(Arc::as_ref)))
    }
}

/// Where a report is written at the end: large parts at once, since each of them passes the mask.
pub(super) type Written<'a> = BufWriter<&'a mut Sink>;

/// How much is written at once, in bytes: as much as the mask takes.
const AT_ONCE: usize = 64 * 1024;

/// A report that collects until the end, since steps finish in another order than they are listed in. `render` writes
/// it, once nothing more can happen; the whole text is never held.
pub(super) fn at_end(
    sink: Sink,
    render: impl Fn(Record, &Tally, &mut Written<'_>) -> io::Result<()> + Send + 'static,
) -> Box<dyn Report> {
    Box::new(AtEnd {
        sink,
        record: Record::default(),
        render,
    })
}

struct AtEnd<R> {
    sink: Sink,
    record: Record,
    render: R,
}

impl<R: Fn(Record, &Tally, &mut Written<'_>) -> io::Result<()> + Send> Report for AtEnd<R> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.record.take(event);
        Ok(())
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let mut written = BufWriter::with_capacity(AT_ONCE, &mut self.sink);
        (self.render)(mem::take(&mut self.record), tally, &mut written)?;
        written.flush()
    }
}
