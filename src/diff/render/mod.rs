//! Differences as lines to show: grouped by where they are, cut around what changed.

use std::collections::HashMap;

mod change;
mod lines;

use self::change::block;
use self::lines::text_lines;
use super::one_line::{cut_end, cut_start};
use super::path::{self, Step};
use super::{Diff, Difference, TextDiff};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// The most characters on a line.
    pub width: usize,
    /// The most lines; the last one then says how much is left out.
    pub max_lines: usize,
}

/// A line to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says, for whoever chooses its colour.
    pub kind: LineKind,
    /// Its text, indented, without a line feed and without escape codes. Names and texts in it are from outside:
    /// JSON escapes their control characters, but what can be shown is for the reader of these lines to decide.
    pub text: String,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Something equal, around what is not.
    Context,
    /// Where the following lines are.
    Path,
    /// Something expected that is not there.
    Removed,
    /// Something there that was not expected.
    Added,
    /// Something about both sides, or about what is left out.
    Note,
}

impl Line {
    pub(super) fn new(kind: LineKind, text: String, width: usize) -> Line {
        Line {
            kind,
            text: cut_end(&text, width),
        }
    }
}

/// Shows differences under the path of what holds them:
///
/// ```text
/// $.data
///   - email: "jo@example.com"
///   + email: null
/// ```
pub fn render(diff: &Diff, options: RenderOptions) -> Vec<Line> {
    let RenderOptions { width, max_lines } = options;
    let mut lines = Vec::new();
    let mut left = diff.differences.len() + diff.omitted;
    'all: for group in groups(&diff.differences) {
        for (at, (name, difference)) in group.members.iter().enumerate() {
            // The heading comes with its first difference, and the last line is kept for a note.
            let heading = usize::from(at == 0);
            let note = usize::from(left > 1);
            let room = max_lines.saturating_sub(lines.len() + heading + note);
            let Some(block) = block(name.as_ref(), &difference.change, width, room) else {
                break 'all;
            };
            if at == 0 {
                lines.push(Line {
                    kind: LineKind::Path,
                    text: cut_start(&group.path, width),
                });
            }
            lines.extend(block);
            left -= 1;
        }
    }
    if left > 0 && lines.len() < max_lines {
        let text = match (lines.is_empty(), left) {
            (true, 1) => "1 difference".to_owned(),
            (true, _) => format!("{left} differences"),
            (false, 1) => "and 1 more difference".to_owned(),
            (false, _) => format!("and {left} more differences"),
        };
        lines.push(Line::new(LineKind::Note, text, width));
    }
    lines
}

impl TextDiff {
    /// Shows the lines that differ, with the number in the actual text where they do not begin with the first.
    pub fn render(&self, options: RenderOptions) -> Vec<Line> {
        text_lines(self, "", options.width, options.max_lines)
    }
}

/// Differences inside one value.
struct Group<'d> {
    path: String,
    /// With the step from that value; none for the value itself.
    members: Vec<(Option<Step>, &'d Difference)>,
}

/// Groups differences by what holds them, in the order in which each first appears.
fn groups(differences: &[Difference]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for difference in differences {
        let (path, name) = match path::parse(&difference.path) {
            Some(mut steps) => {
                let name = steps.pop();
                (path::write(&steps), name)
            }
            None => (difference.path.clone(), None),
        };
        let place = *places.entry(path).or_insert_with_key(|path| {
            groups.push(Group {
                path: path.clone(),
                members: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].members.push((name, difference));
    }
    groups
}

#[cfg(test)]
mod tests;
