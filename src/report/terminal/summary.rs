//! What it all comes to.

use anstyle::Style;

use super::Page;
use super::paint::{ASIDE, BAD, FAINT, GOOD, NOTABLE};
use super::row::WORD;
use crate::outcome::{Tally, Verdict};
use crate::report::Verbosity;
use crate::report::plan::Plan;
use crate::report::shell;
use crate::report::text::{columns, count, seconds};
use crate::untrusted;

/// The columns of the rule above the summary.
const RULE: usize = WORD;

/// A line between what happened and what it comes to.
pub(super) fn rule(page: Page) -> String {
    page.paint.with(FAINT, &"─".repeat(RULE))
}

/// The summary, what a bare count does not say, and the next command. `failed` is the number of the first step, in
/// the plan's order, that failed; `ended` is when the run did, in microseconds.
pub(super) fn lines(
    tally: &Tally,
    plan: &Plan,
    failed: Option<usize>,
    ended: u64,
    page: Page,
) -> Vec<String> {
    let verdict = tally.verdict();
    let (style, plainly) = meaning(&verdict, tally);
    let time = format!("[{:>9}]", seconds(ended));
    let (steps, checks) = (steps(tally), checks(tally));
    let mut lines = vec![rule(page)];
    let whole = format!("{time} {steps} · {checks}");
    if WORD + 1 + columns(&whole) <= page.width {
        lines.push(page.titled("Summary", style, &whole));
    } else {
        lines.push(page.titled("Summary", style, &format!("{time} {steps}")));
        lines.push(page.titled("", style, &checks));
    }
    lines.extend(plainly.map(|(word, text)| page.titled(word, style, &text)));
    lines.extend(tally.stopped().map(|why| {
        let text = format!("{}, so the rest of the plan was not run", untrusted::line(why));
        page.titled("Stopped", BAD, &text)
    }));
    lines.extend(next(plan, failed, page).map(|command| page.titled("Next", ASIDE, &command)));
    lines
}

/// The colour of a verdict, and a word with a sentence where the counts alone would mislead.
fn meaning(verdict: &Verdict, tally: &Tally) -> (Style, Option<(&'static str, String)>) {
    match verdict {
        Verdict::Passed => (GOOD, None),
        Verdict::Failed | Verdict::Errored => (BAD, None),
        Verdict::Empty => (
            NOTABLE,
            Some(("Empty", "no check was evaluated, so this is no pass".to_owned())),
        ),
        Verdict::Refused => {
            let text = "policy stopped something that would have gone where it must not";
            (BAD, Some(("Refused", text.to_owned())))
        }
        Verdict::Interrupted(signal) => {
            let text = format!(
                "stopped by {}; {} did not run to an end, so this says nothing about them",
                signal_name(*signal),
                count(not_run(tally) + tally.steps.interrupted, "step")
            );
            (BAD, Some(("Interrupted", text)))
        }
        Verdict::LeftOver => {
            let text = format!(
                "{} at the end of a case went wrong: something may be left over",
                count(tally.steps.left_over, "step")
            );
            (BAD, Some(("Left over", text)))
        }
        Verdict::Incomplete(missing) => {
            let text = format!(
                "the end of the run was never seen; {} not known to have ended",
                if *missing == 1 {
                    "1 step is".to_owned()
                } else {
                    format!("{missing} steps are")
                }
            );
            (BAD, Some(("Incomplete", text)))
        }
        Verdict::Inconsistent(fault) => {
            let text = format!(
                "the events do not add up, which is a bug in Callsheet: {}",
                untrusted::line(fault)
            );
            (BAD, Some(("Bug", text)))
        }
    }
}

fn signal_name(signal: i32) -> String {
    match signal {
        1 => "SIGHUP".to_owned(),
        2 => "SIGINT".to_owned(),
        15 => "SIGTERM".to_owned(),
        other => format!("signal {other}"),
    }
}

fn not_run(tally: &Tally) -> usize {
    tally.steps.planned.saturating_sub(tally.steps.ended())
}

/// `24 steps: 22 passed, 1 failed, 1 skipped`.
fn steps(tally: &Tally) -> String {
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
fn checks(tally: &Tally) -> String {
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

/// The command that shows more of the step that failed.
fn next(plan: &Plan, failed: Option<usize>, page: Page) -> Option<String> {
    let (case, _) = plan.step(failed?)?;
    let more = match page.verbosity {
        Verbosity::Quiet | Verbosity::Normal => "-v",
        Verbosity::Verbose | Verbosity::VeryVerbose => "-vv",
    };
    let case = shell::word(&case.name);
    // Without it the command would take the project's default environment, and pass on its mock.
    let environment = plan.started().and_then(|started| started.environment.as_ref());
    let environment = environment
        .map(|name| format!(" --env {}", shell::word(name)))
        .unwrap_or_default();
    // A name in `$'…'` is inert already; this keeps what the shell leaves alone and a terminal might not.
    let (case, environment) = (untrusted::line(&case), untrusted::line(&environment));
    Some(format!(" callsheet run{environment} --case {case} {more}"))
}
