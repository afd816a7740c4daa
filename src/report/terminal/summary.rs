//! What it all comes to.

use anstyle::Style;

use super::Page;
use super::paint::{ASIDE, BAD, FAINT, GOOD, NOTABLE};
use super::row::WORD;
use super::titles::Titles;
use crate::outcome::{Tally, Verdict};
use crate::report::Verbosity;
use crate::report::text::{columns, seconds};
use crate::report::{shell, totals};
use crate::untrusted;

/// The columns of the rule above the summary.
const RULE: usize = WORD;

/// The option that chooses what failed in the last run.
const FAILED: &str = "--failed";

/// A line between what happened and what it comes to.
pub(super) fn rule(page: Page) -> String {
    page.paint.with(FAINT, &"─".repeat(RULE))
}

/// The summary, what a bare count does not say, and the next command. `failed` is the number of the first step, in
/// the plan's order, that failed; `ended` is when the run did, in microseconds.
pub(super) fn lines(
    tally: &Tally,
    titles: &Titles,
    failed: Option<usize>,
    ended: u64,
    page: Page,
) -> Vec<String> {
    let style = colour(&tally.verdict());
    let (word, sentence) = totals::meaning(tally);
    let time = format!("[{:>9}]", seconds(ended));
    let (steps, checks) = (totals::steps(tally), totals::checks(tally));
    let mut lines = vec![rule(page)];
    let whole = format!("{time} {steps} · {checks}");
    if WORD + 1 + columns(&whole) <= page.width {
        lines.push(page.titled("Summary", style, &whole));
    } else {
        lines.push(page.titled("Summary", style, &format!("{time} {steps}")));
        lines.push(page.titled("", style, &checks));
    }
    lines.extend(sentence.map(|sentence| page.titled(word, style, &sentence)));
    for step in tally.not_undone() {
        lines.push(page.titled("Not undone", BAD, &untrusted::line(&titles.name(step))));
    }
    lines.extend(next(titles, failed, page).map(|command| page.titled("Next", ASIDE, &command)));
    lines
}

/// The colour of a verdict.
fn colour(verdict: &Verdict) -> Style {
    match verdict {
        Verdict::Passed => GOOD,
        Verdict::Empty => NOTABLE,
        Verdict::Failed
        | Verdict::Errored
        | Verdict::Refused
        | Verdict::Interrupted(_)
        | Verdict::LeftOver
        | Verdict::Incomplete(_)
        | Verdict::Inconsistent(_) => BAD,
    }
}

/// Where the page for people is.
pub(super) fn page(path: &str, page: Page) -> String {
    page.titled("Report", ASIDE, &format!(" {}", untrusted::line(path)))
}

/// The command that runs again what failed, or shows more of the first step that did.
fn next(titles: &Titles, failed: Option<usize>, page: Page) -> Option<String> {
    let case = titles.case(failed?)?;
    let again = titles.again();
    let mut words = vec!["callsheet".to_owned(), "run".to_owned()];
    words.extend(again.iter().cloned());
    if !again.iter().any(|word| word == FAILED) {
        let more = match page.verbosity {
            Verbosity::Quiet | Verbosity::Normal => "-v",
            Verbosity::Verbose | Verbosity::VeryVerbose => "-vv",
        };
        words.extend(["--case".to_owned(), case.to_owned(), more.to_owned()]);
    }
    // A word in `$'…'` is inert already; this keeps what the shell leaves alone and a terminal might not.
    let quoted: Vec<String> = words
        .iter()
        .map(|word| untrusted::line(&shell::word(word)).into_owned())
        .collect();
    Some(format!(" {}", quoted.join(" ")))
}
