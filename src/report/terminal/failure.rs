//! What explains a failed step: each check that does not hold, the answer, and how to ask again.

use anstyle::Style;

use super::paint::{ADDED, BAD, FAINT, NOTABLE, REMOVED, STRONG};
use super::{Page, answer, excerpt};
use crate::diff::{LineKind, RenderOptions};
use crate::outcome::{Attempt, AttemptKind, CheckState, Differences, Mismatch, StepError, StepFinished};
use crate::report::text::{count, safe, seconds};
use crate::report::{curl, located};
use crate::untrusted;

/// The most characters of a value in words.
const WORDS: usize = 400;

/// The most lines of a difference.
const DIFF_LINES: usize = 30;

/// The most checks that could not be evaluated which are listed.
const CHECKS: usize = 10;

/// The most attempts that are listed.
const ATTEMPTS: usize = 10;

/// The details of a step, between empty lines.
pub(super) fn lines(finished: &StepFinished, page: Page) -> Vec<String> {
    let mismatches: Vec<&Mismatch> = finished
        .checks
        .iter()
        .filter_map(|check| match &check.state {
            CheckState::Failed(mismatch) => Some(&**mismatch),
            CheckState::Held | CheckState::Errored(_) | CheckState::Skipped(_) => None,
        })
        .collect();

    let mut lines = vec![String::new()];
    if let Some(error) = &finished.error {
        lines.extend(error_lines(error, page));
    } else {
        lines.extend(errored_checks(finished, page));
    }
    for mismatch in &mismatches {
        if lines.len() > 1 {
            lines.push(String::new());
        }
        lines.extend(mismatch_lines(mismatch, page));
    }
    if let Some(reason) = &finished.reason {
        lines.push(entry("reason", reason, STRONG, page));
    }
    lines.extend(attempt_lines(finished, page));
    // What a snapshot differs in is told above, and the rest of the answer is as accepted.
    let is_told = finished.snapshot.is_some() && matches!(mismatches[..], [Mismatch { diff: Some(_), .. }]);
    if let Some(exchange) = located::exchange(finished) {
        let path = mismatches.iter().find_map(|mismatch| located::path(mismatch));
        if let Some(body) = exchange
            .response
            .as_ref()
            .and_then(|response| response.body.as_ref())
            .filter(|_| !is_told)
        {
            lines.extend(answer::lines(body, path.as_deref(), page));
        }
        // Not cut: it is there to be copied.
        lines.push(format!(
            "  {} {}",
            page.paint.with(FAINT, "reproduce "),
            untrusted::line(&curl::command(exchange))
        ));
    }
    lines.push(String::new());
    lines
}

fn mismatch_lines(mismatch: &Mismatch, page: Page) -> Vec<String> {
    let mut lines = excerpt::lines(&mismatch.place, &format!("found {}", mismatch.actual), page);
    lines.push(entry("check", &mismatch.subject, STRONG, page));
    lines.push(entry("expected", &mismatch.expected, ADDED, page));
    lines.push(entry("found", &mismatch.actual, REMOVED, page));
    if let Some(hint) = &mismatch.hint {
        lines.push(entry("hint", hint, NOTABLE, page));
    }
    let options = RenderOptions {
        width: page.width.saturating_sub(4),
        max_lines: DIFF_LINES,
    };
    let (heading, difference) = match &mismatch.diff {
        None => return lines,
        Some(Differences::Json(diff)) => (
            count(diff.differences.len() + diff.omitted, "difference"),
            crate::diff::render(diff, options),
        ),
        Some(Differences::Text(diff)) => ("the texts differ".to_owned(), diff.render(options)),
    };
    lines.push(entry("diff", &heading, STRONG, page));
    lines.extend(difference.into_iter().map(|line| {
        let style = match line.kind {
            LineKind::Context => Style::new(),
            LineKind::Path => STRONG,
            LineKind::Removed => REMOVED,
            LineKind::Added => ADDED,
            LineKind::Note => NOTABLE,
        };
        format!("    {}", page.paint.with(style, &safe(&line.text)))
    }));
    lines
}

fn error_lines(error: &StepError, page: Page) -> Vec<String> {
    let kind = error.kind.name();
    let mut lines = match &error.place {
        Some(place) => excerpt::lines(place, &error.message, page),
        None => Vec::new(),
    };
    lines.push(entry(kind, &error.message, BAD, page));
    lines.extend(error.help.as_ref().map(|help| entry("help", help, NOTABLE, page)));
    lines
}

/// The checks that could not be evaluated, where no error of the step says why for all of them.
fn errored_checks(finished: &StepFinished, page: Page) -> Vec<String> {
    let errored: Vec<String> = finished
        .checks
        .iter()
        .filter_map(|check| match &check.state {
            CheckState::Errored(reason) => {
                let text = format!("{} {}: {reason}", check.subject, check.expectation);
                Some(entry("unchecked", &text, BAD, page))
            }
            CheckState::Held | CheckState::Failed(_) | CheckState::Skipped(_) => None,
        })
        .collect();
    let left_out = errored.len().saturating_sub(CHECKS);
    let mut lines: Vec<String> = errored.into_iter().take(CHECKS).collect();
    if left_out > 0 {
        lines.push(format!("             and {left_out} more"));
    }
    lines
}

/// The last attempts, in order. A page of a list is none: what is wrong with one is said by its check.
fn attempt_lines(finished: &StepFinished, page: Page) -> Vec<String> {
    let attempts: Vec<&Attempt> = finished
        .attempts
        .iter()
        .filter(|attempt| attempt.kind != AttemptKind::Page)
        .collect();
    // The error of the only attempt stands above already.
    let error = finished.error.as_ref().map(|error| &error.message);
    if matches!(attempts.as_slice(), [only] if Some(&only.found) == error) {
        return Vec::new();
    }
    let left_out = attempts.len().saturating_sub(ATTEMPTS);
    let mut lines = Vec::new();
    if left_out > 0 {
        lines.push(format!("             {left_out} attempts before these"));
    }
    lines.extend(attempts[left_out..].iter().map(|attempt| {
        let word = format!("attempt {}", attempt.number);
        let text = format!("{:>9}  {}", seconds(attempt.duration), attempt.found);
        entry(&word, &text, NOTABLE, page)
    }));
    lines
}

/// A word and what belongs to it: `  expected   3 (integer)`.
fn entry(word: &str, text: &str, style: Style, page: Page) -> String {
    let text = untrusted::cut(text, WORDS);
    format!(
        "  {} {}",
        page.paint.with(FAINT, &format!("{word:<10}")),
        page.paint.with(style, &safe(&text))
    )
}
