//! Which file belongs to the snapshot of which step.

use std::collections::HashSet;
use std::path::PathBuf;

use super::case::{Case, Collection};
use super::step::{Action, Step};
use crate::snapshot::{self, Names};

impl Collection {
    /// The folder of its snapshots, from the root.
    pub fn snapshot_folder(&self) -> PathBuf {
        snapshot::folder(&self.file)
    }

    /// The names of its snapshots.
    pub fn snapshot_names(&self) -> HashSet<String> {
        let mut names = HashSet::new();
        for case in &self.cases {
            for step in case.steps.iter().chain(&case.finally) {
                of_step(step, None, &mut names);
                step.cleanup
                    .iter()
                    .for_each(|cleanup| of_step(cleanup, None, &mut names));
            }
        }
        names
    }
}

fn of_step(step: &Step, above: Option<&str>, names: &mut HashSet<String>) {
    let name = step.snapshot_name(above);
    match &step.action {
        Action::Use(call) => call
            .recipe
            .steps
            .iter()
            .for_each(|inner| of_step(inner, Some(&name), names)),
        Action::Request(_) | Action::Wait(_) => {
            if step.expect.snapshot().is_some() {
                names.insert(name);
            }
        }
    }
}

impl Step {
    /// The name of its snapshot's file, without endings: `case.step`, and for a step of a recipe the same of the step
    /// that uses it (`above`) and its own.
    pub fn snapshot_name(&self, above: Option<&str>) -> String {
        match above {
            Some(above) => format!("{above}.{}", self.file_name),
            None => self.file_name.clone(),
        }
    }
}

/// Gives the steps of a collection the names of their files. Every step counts, whether it has a snapshot or not, so
/// that a snapshot keeps its file when the step before it gets one too.
pub(super) fn name_cases(cases: &mut [Case]) {
    let mut of_cases = Names::default();
    let mut of_steps = Names::default();
    for case in cases {
        let name = of_cases.distinct(snapshot::slug(&case.name));
        for step in case.steps.iter_mut().chain(&mut case.finally) {
            name_step(step, &name, &mut of_steps);
            for cleanup in &mut step.cleanup {
                name_step(cleanup, &name, &mut of_steps);
            }
        }
    }
}

/// Gives the steps of a recipe the last part of their names.
pub(super) fn name_steps(steps: &mut [Step]) {
    let mut names = Names::default();
    for step in steps {
        step.file_name = names.distinct(own(step));
    }
}

fn name_step(step: &mut Step, case: &str, names: &mut Names) {
    let name = match given(step) {
        Some(name) => name.to_owned(),
        None => format!("{case}.{}", own(step)),
    };
    step.file_name = names.distinct(name);
}

/// The name that is written for a step's snapshot.
fn given(step: &Step) -> Option<&str> {
    step.expect.snapshot()?.name.as_deref()
}

fn own(step: &Step) -> String {
    given(step).map_or_else(|| snapshot::slug(&step.name), str::to_owned)
}
