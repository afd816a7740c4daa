//! The words of machine formats for what became of steps and runs: the same in every report.

use crate::outcome::{AttemptKind, Role, SnapshotState, Status, StepFinished, Verdict};

/// What became of a step that passed.
pub(super) const PASSED: &str = "passed";

/// What became of a step; `not_run` for one that never ended.
pub(super) fn status(finished: Option<&StepFinished>) -> &'static str {
    match finished.map(|finished| finished.status) {
        None => "not_run",
        Some(Status::Passed) => PASSED,
        Some(Status::Failed) => "failed",
        Some(Status::Errored) => "errored",
        Some(Status::Skipped) => "skipped",
        Some(Status::ExpectedFailure) => "expected_failure",
        Some(Status::Interrupted) => "interrupted",
        Some(Status::LeftOver) => "left_over",
    }
}

/// What became of a step, in words for people: a flaky pass is told as such.
pub(super) fn plainly(finished: Option<&StepFinished>) -> String {
    if finished.is_some_and(|finished| finished.flaky) {
        return "flaky".to_owned();
    }
    status(finished).replace('_', " ")
}

/// What a step is there for.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Step => "step",
        Role::Cleanup => "cleanup",
        Role::Finally => "finally",
    }
}

/// Why there is more than one attempt.
pub(super) fn attempt(kind: AttemptKind) -> &'static str {
    match kind {
        AttemptKind::Retry => "retry",
        AttemptKind::Poll => "poll",
        AttemptKind::Page => "page",
    }
}

/// What became of a snapshot.
pub(super) fn snapshot(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::Matched => "matched",
        SnapshotState::New => "new",
        SnapshotState::Changed => "changed",
        SnapshotState::Added => "added",
        SnapshotState::Updated => "updated",
        SnapshotState::Missing => "missing",
    }
}

/// A verdict, and what is behind it where a word does not say it.
pub(super) fn verdict(verdict: Verdict) -> (&'static str, Option<String>) {
    match verdict {
        Verdict::Passed => ("passed", None),
        Verdict::Failed => ("failed", None),
        Verdict::Errored => ("errored", None),
        Verdict::Empty => ("empty", None),
        Verdict::Refused => ("refused", None),
        Verdict::Interrupted(signal) => ("interrupted", Some(format!("signal {signal}"))),
        Verdict::LeftOver => ("left_over", None),
        Verdict::Incomplete(missing) => (
            "incomplete",
            Some(format!("{missing} steps are not known to have ended")),
        ),
        Verdict::Inconsistent(fault) => ("inconsistent", Some(fault)),
    }
}
