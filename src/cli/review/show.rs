//! How a snapshot that waits is shown.

use std::io::{self, Write};

use super::Waiting;
use crate::cli::changes::{self, LINES, Page, count};
use crate::diff::{Line, LineKind};
use crate::outcome::Differences;
use crate::snapshot::{self, Proposal};
use crate::untrusted;

/// `3 snapshots wait`.
pub(super) fn wait(number: usize) -> String {
    let verb = if number == 1 { "waits" } else { "wait" };
    format!("{} {verb}", count(number, "snapshot"))
}

/// Everything that waits, and what no step uses.
pub(super) fn list(
    waiting: &[Waiting<'_>],
    unused: &[String],
    page: Page,
    out: &mut impl Write,
) -> io::Result<()> {
    for one in waiting {
        whole(one, page, out)?;
        for proposal in proposals(one) {
            if let Some(text) = named(&proposal) {
                writeln!(out, "    {text}")?;
            }
        }
    }
    for file in unused {
        writeln!(out, "unused   {}", untrusted::line(file))?;
    }
    match (waiting.len(), unused.len()) {
        (0, 0) => writeln!(out, "nothing waits for review"),
        (number, 0) => writeln!(out, "{} for review", wait(number)),
        (number, unused) => writeln!(out, "{} for review, {unused} unused", wait(number)),
    }
}

/// One that waits: its file, its step, and what is new about it.
pub(super) fn whole(one: &Waiting<'_>, page: Page, out: &mut impl Write) -> io::Result<()> {
    let differences = one.differences();
    let (word, lines) = match (&differences, &one.pending.accepted) {
        (Some(differences), _) => ("changed", changes::lines(differences, page)),
        (None, Some(_)) => ("same", Vec::new()),
        (None, None) => ("new", beginning(&one.pending.content.text())),
    };
    writeln!(
        out,
        "{word:<8} {}  {}",
        page.strong(&one.file()),
        untrusted::line(&one.snapshot.step)
    )?;
    changes::write(&lines, page, out)
}

/// The first lines of a new snapshot.
fn beginning(text: &str) -> Vec<Line> {
    let total = text.lines().count();
    let mut lines: Vec<Line> = text
        .lines()
        .take(LINES)
        .map(|line| Line {
            kind: LineKind::Added,
            text: line.to_owned(),
        })
        .collect();
    if total > LINES {
        lines.push(Line {
            kind: LineKind::Note,
            text: format!("… {}", count(total - LINES, "more line")),
        });
    }
    lines
}

/// The paths that rules could leave out of one that changed.
pub(super) fn proposals(one: &Waiting<'_>) -> Vec<Proposal> {
    match one.differences() {
        Some(Differences::Json(diff)) => snapshot::proposals(&diff, !one.snapshot.rules.with.is_empty()),
        Some(Differences::Text(_)) | None => Vec::new(),
    }
}

/// What a value that differs with every answer seems to be, and what to do about it.
fn named(proposal: &Proposal) -> Option<String> {
    let volatile = proposal.volatile?;
    Some(format!(
        "{} looks like {}: `ignore` it, or `replace` it by {}",
        untrusted::line(&proposal.path),
        volatile.words(),
        volatile.placeholder()
    ))
}
