//! A place in a file with its lines and a caret.

use super::Page;
use super::paint::{BAD, FAINT, STRONG};
use crate::outcome::{Excerpt, Spot};
use crate::report::text::{columns, fit, fit_end, safe};

/// A label with less room than this is left out; what it says stands below the excerpt too.
const LEAST_LABEL: usize = 12;

/// The place, the lines up to it, and a caret with a label:
///
/// ```text
///   contacts.yaml:31:9
///      |
///   31 |       $.data.email: { matches: '^.+@.+$' }
///      |       ^^^^^^^^^^^^ found null
///      |
/// ```
pub(super) fn lines(spot: &Spot, label: &str, page: Page) -> Vec<String> {
    let place = safe(&spot.to_string());
    let mut lines = vec![format!(
        "  {}",
        page.paint
            .with(STRONG, &fit_end(&place, page.width.saturating_sub(2)))
    )];
    if let Some(excerpt) = &spot.excerpt {
        lines.extend(drawn(spot, excerpt, label, page));
    }
    lines
}

fn drawn(spot: &Spot, excerpt: &Excerpt, label: &str, page: Page) -> Vec<String> {
    let digits = spot.line.to_string().len().max(2);
    let room = page.width.saturating_sub(2 + digits + " | ".len());
    let blank = page.paint.with(FAINT, &format!("  {:digits$} |", ""));
    let numbered = |number: usize, text: &str| {
        let margin = page.paint.with(FAINT, &format!("  {number:>digits$} |"));
        format!("{margin} {text}").trim_end().to_owned()
    };
    let mut lines = vec![blank.clone()];
    for (number, text) in (excerpt.first_line..).zip(&excerpt.lines) {
        if number < spot.line {
            lines.push(numbered(number, &fit(&safe(text), room)));
        } else if number == spot.line {
            let (text, indent, length) = around(text, spot, room);
            lines.push(numbered(number, &text));
            let label = safe(label);
            let label_room = room.saturating_sub(indent + length + 1);
            let label = if label_room < LEAST_LABEL && columns(&label) > label_room {
                String::new()
            } else {
                fit(&label, label_room)
            };
            let caret = format!("{} {label}", "^".repeat(length));
            let caret = page.paint.with(BAD, caret.trim_end());
            lines.push(format!("{blank} {:indent$}{caret}", ""));
        }
    }
    lines.push(blank);
    lines
}

/// The line as it is shown, cut around the spot, and where in it the caret begins and how long it is.
fn around(text: &str, spot: &Spot, room: usize) -> (String, usize, usize) {
    let start = spot.column.saturating_sub(1);
    let part = |from: usize, length: usize| -> String {
        safe(&text.chars().skip(from).take(length).collect::<String>())
    };
    let (before, within) = (part(0, start), part(start, spot.length));
    let after = part(start + spot.length, usize::MAX);
    // The spot comes first; a third of what is left goes to what stands before it.
    let within = fit(&within, room.saturating_sub(2).max(1));
    let left = room.saturating_sub(columns(&within));
    let before = if columns(&before) + columns(&within) > room {
        fit_end(&before, left / 3)
    } else {
        before
    };
    let shown = fit(&format!("{before}{within}{after}"), room);
    (shown, columns(&before), columns(&within).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verbosity;
    use crate::report::terminal::paint::Paint;

    fn page(width: usize) -> Page {
        Page {
            width,
            paint: Paint::new(false),
            verbosity: Verbosity::Normal,
        }
    }

    fn spot(lines: &[&str], column: usize, length: usize) -> Spot {
        Spot {
            file: "contacts.yaml".into(),
            line: 31,
            column,
            length,
            excerpt: Some(Box::new(Excerpt {
                first_line: 30,
                lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            })),
        }
    }

    #[test]
    fn the_caret_stands_under_the_spot() {
        let spot = spot(
            &["expect:", "\té $.email: { matches: '^a' }", "  status: 2xx"],
            4,
            7,
        );
        assert_eq!(
            lines(&spot, "found null", page(80)),
            [
                "  contacts.yaml:31:4",
                "     |",
                "  30 | expect:",
                "  31 |     é $.email: { matches: '^a' }",
                "     |       ^^^^^^^ found null",
                "     |",
            ]
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_spot() {
        let line = format!("{}HERE{}", "a".repeat(90), "b".repeat(90));
        let drawn = lines(&spot(&["", &line], 91, 4), "found null", page(40));
        assert_eq!(
            drawn[3..5],
            [
                "  31 | …aaaaaaaaHEREbbbbbbbbbbbbbbbbbbb…",
                "     |          ^^^^ found null",
            ]
        );
    }

    #[test]
    fn hostile_lines_and_spots_beyond_the_line_stay_on_their_lines() {
        let drawn = lines(&spot(&["a\u{1b}[2J", "b\u{202e}"], 200, 9), "x\ny", page(40));
        assert_eq!(drawn.len(), 6);
        assert!(
            drawn
                .iter()
                .all(|line| columns(line) <= 40 && !line.contains(['\u{1b}', '\n']))
        );
    }
}
