//! A text diff as lines to show.

use super::{Line, LineKind};
use crate::diff::one_line::cut_end;
use crate::diff::{Piece, TextDiff, TextLine, TextLineKind};

/// The lines of a text diff, at most `room` of them, each after `indent`.
pub(super) fn text_lines(diff: &TextDiff, indent: &str, width: usize, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut changed = Vec::new();
    for (at, hunk) in diff.hunks.iter().enumerate() {
        if at > 0 || hunk.actual_line > 1 {
            let heading = format!("{indent}line {}", hunk.actual_line);
            lines.push(Line::new(LineKind::Path, heading, width));
            changed.push(0);
        }
        for line in &hunk.lines {
            lines.push(text_line(line, indent, width));
            changed.push(usize::from(line.kind != TextLineKind::Same));
            if !line.terminated && line.kind != TextLineKind::Same {
                lines.push(Line::new(
                    LineKind::Note,
                    format!("{indent}  (no line feed at the end)"),
                    width,
                ));
                changed.push(0);
            }
        }
    }
    if lines.len() > room || diff.omitted > 0 {
        let kept = room.saturating_sub(1).min(lines.len());
        let left_out = changed[kept..].iter().sum::<usize>() + diff.omitted;
        lines.truncate(kept);
        if room > 0 {
            let lines_that = if left_out == 1 {
                "line that differs"
            } else {
                "lines that differ"
            };
            let text = format!("{indent}and {left_out} more {lines_that}");
            lines.push(Line::new(LineKind::Note, text, width));
        }
    }
    lines
}

fn text_line(line: &TextLine, indent: &str, width: usize) -> Line {
    let (kind, mark) = match line.kind {
        TextLineKind::Same => (LineKind::Context, ' '),
        TextLineKind::Removed => (LineKind::Removed, '-'),
        TextLineKind::Added => (LineKind::Added, '+'),
    };
    let room = width.saturating_sub(indent.chars().count() + 2);
    Line::new(
        kind,
        format!("{indent}{mark} {}", around_emphasis(&line.pieces, room)),
        width,
    )
}

/// The line, or as much of it around its first emphasised piece as fits.
fn around_emphasis(pieces: &[Piece], width: usize) -> String {
    // A carriage return at the end of a line can be the very difference.
    let text: String = pieces.iter().map(|piece| piece.text.replace('\r', "␍")).collect();
    let before: usize = pieces
        .iter()
        .take_while(|piece| !piece.emphasised)
        .map(|piece| piece.text.chars().count())
        .sum();
    let count = text.chars().count();
    let skipped = if before >= count {
        0
    } else {
        before.saturating_sub(width / 3).min(count.saturating_sub(width))
    };
    if skipped == 0 {
        cut_end(&text, width)
    } else {
        cut_end(
            &std::iter::once('…')
                .chain(text.chars().skip(skipped + 1))
                .collect::<String>(),
            width,
        )
    }
}
