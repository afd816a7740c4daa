//! One difference as lines to show.

use serde_json::Value;

use super::lines::text_lines;
use super::{Line, LineKind};
use crate::diff::inline::{self, Part};
use crate::diff::one_line::{self, cut_middle, escaped};
use crate::diff::path::{self, Step};
use crate::diff::{Change, text};
use crate::json;

/// The most lines for the difference of one text.
const MOST_TEXT_LINES: usize = 24;

/// How many characters of what is equal stand beside a differing part of a text.
const BESIDE: usize = 20;

/// The longest text shown whole, before and after, when a part of it would do.
const SHORT_TEXT: usize = 40;

/// The lines of a difference, or nothing if they need more than `room`.
pub(super) fn block(name: Option<&Step>, change: &Change, width: usize, room: usize) -> Option<Vec<Line>> {
    let name = name.map_or_else(String::new, label);
    let show = Show { name: &name, width };
    let lines = match change {
        Change::Added { value } => vec![show.side(LineKind::Added, value, "")],
        Change::Removed { value } => vec![show.side(LineKind::Removed, value, "")],
        Change::Changed {
            from: Value::String(from),
            to: Value::String(to),
        } => show.texts(from, to, room),
        Change::Changed { from, to } => vec![
            show.side(LineKind::Removed, from, ""),
            show.side(LineKind::Added, to, ""),
        ],
        Change::TypeChanged {
            from,
            to,
            same_text: false,
        } => vec![
            show.side(LineKind::Removed, from, ""),
            show.side(LineKind::Added, to, ""),
        ],
        Change::TypeChanged {
            from,
            to,
            same_text: true,
        } => vec![
            show.side(LineKind::Removed, from, &format!(" ({})", json::kind(from))),
            show.side(
                LineKind::Added,
                to,
                &format!(" ({}): same text, other type", json::kind(to)),
            ),
        ],
        Change::Moved { from, value } => vec![show.moved(from, value)],
    };
    (lines.len() <= room).then_some(lines)
}

struct Show<'s> {
    /// The member or element with a colon and a space, or nothing for the value itself.
    name: &'s str,
    width: usize,
}

impl Show<'_> {
    fn side(&self, kind: LineKind, value: &Value, suffix: &str) -> Line {
        let head = self.head(if kind == LineKind::Added { '+' } else { '-' });
        let room = self.room(&head, suffix);
        self.line(kind, format!("{head}{}{suffix}", one_line::value(value, room)))
    }

    fn moved(&self, from: &str, value: &Value) -> Line {
        let steps = path::parse(from);
        let head = match steps.as_ref().and_then(|steps| steps.last()) {
            Some(step @ Step::Key(_)) => format!("{}renamed from {}", self.head('~'), label(step)),
            Some(step @ Step::Index(_)) => format!("{}moved from {}", self.head('~'), label(step)),
            None => format!("{}moved from {from}: ", self.head('~')),
        };
        let room = self.room(&head, "");
        self.line(LineKind::Note, format!("{head}{}", one_line::value(value, room)))
    }

    /// A text that changed: by lines if it has several, by its differing parts if it is long, whole otherwise.
    fn texts(&self, from: &str, to: &str, room: usize) -> Vec<Line> {
        if from.trim_end().contains('\n') || to.trim_end().contains('\n') {
            let head = self.head('~');
            let mut lines = vec![self.line(LineKind::Note, format!("{head}lines of the text differ"))];
            let room = room.saturating_sub(1).min(MOST_TEXT_LINES);
            lines.extend(text_lines(&text(from, to), "    ", self.width, room));
            return lines;
        }
        let long = from.chars().nth(SHORT_TEXT).is_some() || to.chars().nth(SHORT_TEXT).is_some();
        let parts = inline::parts(from, to);
        if !long {
            vec![
                self.text(LineKind::Removed, '-', escaped(from)),
                self.text(LineKind::Added, '+', escaped(to)),
            ]
        } else if inline::are_alike(&parts) {
            vec![self.text(LineKind::Note, '~', marked(&parts))]
        } else {
            let side = |left: bool| one_side(&parts, left);
            vec![
                self.text(LineKind::Removed, '-', side(true)),
                self.text(LineKind::Added, '+', side(false)),
            ]
        }
    }

    fn text(&self, kind: LineKind, mark: char, text: String) -> Line {
        self.line(kind, format!("{}\"{text}\"", self.head(mark)))
    }

    fn line(&self, kind: LineKind, text: String) -> Line {
        Line::new(kind, text, self.width)
    }

    fn head(&self, mark: char) -> String {
        format!("  {mark} {}", self.name)
    }

    fn room(&self, head: &str, suffix: &str) -> usize {
        self.width
            .saturating_sub(head.chars().count() + suffix.chars().count())
    }
}

/// A step as the name in front of a value.
fn label(step: &Step) -> String {
    match step {
        Step::Key(name) if path::has_shorthand(name) => format!("{name}: "),
        step => format!("{}: ", &path::write(std::slice::from_ref(step))[1..]),
    }
}

/// The differing parts in `[-…-]` and `[+…+]`, with a little of what is equal beside them.
fn marked(parts: &[Part<'_>]) -> String {
    let last = parts.len() - 1;
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| match part {
            Part::Same(text) => beside(text, at == 0, at == last),
            Part::Removed(text) => format!("[-{}-]", escaped(&cut_middle(text, BESIDE, BESIDE))),
            Part::Added(text) => format!("[+{}+]", escaped(&cut_middle(text, BESIDE, BESIDE))),
        })
        .collect()
}

/// One side of a text, from a little before the first differing part.
fn one_side(parts: &[Part<'_>], left: bool) -> String {
    let last = parts.len() - 1;
    parts
        .iter()
        .enumerate()
        .filter_map(|(at, part)| match part {
            Part::Same(text) => Some(beside(text, at == 0, at == last)),
            Part::Removed(text) => left.then(|| escaped(&cut_middle(text, SHORT_TEXT * 2, BESIDE))),
            Part::Added(text) => (!left).then(|| escaped(&cut_middle(text, SHORT_TEXT * 2, BESIDE))),
        })
        .collect()
}

fn beside(text: &str, first: bool, last: bool) -> String {
    let start = if first { 0 } else { BESIDE };
    let end = if last { 0 } else { BESIDE };
    escaped(&cut_middle(text, start, end))
}
