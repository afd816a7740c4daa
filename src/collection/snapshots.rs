//! Which file belongs to the snapshot of which step.

use std::path::{Path, PathBuf};

use super::case::{Case, Collection};
use super::defaults::Defaults;
use super::expect::SnapshotCheck;
use super::step::{Action, Step};
use crate::snapshot::{self, Names, Rules};

/// A snapshot that a collection has a step for.
#[derive(Debug, Clone)]
pub struct Snapshot<'c> {
    /// The name of its file, without endings.
    pub name: String,
    /// The sheet its rules are written in, from the root.
    pub file: &'c Path,
    /// The check.
    pub check: &'c SnapshotCheck,
    /// The case and the steps that lead to it: `contacts › read one contact`.
    pub step: String,
    /// Its rules with those of its defaults.
    pub rules: Rules,
}

/// Where a step stands, on the way to its snapshot.
#[derive(Clone, Copy)]
struct Above<'c, 'w> {
    file: &'c Path,
    /// The name of the step that uses the recipe it stands in.
    name: Option<&'w str>,
    words: &'w str,
    defaults: &'w Defaults,
}

impl Collection {
    /// The folder of its snapshots, from the root.
    pub fn snapshot_folder(&self) -> PathBuf {
        snapshot::folder(&self.file)
    }

    /// Its snapshots, those of the recipes it uses among them. `project` are the defaults of every recipe's requests.
    pub fn snapshots<'c>(&'c self, project: &Defaults) -> Vec<Snapshot<'c>> {
        let mut found = Vec::new();
        for case in &self.cases {
            let above = Above {
                file: &self.file,
                name: None,
                words: &case.name,
                defaults: &case.defaults,
            };
            for step in case.steps.iter().chain(&case.finally) {
                of_step(step, above, project, &mut found);
                for cleanup in &step.cleanup {
                    of_step(cleanup, above, project, &mut found);
                }
            }
        }
        found
    }
}

fn of_step<'c>(step: &'c Step, above: Above<'c, '_>, project: &Defaults, found: &mut Vec<Snapshot<'c>>) {
    let name = step.snapshot_name(above.name);
    let words = format!("{} › {}", above.words, step.name);
    match &step.action {
        Action::Use(call) => {
            let above = Above {
                file: &call.recipe.file,
                name: Some(&name),
                words: &words,
                defaults: project,
            };
            for inner in &call.recipe.steps {
                of_step(inner, above, project, found);
            }
        }
        Action::Request(_) | Action::Wait(_) => found.extend(step.expect.snapshot().map(|check| Snapshot {
            name,
            file: above.file,
            check,
            step: words,
            rules: check.rules.over(&above.defaults.snapshot),
        })),
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
