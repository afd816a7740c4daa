//! Why a step did not pass, in words that need no terminal.

use super::curl;
use crate::diff::{self, RenderOptions};
use crate::outcome::{CheckState, Differences, Mismatch, Origin, Spot, Status, StepFinished};

/// The columns a line of them may take.
const WIDEST: usize = 4000;

/// How many lines of differences are shown for one check.
const MOST_LINES: usize = 60;

/// The checks of a step that were evaluated and do not hold.
pub(super) fn mismatches(finished: &StepFinished) -> impl Iterator<Item = &Mismatch> {
    finished.checks.iter().filter_map(|check| match &check.state {
        CheckState::Failed(mismatch) => Some(&**mismatch),
        CheckState::Held | CheckState::Errored(_) | CheckState::Skipped(_) => None,
    })
}

/// What is wrong with a check, on one line.
pub(super) fn mismatch(mismatch: &Mismatch) -> String {
    format!(
        "{}: expected {}, found {}",
        mismatch.subject, mismatch.expected, mismatch.actual
    )
}

/// What became of a step, on one line, where it is more than a pass.
pub(super) fn headline(finished: Option<&StepFinished>) -> String {
    let Some(finished) = finished else {
        return "not known to have ended".to_owned();
    };
    let wrong: Vec<&Mismatch> = mismatches(finished).collect();
    let said = match (&finished.error, wrong.as_slice()) {
        (Some(error), _) => error.message.clone(),
        (None, [only]) => mismatch(only),
        (None, [first, rest @ ..]) => format!("{}, and {} more", mismatch(first), rest.len()),
        (None, []) => finished
            .reason
            .clone()
            .or_else(|| first_error(finished))
            .unwrap_or_default(),
    };
    match (finished.status, &finished.reason) {
        (Status::ExpectedFailure, Some(reason)) => format!("expected failure: {reason}"),
        (Status::Interrupted, _) => "under way when the run was stopped".to_owned(),
        (Status::LeftOver, _) => format!("something may be left over: {said}"),
        _ => said,
    }
}

fn first_error(finished: &StepFinished) -> Option<String> {
    finished.checks.iter().find_map(|check| match &check.state {
        CheckState::Errored(why) => Some(format!("{}: {why}", check.subject)),
        CheckState::Held | CheckState::Failed(_) | CheckState::Skipped(_) => None,
    })
}

/// Where a reader should look: the first check that does not hold, or the error's place.
pub(super) fn place(finished: Option<&StepFinished>) -> Option<&Spot> {
    let finished = finished?;
    mismatches(finished)
        .map(|mismatch| &mismatch.place)
        .next()
        .or_else(|| finished.error.as_ref()?.place.as_ref())
}

/// Everything that is wrong, with what was sent and how to send it again, line by line.
pub(super) fn lines(finished: &StepFinished) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(error) = &finished.error {
        lines.push(format!("{}: {}", error.kind.name(), error.message));
        lines.extend(error.help.iter().map(|help| format!("  help: {help}")));
    }
    for check in &finished.checks {
        match &check.state {
            CheckState::Failed(found) => {
                lines.push(mismatch(found));
                lines.push(format!("  at {}", found.place));
                lines.extend(found.hint.iter().map(|hint| format!("  hint: {hint}")));
                lines.extend(differences(found).into_iter().map(|line| format!("  {line}")));
            }
            CheckState::Errored(why) => lines.push(format!("{}: {why}", check.subject)),
            CheckState::Held | CheckState::Skipped(_) => {}
        }
    }
    for attempt in &finished.attempts {
        lines.push(format!("attempt {}: {}", attempt.number, attempt.found));
    }
    for exchange in &finished.exchanges {
        let answer = match exchange.status {
            Some(status) => status.to_string(),
            None => "no answer".to_owned(),
        };
        lines.push(format!("{} {} → {answer}", exchange.method, exchange.url));
    }
    let sent = finished
        .exchanges
        .iter()
        .rev()
        .find(|exchange| exchange.origin == Origin::Step);
    lines.extend(sent.map(curl::command));
    lines
}

/// The differences of a check, line by line, each with a mark before it.
pub(super) fn differences(mismatch: &Mismatch) -> Vec<String> {
    let options = RenderOptions {
        width: WIDEST,
        max_lines: MOST_LINES,
    };
    match &mismatch.diff {
        None => Vec::new(),
        Some(Differences::Json(found)) => diff::render(found, options)
            .into_iter()
            .map(|line| line.text)
            .collect(),
        Some(Differences::Text(diff)) => diff.render(options).into_iter().map(|line| line.text).collect(),
    }
}
