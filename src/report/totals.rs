//! What a run comes to, in the sentences people read: the counts of steps and checks, and what a verdict means.

use super::text::count;
use crate::outcome::{Tally, Verdict};
use crate::untrusted;

/// A verdict as a word, with a sentence where the counts alone would mislead.
pub(super) fn meaning(tally: &Tally) -> (&'static str, Option<String>) {
    match tally.verdict() {
        Verdict::Passed => ("Passed", None),
        Verdict::Failed => ("Failed", stopped(tally)),
        Verdict::Errored => ("Errored", stopped(tally)),
        Verdict::Empty => (
            "Empty",
            Some("no check was evaluated, so this says nothing".to_owned()),
        ),
        Verdict::Refused => (
            "Refused",
            Some("policy stopped something that would have gone where it must not".to_owned()),
        ),
        Verdict::Interrupted(signal) => (
            "Interrupted",
            Some(format!(
                "stopped by {}; {} did not run to an end, so this says nothing about them",
                signal_name(signal),
                count(not_run(tally) + tally.steps.interrupted, "step")
            )),
        ),
        Verdict::LeftOver => (
            "Left over",
            Some(format!(
                "{} at the end of a case went wrong: something may be left over",
                count(tally.steps.left_over, "step")
            )),
        ),
        Verdict::Incomplete(missing) => (
            "Incomplete",
            Some(format!(
                "the end of the run was never seen; {} not known to have ended",
                if missing == 1 {
                    "1 step is".to_owned()
                } else {
                    format!("{missing} steps are")
                }
            )),
        ),
        Verdict::Inconsistent(fault) => (
            "Bug",
            Some(format!(
                "the events do not add up, which is a bug in Callsheet: {}",
                untrusted::line(&fault)
            )),
        ),
    }
}

/// That the run ended before its plan did, if so.
fn stopped(tally: &Tally) -> Option<String> {
    let why = untrusted::line(tally.stopped()?).into_owned();
    Some(format!("stopped early: {why}; the rest of the plan was not run"))
}

fn signal_name(signal: i32) -> String {
    match signal {
        1 => "SIGHUP".to_owned(),
        2 => "SIGINT".to_owned(),
        15 => "SIGTERM".to_owned(),
        other => format!("signal {other}"),
    }
}

/// How many steps are not known to have ended.
pub(super) fn not_run(tally: &Tally) -> usize {
    tally.steps.planned.saturating_sub(tally.steps.ended())
}

/// `24 steps: 22 passed, 1 failed, 1 skipped`.
pub(super) fn steps(tally: &Tally) -> String {
    let steps = &tally.steps;
    let passed = match steps.flaky {
        0 => "passed".to_owned(),
        flaky => format!("passed ({flaky} flaky)"),
    };
    let counts = [
        (steps.passed, passed.as_str()),
        (steps.failed, "failed"),
        (steps.errored, "errored"),
        (steps.left_over, "left over"),
        (steps.skipped, "skipped"),
        (steps.expected_failures, "failed as expected"),
        (steps.interrupted, "interrupted"),
        (not_run(tally), "not run"),
    ];
    listed(count(steps.planned, "step"), &counts)
}

/// `61 checks: 60 held, 1 failed`.
pub(super) fn checks(tally: &Tally) -> String {
    let checks = &tally.checks;
    let counts = [
        (checks.held, "held"),
        (checks.failed, "failed"),
        (checks.errored, "not evaluated"),
        (checks.skipped, "skipped"),
    ];
    listed(count(checks.planned, "check"), &counts)
}

fn listed(total: String, counts: &[(usize, &str)]) -> String {
    let counts: Vec<String> = counts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    if counts.is_empty() {
        return total;
    }
    format!("{total}: {}", counts.join(", "))
}
