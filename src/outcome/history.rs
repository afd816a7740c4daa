//! What became of each case of an earlier run, by its log.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::path::Path;

use super::{Event, LogError, LogReader, PlannedCase, RunStarted, Status};

/// A case as logs of different runs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseId {
    /// The file as shown: from where the command ran, so its end tells more than its beginning.
    file: String,
    collection: String,
    name: String,
}

impl CaseId {
    /// The name of a planned case.
    pub fn of(case: &PlannedCase) -> CaseId {
        CaseId {
            file: case.place.file.clone(),
            collection: case.collection.clone(),
            name: case.name.clone(),
        }
    }

    /// True if it names the case of this name, or one of its rounds or repeats; `file` is relative to the project.
    pub fn is(&self, file: &Path, collection: &str, name: &str) -> bool {
        let is_named = self.name == name || without_round(&self.name) == Some(name);
        is_named && self.collection == collection && Path::new(&self.file).ends_with(file)
    }
}

/// The name of what is told as one of several, such as `read` of `read [2 of 3]` and of `read [2: id=17]`.
pub fn without_round(name: &str) -> Option<&str> {
    let (name, round) = name.strip_suffix(']')?.split_once(" [")?;
    round
        .starts_with(|first: char| first.is_ascii_digit())
        .then_some(name)
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCase {
    /// The case.
    pub id: CaseId,
    /// True if all of it that was planned is known to have come to a good end.
    pub settled: bool,
    /// How many of its steps were planned, each counted once however many rounds it has. A selection may have left
    /// others out.
    pub steps: usize,
    /// How long it took, in microseconds, if its end was seen.
    pub duration: Option<u64>,
}

/// A case while its log is read.
struct Open {
    past: PastCase,
    /// How many of its steps have not ended.
    left: usize,
    /// True if one was skipped, for whatever reason.
    has_skipped: bool,
    since: Option<u64>,
}

/// Reads what became of the cases of a log's run, in the order of its plan.
///
/// # Errors
/// A line of the log is no event. A log that ends early is none: what it does not tell is not settled.
pub fn history<R: BufRead>(log: &mut LogReader<R>, started: &RunStarted) -> Result<Vec<PastCase>, LogError> {
    // The case of each step, by the step's number.
    let mut steps: HashMap<usize, usize> = HashMap::new();
    let mut cases: Vec<Open> = Vec::new();
    for (index, case) in started.cases.iter().enumerate() {
        steps.extend(case.steps.iter().map(|step| (step.step, index)));
        cases.push(Open {
            past: PastCase {
                id: CaseId::of(case),
                settled: true,
                steps: steps_of(case),
                duration: None,
            },
            left: case.steps.len(),
            has_skipped: false,
            since: None,
        });
    }
    let mut is_stopped = false;
    for event in log {
        match event? {
            Event::CaseStarted { at, case } => {
                if let Some(open) = cases.get_mut(case) {
                    open.since = Some(at);
                }
            }
            Event::CaseFinished { at, case } => {
                if let Some(open) = cases.get_mut(case) {
                    open.past.duration = open.since.map(|since| at.saturating_sub(since));
                }
            }
            Event::StepUnfolded { step, rounds, .. } => {
                let Some(case) = steps.get(&step).copied() else {
                    continue;
                };
                steps.extend(rounds.iter().map(|round| (round.step, case)));
                if let Some(open) = cases.get_mut(case) {
                    open.left = (open.left + rounds.len()).saturating_sub(1);
                }
            }
            Event::StepFinished(finished) => {
                let case = steps.get(&finished.step).and_then(|case| cases.get_mut(*case));
                if let Some(open) = case {
                    open.left = open.left.saturating_sub(1);
                    open.past.settled &= ended_well(finished.status);
                    open.has_skipped |= finished.status == Status::Skipped;
                }
            }
            Event::RunStarted(_)
            | Event::StepStarted { .. }
            | Event::StepWaits { .. }
            | Event::AttemptFinished { .. }
            | Event::SessionRenewed { .. } => {}
            Event::RunFinished(finished) => is_stopped = finished.stopped.is_some(),
        }
    }
    let settle = |open: Open| PastCase {
        // A run that stopped early skips what it does not come to.
        settled: open.past.settled && open.left == 0 && !(is_stopped && open.has_skipped),
        ..open.past
    };
    Ok(cases.into_iter().map(settle).collect())
}

/// How many steps of the case itself are planned, by where they stand.
fn steps_of(case: &PlannedCase) -> usize {
    let own = case.steps.iter().filter(|step| step.role.is_step());
    let places: HashSet<(usize, usize)> = own.map(|step| (step.place.line, step.place.column)).collect();
    places.len()
}

fn ended_well(status: Status) -> bool {
    match status {
        Status::Passed | Status::Skipped | Status::ExpectedFailure => true,
        Status::Failed | Status::Errored | Status::Interrupted | Status::LeftOver => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::CaseId;

    #[test]
    fn a_case_is_found_by_its_names_and_the_end_of_its_path() {
        let id = |file: &str, name: &str| CaseId {
            file: file.to_owned(),
            collection: "c".to_owned(),
            name: name.to_owned(),
        };
        let file = Path::new("collections/a.yaml");
        for (shown, name) in [
            ("collections/a.yaml", "read"),
            ("../../collections/a.yaml", "read"),
            ("project/collections/a.yaml", "read [2 of 3]"),
            ("collections/a.yaml", "read [2: id=17]"),
        ] {
            assert!(id(shown, name).is(file, "c", "read"), "{shown} {name}");
        }
        assert!(!id("a.yaml", "read").is(file, "c", "read"));
        assert!(!id("other-collections/a.yaml", "read").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read one").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read [old]").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read").is(file, "d", "read"));
    }
}
