//! Which cases and steps are chosen, and what a chosen step needs of those before it.

use crate::collection::{Case, Round, Step};
use crate::template::Use;

/// What a run is narrowed to. Empty lists narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of cases; one of them.
    pub cases: Vec<String>,
    /// Names of steps; one of them.
    pub steps: Vec<String>,
    /// Tags of a case or a step; one of them.
    pub tags: Vec<String>,
    /// Tags that leave a case or a step out.
    pub not_tags: Vec<String>,
}

impl Selection {
    /// The options as written, for the report.
    pub(super) fn words(&self) -> Vec<String> {
        let lists = [
            ("--case", &self.cases),
            ("--step", &self.steps),
            ("--tag", &self.tags),
            ("--not-tag", &self.not_tags),
        ];
        lists
            .iter()
            .flat_map(|(option, names)| names.iter().map(move |name| format!("{option} {name}")))
            .collect()
    }

    /// True if a case may run: by its name, or by that of one of its rounds.
    fn takes_case(&self, name: &str) -> bool {
        let is_round = |wanted: &String| {
            wanted
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(" ["))
        };
        self.cases.is_empty() || self.cases.iter().any(|wanted| wanted == name || is_round(wanted))
    }

    /// True if a round of a case that may run is meant.
    pub(super) fn takes_round(&self, case: &Case, round: Option<&Round>) -> bool {
        let titled = |round: &Round| self.cases.contains(&round.title(&case.name));
        self.cases.is_empty() || self.cases.contains(&case.name) || round.is_none_or(titled)
    }

    /// The indices of a case's steps that run: the chosen ones, and those before them that set what they read.
    pub(super) fn steps_of(&self, case: &Case) -> Vec<usize> {
        let named = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        let tagged = |tags: &[String], wanted: &[String]| tags.iter().any(|tag| wanted.contains(tag));
        if !self.takes_case(&case.name) || tagged(&case.tags, &self.not_tags) {
            return Vec::new();
        }
        let by_case = self.tags.is_empty() || tagged(&case.tags, &self.tags);
        let is_chosen = |step: &Step| {
            named(&self.steps, &step.name)
                && (by_case || tagged(&step.tags, &self.tags))
                && !tagged(&step.tags, &self.not_tags)
        };
        let mut chosen: Vec<bool> = case.steps.iter().map(is_chosen).collect();
        if chosen.iter().all(|chosen| *chosen) {
            return (0..case.steps.len()).collect();
        }
        // From the last to the first, so that what a needed step needs is found as well.
        for index in (0..case.steps.len()).rev() {
            let step = &case.steps[index];
            let reads: Vec<&Use> = std::iter::once(step)
                .chain(&step.cleanup)
                .flat_map(|step| step.uses.iter().chain(&step.judged_uses))
                .chain(step.rounds.iter().flat_map(|rounds| &rounds.uses))
                .collect();
            if !chosen[index] || reads.is_empty() {
                continue;
            }
            for (earlier, provider) in case.steps[..index].iter().enumerate() {
                let needed = provider.sets().any(|name| {
                    reads
                        .iter()
                        .any(|used| used.path.first().is_some_and(|first| first == name))
                });
                chosen[earlier] |= needed;
            }
        }
        (0..case.steps.len()).filter(|index| chosen[*index]).collect()
    }
}
