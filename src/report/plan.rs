//! The plan of a run, asked by step number.

use std::sync::Arc;

use crate::outcome::{PlannedCase, PlannedStep, RunStarted};

/// What the run set out to do, once that is known.
#[derive(Default)]
pub(super) struct Plan {
    started: Option<Arc<RunStarted>>,
    /// The place of each step: its case, and where in the case. A step that unfolded has none: its rounds have.
    steps: Vec<Option<(usize, usize)>>,
    /// How many steps stand before each case.
    before: Vec<usize>,
    /// How many steps unfolded.
    unfolded: usize,
}

impl Plan {
    /// Learns the plan. Only the first counts; a second start is a fault the tally reports.
    pub(super) fn start(&mut self, started: &Arc<RunStarted>) {
        if self.started.is_some() {
            return;
        }
        for (case, planned) in started.cases.iter().enumerate() {
            self.steps
                .extend((0..planned.steps.len()).map(|step| Some((case, step))));
        }
        self.started = Some(Arc::clone(started));
        self.count();
    }

    fn count(&mut self) {
        let cases = self.started.iter().flat_map(|started| &started.cases);
        let mut before = 0;
        self.before = cases
            .map(|case| {
                before += case.steps.len();
                before - case.steps.len()
            })
            .collect();
    }

    /// How many steps stand before one; none for a number that is not in the plan.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        let (case, step) = (*self.steps.get(number)?)?;
        Some(self.before.get(case)? + step)
    }

    /// Puts the rounds of a `for` in the place of its step.
    pub(super) fn unfold(&mut self, step: usize, rounds: &[PlannedStep]) {
        let Some(started) = &mut self.started else { return };
        let Some((case, place)) = self.steps.get_mut(step).and_then(Option::take) else {
            return;
        };
        self.unfolded += 1;
        let planned = &mut Arc::make_mut(started).cases[case].steps;
        planned.splice(place..=place, rounds.iter().cloned());
        // The numbers of what stands behind stay the same, their places do not.
        for (index, step) in planned.iter().enumerate() {
            if self.steps.len() <= step.step {
                self.steps.resize(step.step + 1, None);
            }
            self.steps[step.step] = Some((case, index));
        }
        self.count();
    }

    /// What the run said when it started.
    pub(super) fn started(&self) -> Option<&RunStarted> {
        self.started.as_deref()
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len() - self.unfolded
    }

    /// A step and its case; none for a number that is not in the plan, which no log that adds up has.
    pub(super) fn step(&self, number: usize) -> Option<(&PlannedCase, &PlannedStep)> {
        let (case, step) = (*self.steps.get(number)?)?;
        let case = self.started.as_ref()?.cases.get(case)?;
        Some((case, case.steps.get(step)?))
    }

    /// `case › step`.
    pub(super) fn name(&self, number: usize) -> String {
        match self.step(number) {
            Some((case, step)) => format!("{} › {}", case.name, step.name),
            None => format!("step {number}, which is not in the plan"),
        }
    }
}
