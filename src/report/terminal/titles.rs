//! The plan as far as its lines tell of it: names, and where each step stands.

use std::sync::Arc;

use crate::outcome::{PlannedStep, RunStarted};
use crate::report::places::Places;

/// The names of a plan's steps and cases. The rest of a plan, which may be long, is let go.
#[derive(Default)]
pub(super) struct Titles {
    places: Places,
    cases: Vec<String>,
    /// By step number.
    steps: Vec<Arc<str>>,
    /// The arguments of `run` that run again what failed.
    again: Vec<String>,
}

impl Titles {
    /// Learns the plan. Only the first counts; a second start is a fault the tally reports.
    pub(super) fn start(&mut self, started: &RunStarted) {
        if self.places.len() > 0 {
            return;
        }
        let cases = &started.cases;
        self.places.start(cases.iter().map(|case| case.steps.len()));
        self.cases = cases.iter().map(|case| case.name.clone()).collect();
        self.steps.reserve_exact(self.places.len());
        let steps = cases.iter().flat_map(|case| &case.steps);
        self.steps.extend(steps.map(|step| Arc::clone(&step.name)));
        self.again.clone_from(&started.again);
    }

    /// Puts the rounds of a `for` in the place of its step.
    pub(super) fn unfold(&mut self, step: usize, rounds: &[PlannedStep]) {
        if self.places.unfold(step, rounds.len()).is_some() {
            let names = rounds.iter().map(|round| Arc::clone(&round.name));
            self.steps.extend(names);
        }
    }

    /// How many steps stand before one; none for a number that is not in the plan.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        self.places.position(number)
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// `case › step`.
    pub(super) fn name(&self, number: usize) -> String {
        match (self.case(number), self.steps.get(number)) {
            (Some(case), Some(step)) => format!("{case} › {step}"),
            _ => format!("step {number}, which is not in the plan"),
        }
    }

    /// The name of a step's case.
    pub(super) fn case(&self, number: usize) -> Option<&str> {
        let (case, _) = self.places.of(number)?;
        self.cases.get(case).map(String::as_str)
    }

    /// The arguments of `run` that run again what failed.
    pub(super) fn again(&self) -> &[String] {
        &self.again
    }
}
