//! What became of snapshots: warnings below their step, and counts with what nobody uses at the end.

use super::Page;
use super::paint::{ASIDE, NOTABLE};
use crate::outcome::{SnapshotResult, SnapshotState};
use crate::report::text::count;
use crate::report::words;
use crate::untrusted;

/// The most files that are listed.
const LISTED: usize = 20;

/// The states whose numbers are told, in this order: a match is what is expected of each.
const TOLD: [SnapshotState; 5] = [
    SnapshotState::Added,
    SnapshotState::Updated,
    SnapshotState::New,
    SnapshotState::Changed,
    SnapshotState::Missing,
];

/// What is odd about a step's snapshot, a line each.
pub(super) fn warnings(snapshot: Option<&SnapshotResult>, page: Page) -> Vec<String> {
    let warnings = snapshot.map_or(&[][..], |snapshot| &snapshot.warnings);
    warnings
        .iter()
        .map(|warning| page.titled("WARN", NOTABLE, &untrusted::line(warning)))
        .collect()
}

/// How many snapshots of the run are not simply as accepted, and the files that no step uses.
pub(super) fn summary(states: &[SnapshotState], unused: &[String], page: Page) -> Vec<String> {
    let counts: Vec<String> = TOLD
        .iter()
        .map(|told| (states.iter().filter(|state| *state == told).count(), *told))
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{number} {}", words::snapshot(state)))
        .collect();
    let mut lines = Vec::new();
    if !counts.is_empty() {
        lines.push(page.titled("Snapshots", ASIDE, &counts.join(", ")));
    }
    if unused.is_empty() {
        return lines;
    }
    let text = format!(
        "{} that no step uses; `callsheet review --prune` removes what is listed here",
        count(unused.len(), "snapshot")
    );
    lines.push(page.titled("Unused", NOTABLE, &text));
    let listed = unused.iter().take(LISTED);
    lines.extend(listed.map(|file| page.titled("", NOTABLE, &untrusted::line(file))));
    if unused.len() > LISTED {
        let more = format!("and {} more", unused.len() - LISTED);
        lines.push(page.titled("", NOTABLE, &more));
    }
    lines
}
