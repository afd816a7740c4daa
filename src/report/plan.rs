//! The plan of a run, with all that is known of each step.

use std::sync::Arc;

use super::places::Places;
use crate::outcome::{PlannedCase, PlannedStep, RunStarted};

/// What the run set out to do, once that is known.
#[derive(Default)]
pub(super) struct Plan {
    started: Option<Arc<RunStarted>>,
    places: Places,
}

impl Plan {
    /// Learns the plan. Only the first counts; a second start is a fault the tally reports.
    pub(super) fn start(&mut self, started: &Arc<RunStarted>) {
        if self.started.is_none() {
            self.places
                .start(started.cases.iter().map(|case| case.steps.len()));
            self.started = Some(Arc::clone(started));
        }
    }

    /// Puts the rounds of a `for` in the place of its step.
    pub(super) fn unfold(&mut self, step: usize, rounds: &[PlannedStep]) {
        let Some(started) = &mut self.started else { return };
        if let Some((case, place)) = self.places.unfold(step, rounds.len()) {
            let planned = &mut Arc::make_mut(started).cases[case].steps;
            planned.splice(place..=place, rounds.iter().cloned());
        }
    }

    /// What the run said when it started.
    pub(super) fn started(&self) -> Option<&RunStarted> {
        self.started.as_deref()
    }

    /// A step and its case; none for a number that is not in the plan, which no log that adds up has.
    pub(super) fn step(&self, number: usize) -> Option<(&PlannedCase, &PlannedStep)> {
        let (case, step) = self.places.of(number)?;
        let case = self.started.as_ref()?.cases.get(case)?;
        Some((case, case.steps.get(step)?))
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}
