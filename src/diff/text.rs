//! Two texts to the lines that differ, cut around what changed.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::inline::{self, Part};
use super::one_line::cut_middle;

/// How many equal lines stand before and after a change.
const CONTEXT: usize = 3;

/// How many lines are listed; more are another text altogether.
const MOST_LINES: usize = 1_000;

/// How many characters of a piece are kept at either of its ends: a text may be one line of 10 MB.
const PIECE_END: usize = 200;

/// The differences between two texts, by lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextDiff {
    /// The places that differ, in order.
    pub hunks: Vec<Hunk>,
    /// How many more lines were removed or added that are not listed.
    pub omitted: usize,
}

/// Lines that differ, with up to three equal lines before and after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// The number of the first line in the expected text, from 1.
    pub expected_line: usize,
    /// The number of the first line in the actual text, from 1.
    pub actual_line: usize,
    /// The lines, those removed before those added in their place.
    pub lines: Vec<TextLine>,
}

/// A line of either text, or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLine {
    /// Which text it is of.
    pub kind: TextLineKind,
    /// The line in pieces, without its line feed, but with the carriage return before that if there is one. Very
    /// long pieces are cut in their middle, with `…`.
    pub pieces: Vec<Piece>,
    /// Whether it ends in a line feed; the last line of a text may not.
    pub terminated: bool,
}

/// Which text a line is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextLineKind {
    /// Of both.
    Same,
    /// Of the expected text only.
    Removed,
    /// Of the actual text only.
    Added,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// Whether it is what differs from the line that stands in this line's place in the other text.
    pub emphasised: bool,
}

impl TextDiff {
    /// Whether the texts are equal.
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty() && self.omitted == 0
    }
}

/// Compares two texts line by line; a line that changed in part has its differing pieces emphasised.
pub fn text(expected: &str, actual: &str) -> TextDiff {
    let left: Vec<&str> = expected.split_inclusive('\n').collect();
    let right: Vec<&str> = actual.split_inclusive('\n').collect();
    let operations = capture_diff_slices(Algorithm::Myers, &left, &right);
    let mut diff = TextDiff::default();
    if operations
        .iter()
        .all(|operation| matches!(operation, DiffOp::Equal { .. }))
    {
        return diff;
    }

    let mut room = MOST_LINES;
    for group in group_diff_ops(operations, CONTEXT) {
        let Some(first) = group.first() else { continue };
        let mut hunk = Hunk {
            expected_line: first.old_range().start + 1,
            actual_line: first.new_range().start + 1,
            lines: Vec::new(),
        };
        for operation in &group {
            let (old, new) = (&left[operation.old_range()], &right[operation.new_range()]);
            if let DiffOp::Equal { .. } = operation {
                hunk.lines
                    .extend(old.iter().take(room).map(|line| whole(TextLineKind::Same, line)));
                room -= old.len().min(room);
            } else {
                let (old_kept, new_kept) = (old.len().min(room), new.len().min(room - old.len().min(room)));
                diff.omitted += old.len() - old_kept + new.len() - new_kept;
                room -= old_kept + new_kept;
                replaced(&old[..old_kept], &new[..new_kept], &mut hunk.lines);
            }
        }
        if !hunk.lines.is_empty() {
            diff.hunks.push(hunk);
        }
    }
    diff
}

/// Lines in the place of others: as many as there are on both sides are compared one by one.
fn replaced(old: &[&str], new: &[&str], lines: &mut Vec<TextLine>) {
    let mut removed: Vec<TextLine> = old
        .iter()
        .map(|line| whole(TextLineKind::Removed, line))
        .collect();
    let mut added: Vec<TextLine> = new.iter().map(|line| whole(TextLineKind::Added, line)).collect();
    for (at, (old, new)) in old.iter().zip(new).enumerate() {
        let parts = inline::parts(content(old), content(new));
        if inline::are_alike(&parts) {
            removed[at].pieces = pieces(&parts, TextLineKind::Removed);
            added[at].pieces = pieces(&parts, TextLineKind::Added);
        }
    }
    lines.append(&mut removed);
    lines.append(&mut added);
}

fn whole(kind: TextLineKind, line: &str) -> TextLine {
    TextLine {
        kind,
        pieces: vec![piece(content(line), false)],
        terminated: line.ends_with('\n'),
    }
}

fn content(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

/// The pieces of one side.
fn pieces(parts: &[Part<'_>], side: TextLineKind) -> Vec<Piece> {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Same(text) => Some(piece(text, false)),
            Part::Removed(text) => (side == TextLineKind::Removed).then(|| piece(text, true)),
            Part::Added(text) => (side == TextLineKind::Added).then(|| piece(text, true)),
        })
        .collect()
}

fn piece(text: &str, emphasised: bool) -> Piece {
    Piece {
        text: cut_middle(text, PIECE_END, PIECE_END),
        emphasised,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A diff as text: `-`, `+` or a space in front, emphasised pieces in braces.
    fn shown(diff: &TextDiff) -> String {
        let mut shown = String::new();
        for hunk in &diff.hunks {
            shown.push_str(&format!("@{},{}\n", hunk.expected_line, hunk.actual_line));
            for line in &hunk.lines {
                shown.push(match line.kind {
                    TextLineKind::Same => ' ',
                    TextLineKind::Removed => '-',
                    TextLineKind::Added => '+',
                });
                for piece in &line.pieces {
                    let (open, close) = if piece.emphasised { ("{", "}") } else { ("", "") };
                    shown.push_str(&format!("{open}{}{close}", piece.text.escape_debug()));
                }
                shown.push_str(if line.terminated { "\n" } else { "⊘\n" });
            }
        }
        shown
    }

    #[test]
    fn equal_texts_have_no_diff() {
        assert!(text("a\nb\n", "a\nb\n").is_empty());
        assert!(text("", "").is_empty());
    }

    #[test]
    fn a_change_stands_in_its_context() {
        let expected: String = (1..=20).map(|line| format!("line number {line}\n")).collect();
        let actual = expected.replace("number 10\n", "numero 10\n");
        assert_eq!(
            shown(&text(&expected, &actual)),
            "@7,7\n line number 7\n line number 8\n line number 9\n-line num{b}e{r} 10\n+line num{}e{o} 10\n"
                .replace("num{b}e{r}", "num{ber}")
                .replace("num{}e{o}", "num{ero}")
                + " line number 11\n line number 12\n line number 13\n"
        );
    }

    #[test]
    fn ends_of_lines_are_told_apart() {
        assert_eq!(
            shown(&text("a long line\r\n", "a long line\n")),
            "@1,1\n-a long line{\\r}\n+a long line\n"
        );
        assert_eq!(shown(&text("a\nb\n", "a\nb")), "@1,1\n a\n-b\n+b⊘\n");
    }

    #[test]
    fn another_text_altogether_is_cut_off_and_counted() {
        let expected: String = (0..3_000).map(|line| format!("{line}\n")).collect();
        let actual: String = (0..2_000).map(|line| format!("x{line}\n")).collect();
        let diff = text(&expected, &actual);
        assert_eq!(
            diff.hunks.iter().map(|hunk| hunk.lines.len()).sum::<usize>(),
            MOST_LINES
        );
        assert_eq!(diff.omitted, 4_000);
    }

    #[test]
    fn a_line_of_megabytes_is_cut() {
        let line = "x".repeat(1_000_000);
        let diff = text(&format!("{line}a{line}"), &format!("{line}b{line}"));
        let length: usize = diff.hunks[0]
            .lines
            .iter()
            .flat_map(|line| &line.pieces)
            .map(|piece| piece.text.len())
            .sum();
        assert!(length < 2_000, "{length}");
        assert_eq!(
            diff.hunks[0].lines[0].pieces[1],
            Piece {
                text: "a".to_owned(),
                emphasised: true
            }
        );
    }
}
