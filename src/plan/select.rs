//! Which cases and steps are chosen, and what a chosen step needs of those before it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{Pattern, TagExpression};
use crate::collection::{CaseOutline, Outline, Round, StepOutline};

/// What a run is narrowed to. Empty lists narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of cases; one of them.
    pub cases: Vec<Pattern>,
    /// Names of steps; one of them.
    pub steps: Vec<Pattern>,
    /// What the tags of a step and its case are to be; one of them.
    pub tags: Vec<TagExpression>,
    /// What they are not to be; none of them.
    pub not_tags: Vec<TagExpression>,
    /// What stands at lines of collections' files; files that are not named here are not narrowed.
    pub lines: IndexMap<PathBuf, Vec<(usize, Target)>>,
    /// Cases found out by other means; every set narrows.
    pub sets: Vec<CaseSet>,
}

/// Cases that something was found out about.
#[derive(Debug, Clone)]
pub struct CaseSet {
    /// The option as written, for the report.
    pub by: String,
    /// The cases, by their collection's file and their index in it.
    pub cases: HashSet<(PathBuf, usize)>,
}

/// What stands at a line of a collection's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The collection as a whole.
    Collection,
    /// A case as a whole.
    Case(usize),
    /// A step of a case.
    Step(usize, usize),
}

impl Target {
    /// What stands at a line of a collection's file: a step, or what is around it. A line between two steps belongs
    /// to the later one, as its comment does.
    pub fn at(collection: &Outline, line: usize) -> Target {
        let first_line = |case: &CaseOutline| {
            let steps = case.steps.iter().map(|step| *step.lines().start());
            steps.chain([case.mark.line()]).min().unwrap_or_default()
        };
        let cases = collection.cases.iter().enumerate();
        let before = cases.filter(|(_, case)| first_line(case) <= line);
        let nearest = before.max_by_key(|(_, case)| first_line(case));
        // The end of a collection does not run alone.
        let Some((index, case)) = nearest.filter(|(_, case)| !case.closes) else {
            return Target::Collection;
        };
        if case.steps.first().is_none_or(|step| line < *step.lines().start()) {
            return Target::Case(index);
        }
        let step = case.steps.iter().position(|step| line <= *step.lines().end());
        step.map_or(Target::Case(index), |step| Target::Step(index, step))
    }
}

impl Selection {
    /// The options as written, for the report.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |option: &str, text: &dyn std::fmt::Display| words.push(format!("{option} {text}"));
        self.cases.iter().for_each(|it| add("--case", it));
        self.steps.iter().for_each(|it| add("--step", it));
        self.tags.iter().for_each(|it| add("--tag", it));
        self.not_tags.iter().for_each(|it| add("--not-tag", it));
        for (file, targets) in &self.lines {
            words.extend(
                targets
                    .iter()
                    .map(|(line, _)| format!("{}:{line}", file.display())),
            );
        }
        words.extend(self.sets.iter().map(|set| set.by.clone()));
        words
    }

    /// True if a round of a case that may run is meant: by the name of the case, or by its own.
    pub(super) fn takes_round(&self, case: &CaseOutline, round: Option<&Round>) -> bool {
        let Some(round) = round.filter(|_| !self.cases.is_empty()) else {
            return true;
        };
        let title = round.title(&case.name);
        let takes = |pattern: &Pattern| pattern.means(&case.name) || pattern.matches(&title);
        self.cases.iter().any(takes)
    }

    /// True if a step is meant: by its name, or by that of one of its rounds that may run.
    fn takes_step(&self, step: &StepOutline) -> bool {
        if self.steps.is_empty() {
            return true;
        }
        let known = step.rounds().and_then(|rounds| rounds.known());
        self.steps.iter().any(|pattern| match known {
            None | Some([]) => pattern.matches(&step.name),
            Some(rounds) => {
                let is_meant = |round: &Arc<Round>| pattern.means(&round.title(&step.name));
                pattern.means(&step.name) || rounds.iter().any(is_meant)
            }
        })
    }

    /// True if a round of a step that runs is meant: by the name of the step, by its own, or with all others, since a
    /// later step needs what they set.
    pub(super) fn takes_round_of(&self, step: &StepOutline, round: Option<&Round>) -> bool {
        let Some(round) = round.filter(|_| !self.steps.is_empty()) else {
            return true;
        };
        let title = round.title(&step.name);
        let takes = |pattern: &Pattern| pattern.means(&step.name) || pattern.means(&title);
        self.steps.iter().any(takes) || !self.takes_step(step)
    }

    /// The indices of a case's steps that run: the chosen ones, and those before them that set what they read.
    pub(super) fn steps_of(&self, collection: &Outline, index: usize) -> Vec<usize> {
        let case = &collection.cases[index];
        let named = |names: &[Pattern], name: &str| {
            names.is_empty() || names.iter().any(|pattern| pattern.matches(name))
        };
        let id = (collection.file.clone(), index);
        if !named(&self.cases, &case.name) || !self.sets.iter().all(|set| set.cases.contains(&id)) {
            return Vec::new();
        }
        let is_chosen = |(number, step): (usize, &StepOutline)| {
            let has = |tag: &str| case.tags.iter().chain(step.tags()).any(|known| known == tag);
            self.takes_step(step)
                && (self.tags.is_empty() || self.tags.iter().any(|tags| tags.holds(&has)))
                && !self.not_tags.iter().any(|tags| tags.holds(&has))
                && self.stands_at(collection, index, number)
        };
        let mut chosen: Vec<bool> = case.steps.iter().enumerate().map(is_chosen).collect();
        if chosen.iter().all(|chosen| *chosen) {
            return (0..case.steps.len()).collect();
        }
        // From the last to the first, so that what a needed step needs is found as well.
        for index in (0..case.steps.len()).rev() {
            let step = &case.steps[index];
            let own = std::iter::once(step)
                .chain(step.cleanup())
                .flat_map(|step| step.reads.iter())
                .map(|name| &**name);
            let of_rounds = step
                .rounds()
                .into_iter()
                .flat_map(|rounds| &rounds.uses)
                .filter_map(|used| used.path.first().map(String::as_str));
            let reads: HashSet<&str> = own.chain(of_rounds).collect();
            if !chosen[index] || reads.is_empty() {
                continue;
            }
            for (earlier, provider) in case.steps[..index].iter().enumerate() {
                chosen[earlier] |= provider.sets().iter().any(|name| reads.contains(&**name));
            }
        }
        (0..case.steps.len()).filter(|index| chosen[*index]).collect()
    }

    /// True unless lines are named of the collection's file, and the step stands at none of them.
    fn stands_at(&self, collection: &Outline, case: usize, step: usize) -> bool {
        let Some(targets) = self.lines.get(&collection.file) else {
            return true;
        };
        targets.iter().any(|(_, target)| match *target {
            Target::Collection => true,
            Target::Case(index) => index == case,
            Target::Step(index, number) => (index, number) == (case, step),
        })
    }
}
