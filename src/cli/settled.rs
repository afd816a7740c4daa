//! Which cases have come to a good end, by the logs of earlier runs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::prepare::Loaded;
use super::{CommandError, log};
use crate::collection::{CaseOutline, Outline};
use crate::outcome::{PastCase, Standing};
use crate::plan::{CaseRounds, CaseSet};

impl Loaded {
    /// The cases that did not come to a good end in the last run that had them, and those no run had. Each round of a
    /// case is judged by itself: a run of some says nothing of the others.
    ///
    /// # Errors
    /// A log cannot be read.
    pub(super) fn unsettled(
        &self,
        rounds: &CaseRounds,
        environment: Option<&str>,
    ) -> Result<CaseSet, CommandError> {
        let mut open = self.open_rounds(rounds);
        let mut unsettled: HashSet<(PathBuf, usize)> = HashSet::new();
        log::each_run(self.workspace.root.path(), environment, |past| {
            open.retain_mut(|round| match round.settled(past) {
                None => true,
                Some(is_settled) => {
                    if !is_settled {
                        unsettled.insert(round.id());
                    }
                    false
                }
            });
            !open.is_empty()
        })?;
        unsettled.extend(open.iter().map(OpenRound::id));
        // The end of a collection does not run alone: where it went wrong, all of the collection runs again.
        for collection in &self.suite.collections {
            let id = |case| (collection.file.clone(), case);
            let end = collection.cases.iter().position(|case| case.closes);
            if end.is_some_and(|end| unsettled.contains(&id(end))) {
                unsettled.extend((0..collection.cases.len()).map(id));
            }
        }
        Ok(CaseSet {
            by: "--failed".to_owned(),
            cases: unsettled,
        })
    }

    fn open_rounds(&self, rounds: &CaseRounds) -> Vec<OpenRound<'_>> {
        let mut open = Vec::new();
        for collection in &self.suite.collections {
            for (index, case) in collection.cases.iter().enumerate() {
                let titles = rounds.titles(&collection.file, index, case);
                let titles: Vec<Option<String>> = match titles {
                    Some(titles) => titles.into_iter().map(Some).collect(),
                    None => vec![None],
                };
                open.extend(titles.into_iter().map(|title| OpenRound {
                    collection,
                    index,
                    title,
                    well: HashSet::new(),
                }));
            }
        }
        open
    }
}

/// A round of a case of which the logs read so far, from the newest on, do not tell enough.
struct OpenRound<'a> {
    collection: &'a Outline,
    index: usize,
    /// Its name; none where the rounds of the case are not known, and any of them is meant.
    title: Option<String>,
    /// Which of how many repeats of it came to a good end.
    well: HashSet<(usize, usize)>,
}

impl OpenRound<'_> {
    fn id(&self) -> (PathBuf, usize) {
        (self.collection.file.clone(), self.index)
    }

    fn case(&self) -> &CaseOutline {
        &self.collection.cases[self.index]
    }

    /// Whether it ended well; none where this run and the newer ones do not tell: they had nothing of it, some of its
    /// repeats, or some of its steps only, which went well.
    fn settled(&mut self, past: &[PastCase]) -> Option<bool> {
        let (file, collection): (&Path, &str) = (&self.collection.file, &self.collection.name);
        let steps = self.case().steps.len();
        let Some(title) = &self.title else {
            let name = &self.case().name;
            let rounds: Vec<&PastCase> = past
                .iter()
                .filter(|past| past.id.is(file, collection, name))
                .collect();
            if rounds.iter().any(|past| past.standing == Standing::Unwell) {
                return Some(false);
            }
            let is_whole = rounds.iter().all(|past| is_well(past, steps));
            return (is_whole && !rounds.is_empty()).then_some(true);
        };
        for past in past {
            let Some(repeat) = past.id.repeat_of(file, collection, title) else {
                continue;
            };
            // What a newer run told of it counts.
            if self.well.contains(&repeat) {
                continue;
            }
            if past.standing == Standing::Unwell {
                return Some(false);
            }
            if is_well(past, steps) {
                self.well.insert(repeat);
            }
        }
        let is_whole = |times: usize| (1..=times).all(|number| self.well.contains(&(number, times)));
        self.well
            .iter()
            .any(|(_, times)| is_whole(*times))
            .then_some(true)
    }
}

/// True if all steps of a case ran and went well.
fn is_well(past: &PastCase, steps: usize) -> bool {
    past.standing == Standing::Well && past.steps >= steps
}
