//! A whole run, for the reports that are written at its end.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write as _};
use std::mem;
use std::sync::Arc;

use super::plan::Plan;
use super::{Report, Sink};
use crate::outcome::{Event, PlannedCase, PlannedStep, RunFinished, StepFinished, Tally};
use crate::secret::MOST_AT_ONCE;

/// What a run was, in the order of its plan, as far as it is known. `K` is what a report keeps of each step that ended.
pub(super) struct Record<K = Arc<StepFinished>> {
    /// The plan, with rounds in the place of the steps that unfolded.
    pub(super) plan: Plan,
    /// By step number, those that ended.
    pub(super) steps: HashMap<usize, K>,
    /// How it ended; none where the end was not seen.
    pub(super) finished: Option<RunFinished>,
    /// Until the last event seen, in microseconds.
    pub(super) duration: u64,
}

impl<K> Default for Record<K> {
    fn default() -> Self {
        Record {
            plan: Plan::default(),
            steps: HashMap::new(),
            finished: None,
            duration: 0,
        }
    }
}

impl<K> Record<K> {
    /// Takes the next event; `keep` makes what is kept of a step.
    fn hear(&mut self, event: &Event, keep: Keep<K>) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => self.plan.start(started),
            Event::StepUnfolded { step, rounds, .. } => self.plan.unfold(*step, rounds),
            Event::StepFinished(finished) => {
                self.duration = self.duration.max(finished.at);
                if let Some(kept) = keep(&self.plan, finished)? {
                    self.steps.insert(finished.step, kept);
                }
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
        Ok(())
    }

    /// The cases, in order.
    pub(super) fn cases(&self) -> &[PlannedCase] {
        self.plan.started().map_or(&[], |started| &started.cases)
    }

    /// The steps of a case, each with what is kept of it, in order.
    pub(super) fn kept_of<'a>(
        &'a self,
        case: &'a PlannedCase,
    ) -> impl Iterator<Item = (&'a PlannedStep, Option<&'a K>)> {
        case.steps
            .iter()
            .map(|planned| (planned, self.steps.get(&planned.step)))
    }
}

impl Record {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: &Event) {
        self.hear(event, whole).expect("an event is kept as it is");
    }

    /// The steps of a case, each with its end, in order.
    pub(super) fn steps_of<'a>(
        &'a self,
        case: &'a PlannedCase,
    ) -> impl Iterator<Item = (&'a PlannedStep, Option<&'a StepFinished>)> {
        self.kept_of(case)
            .map(|(planned, finished)| (planned, finished.map(Arc::as_ref)))
    }
}

/// What a report keeps of a step that ended; none where it needs nothing of it.
pub(super) type Keep<K> = fn(&Plan, &Arc<StepFinished>) -> io::Result<Option<K>>;

/// Everything.
pub(super) fn whole(_: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Arc<StepFinished>>> {
    Ok(Some(Arc::clone(finished)))
}

/// Nothing of a step that passed at once, for a report that tells only of the others.
pub(super) fn unless_passed(
    plan: &Plan,
    finished: &Arc<StepFinished>,
) -> io::Result<Option<Arc<StepFinished>>> {
    match finished.passed_at_once() {
        true => Ok(None),
        false => whole(plan, finished),
    }
}

/// Where a report is written at the end: large parts at once, since each of them passes the mask.
pub(super) type Written<'a> = BufWriter<&'a mut Sink>;

/// A report that collects until the end, since steps finish in another order than they are listed in.
///
/// `keep` makes of a step what is kept of it, when it ends: a report that will write much of each makes its text then,
/// while the run goes on, and one that will write little keeps no more than that. `render` writes the report, once nothing
/// more can happen; the whole text is never held.
pub(super) fn at_end<K: Send + 'static>(
    sink: Sink,
    keep: Keep<K>,
    render: impl Fn(Record<K>, &Tally, &mut Written<'_>) -> io::Result<()> + Send + 'static,
) -> Box<dyn Report> {
    Box::new(AtEnd {
        sink,
        record: Record::default(),
        keep,
        render,
    })
}

struct AtEnd<K, R> {
    sink: Sink,
    record: Record<K>,
    keep: Keep<K>,
    render: R,
}

impl<K, R> Report for AtEnd<K, R>
where
    K: Send,
    R: Fn(Record<K>, &Tally, &mut Written<'_>) -> io::Result<()> + Send,
{
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.record.hear(event, self.keep)
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let mut written = BufWriter::with_capacity(MOST_AT_ONCE, &mut self.sink);
        (self.render)(mem::take(&mut self.record), tally, &mut written)?;
        written.flush()
    }
}
