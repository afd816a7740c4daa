//! What became of each case of an earlier run, by its log.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::{CheckState, Event, LogError, LogReader, PlannedCase, RunStarted, Status};

/// A case as logs of different runs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseId {
    /// The file, from the project's folder.
    file: PathBuf,
    collection: String,
    name: String,
}

impl CaseId {
    /// The name of a planned case. `folder` is how the project's folder was shown, in front of every path.
    fn of(case: &PlannedCase, folder: &str) -> CaseId {
        let file = Path::new(&*case.place.file);
        CaseId {
            file: file.strip_prefix(folder).unwrap_or(file).to_owned(),
            collection: case.collection.clone(),
            name: case.name.clone(),
        }
    }

    /// True if it names the case of this name, or one of its rounds or repeats; `file` is relative to the project.
    pub fn is(&self, file: &Path, collection: &str, name: &str) -> bool {
        let is_named = self.name == name || without_round(&self.name) == Some(name);
        is_named && self.is_in(file, collection)
    }

    /// Which of how many repeats of the round of this title it is, one of one where it is not repeated; none where it
    /// is something else.
    pub fn repeat_of(&self, file: &Path, collection: &str, title: &str) -> Option<(usize, usize)> {
        if !self.is_in(file, collection) {
            return None;
        }
        if self.name == title {
            return Some((1, 1));
        }
        let repeat = self.name.strip_prefix(title)?.strip_prefix(" [")?;
        let (number, times) = repeat.strip_suffix(']')?.split_once(" of ")?;
        let (number, times): (usize, usize) = (number.parse().ok()?, times.parse().ok()?);
        (1..=times).contains(&number).then_some((number, times))
    }

    fn is_in(&self, file: &Path, collection: &str) -> bool {
        self.collection == collection && self.file == file
    }
}

/// The name of what is told as one of several, such as `read` of `read [2 of 3]` and of `read [2: id=17]`.
pub fn without_round(name: &str) -> Option<&str> {
    let (name, round) = name.strip_suffix(']')?.split_once(" [")?;
    round
        .starts_with(|first: char| first.is_ascii_digit())
        .then_some(name)
}

/// How a case stands after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All of it that was planned is known to have come to a good end, and something of it ran.
    Well,
    /// Something of it went wrong, or is not known to have ended.
    Unwell,
    /// Nothing of it ran, or the run evaluated no check at all: the run says nothing of it.
    Untold,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCase {
    /// The case.
    pub id: CaseId,
    /// How it stands.
    pub standing: Standing,
    /// How many of its steps were planned, each counted once however many rounds it has. A selection may have left
    /// others out.
    pub steps: usize,
    /// How long it took, in microseconds, if its end was seen.
    pub duration: Option<u64>,
}

/// A case while its log is read.
struct Open {
    id: CaseId,
    steps: usize,
    duration: Option<u64>,
    /// How many of its steps have not ended.
    left: usize,
    /// True if one came to no good end.
    has_failed: bool,
    /// True if one passed, or failed as expected: one of its own steps, where it has any.
    has_run: bool,
    /// True if one was skipped, for whatever reason.
    has_skipped: bool,
    since: Option<u64>,
}

impl Open {
    fn new(case: &PlannedCase, folder: &str) -> Open {
        Open {
            id: CaseId::of(case, folder),
            steps: steps_of(case),
            duration: None,
            left: case.steps.len(),
            has_failed: false,
            has_run: false,
            has_skipped: false,
            since: None,
        }
    }

    /// How it stands after a run that was `stopped` early or not, and that `judged` something or not.
    fn close(self, stopped: bool, judged: bool) -> PastCase {
        // A run that stopped early skips what it does not come to.
        let standing = if self.has_failed || self.left > 0 || stopped && self.has_skipped {
            Standing::Unwell
        } else if self.has_run && judged {
            Standing::Well
        } else {
            Standing::Untold
        };
        PastCase {
            id: self.id,
            standing,
            steps: self.steps,
            duration: self.duration,
        }
    }
}

/// Reads what became of the cases of a log's run, in the order of its plan.
///
/// # Errors
/// A line of the log is no event. A log that ends early is none: what it does not tell is not settled.
pub fn history<R: BufRead>(log: &mut LogReader<R>, started: &RunStarted) -> Result<Vec<PastCase>, LogError> {
    // The case of each step, by the step's number, and whether it is one of the case's own.
    let mut steps: HashMap<usize, (usize, bool)> = HashMap::new();
    let mut cases: Vec<Open> = Vec::new();
    for (index, case) in started.cases.iter().enumerate() {
        let numbers = case
            .steps
            .iter()
            .map(|step| (step.step, (index, step.role.is_step())));
        steps.extend(numbers);
        cases.push(Open::new(case, &started.folder));
    }
    let (mut is_stopped, mut has_judged) = (false, false);
    for event in log {
        match event? {
            Event::CaseStarted { at, case } => {
                if let Some(open) = cases.get_mut(case) {
                    open.since = Some(at);
                }
            }
            Event::CaseFinished { at, case } => {
                if let Some(open) = cases.get_mut(case) {
                    open.duration = open.since.map(|since| at.saturating_sub(since));
                }
            }
            Event::StepUnfolded { step, rounds, .. } => {
                let Some((case, is_own)) = steps.get(&step).copied() else {
                    continue;
                };
                steps.extend(rounds.iter().map(|round| (round.step, (case, is_own))));
                if let Some(open) = cases.get_mut(case) {
                    open.left = (open.left + rounds.len()).saturating_sub(1);
                }
            }
            Event::StepFinished(finished) => {
                let Some((case, is_own)) = steps.get(&finished.step).copied() else {
                    continue;
                };
                has_judged |= is_own && finished.checks.iter().any(|check| is_judged(&check.state));
                if let Some(open) = cases.get_mut(case) {
                    open.left = open.left.saturating_sub(1);
                    match finished.status {
                        Status::Passed | Status::ExpectedFailure => open.has_run |= is_own || open.steps == 0,
                        Status::Skipped => open.has_skipped = true,
                        Status::Failed | Status::Errored | Status::Interrupted | Status::LeftOver => {
                            open.has_failed = true;
                        }
                    }
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
    let close = |open: Open| open.close(is_stopped, has_judged);
    Ok(cases.into_iter().map(close).collect())
}

/// How many steps of the case itself are planned, by where they stand.
fn steps_of(case: &PlannedCase) -> usize {
    let own = case.steps.iter().filter(|step| step.role.is_step());
    let places: HashSet<(usize, usize)> = own.map(|step| (step.place.line, step.place.column)).collect();
    places.len()
}

/// True if a check was evaluated.
fn is_judged(state: &CheckState) -> bool {
    matches!(state, CheckState::Held | CheckState::Failed(_))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::CaseId;

    fn id(file: &str, name: &str) -> CaseId {
        CaseId {
            file: file.into(),
            collection: "c".to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn a_case_is_found_by_its_names_and_its_path() {
        let file = Path::new("collections/a.yaml");
        for name in ["read", "read [2 of 3]", "read [2: id=17]"] {
            assert!(id("collections/a.yaml", name).is(file, "c", "read"), "{name}");
        }
        assert!(!id("a.yaml", "read").is(file, "c", "read"));
        assert!(!id("collections/sub/collections/a.yaml", "read").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read one").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read [old]").is(file, "c", "read"));
        assert!(!id("collections/a.yaml", "read").is(file, "d", "read"));
    }

    #[test]
    fn a_round_is_told_from_its_repeats_and_from_other_rounds() {
        let file = Path::new("a.yaml");
        let of = |name: &str, title: &str| id("a.yaml", name).repeat_of(file, "c", title);
        assert_eq!(of("read", "read"), Some((1, 1)));
        assert_eq!(of("read [2 of 3]", "read"), Some((2, 3)));
        assert_eq!(of("read [1: id=7] [2 of 3]", "read [1: id=7]"), Some((2, 3)));
        assert_eq!(of("read [1: id=7]", "read [1: id=7]"), Some((1, 1)));
        assert_eq!(of("read [1: id=7]", "read [2: id=8]"), None);
        assert_eq!(of("read [1: id=7] [2 of 3]", "read"), None);
        assert_eq!(of("read [1: id=7]", "read"), None);
    }
}
