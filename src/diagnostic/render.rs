//! Diagnostics as people read them: the message, the line with a caret, the help.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};

use super::excerpt::{Excerpt, safe_line};
use super::{Diagnostic, Severity};
use crate::source::Place;

/// How diagnostics are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether escape sequences for colours are written.
    pub colour: bool,
    /// The columns lines of a source are cut to; what is written about them is not cut.
    pub width: usize,
}

/// Hides what must not be seen in a text.
///
/// It is given every text whole, before any is escaped or cut: of a secret that was cut, a piece would be left that
/// nobody could find any more.
pub type Mask<'a> = &'a dyn Fn(&str) -> String;

/// Draws diagnostics in the order given, an empty line between two of them, a line break at the end.
pub fn render<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    style: Style,
    mask: Mask<'_>,
) -> String {
    let renderer = if style.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Excerpts are cut here; the renderer must not cut them once more.
    let renderer = renderer.term_width(usize::MAX / 4);
    let mut drawn = String::new();
    for diagnostic in diagnostics {
        if !drawn.is_empty() {
            drawn.push('\n');
        }
        let report = renderer.render(&groups(diagnostic, style, mask));
        drawn.push_str(report.trim_start_matches('\n'));
        drawn.push('\n');
    }
    drawn
}

/// The message with its line, each related place with its line, and the help.
///
/// The renderer ties its first group to the second by an empty line of the margin, which would part a place from
/// its line; an empty group takes that role, and leaves an empty line to be trimmed.
fn groups(diagnostic: &Diagnostic, style: Style, mask: Mask<'_>) -> Vec<Group<'static>> {
    let safe_line = |text: &str| safe_line(&mask(text));
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.clone().primary_title(safe_line(&diagnostic.message));
    let mut groups = vec![Group::with_level(level.clone())];
    match &diagnostic.place {
        Some(place) => groups.extend(located(
            level,
            title,
            place,
            diagnostic.label.as_deref(),
            style,
            mask,
        )),
        None => groups.push(Group::with_title(title)),
    }
    for (place, text) in &diagnostic.related {
        let title = Level::NOTE.secondary_title(safe_line(text));
        groups.extend(located(Level::NOTE, title, place, None, style, mask));
    }
    if let Some(help) = &diagnostic.help {
        let lines: Vec<String> = help.lines().map(safe_line).collect();
        groups.push(Group::with_title(Level::HELP.secondary_title(lines.join("\n"))));
    }
    groups
}

/// A title with where it is, and the line it stands on as a group of its own: the excerpt is cut and escaped, so
/// the renderer, counting in it, would find another column.
fn located(
    level: Level<'static>,
    title: Title<'static>,
    place: &Place,
    label: Option<&str>,
    style: Style,
    mask: Mask<'_>,
) -> [Group<'static>; 2] {
    let (line, column) = (place.line(), place.column());
    let origin = Origin::path(safe_line(&mask(&place.source.path)))
        .line(line)
        .char_column(column);
    let gutter = line.to_string().len() + " | ".len();
    let excerpt = Excerpt::new(place, style.width.saturating_sub(gutter), mask);
    let annotation = AnnotationKind::Primary
        .span(excerpt.span)
        .label(label.map(|label| safe_line(&mask(label))));
    let snippet = Snippet::source(excerpt.text)
        .line_start(line)
        .annotation(annotation);
    [
        Group::with_title(title).element(origin),
        Group::with_level(level).element(snippet),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    const PLAIN: Style = Style {
        colour: false,
        width: 80,
    };

    fn render(diagnostics: impl AsRef<[Diagnostic]>, style: Style) -> String {
        super::render(diagnostics.as_ref(), style, &str::to_owned)
    }

    fn golden(drawn: &str, lines: &[&str]) {
        assert_eq!(drawn.lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn an_error_shows_its_place_line_caret_label_and_help() {
        let source = Source::new("cases/a.yaml", "steps:\n  - nmae: x\n");
        let error = Diagnostic::error("unknown key nmae in a step")
            .at(&Place::new(&source, 11..15))
            .label("unknown")
            .help("did you mean name?\nor tags?");
        golden(
            &render([error], PLAIN),
            &[
                "error: unknown key nmae in a step",
                " --> cases/a.yaml:2:5",
                "  |",
                "2 |   - nmae: x",
                "  |     ^^^^ unknown",
                "help: did you mean name?",
                "      or tags?",
            ],
        );
    }

    #[test]
    fn related_places_show_their_lines_too() {
        let source = Source::new("a.yaml", format!("{}a: 1\na: 2\n", "\n".repeat(8)));
        let error = Diagnostic::error("the key a is written twice")
            .at(&Place::new(&source, 13..14))
            .related(&Place::new(&source, 8..9), "first here")
            .help("keep one of them");
        let warning = Diagnostic::warning("no steps");
        golden(
            &render([error, warning], PLAIN),
            &[
                "error: the key a is written twice",
                "  --> a.yaml:10:1",
                "   |",
                "10 | a: 2",
                "   | ^",
                "note: first here",
                "  --> a.yaml:9:1",
                "   |",
                " 9 | a: 1",
                "   | ^",
                "help: keep one of them",
                "",
                "warning: no steps",
            ],
        );
    }

    #[test]
    fn the_column_is_that_of_the_file_however_the_line_is_shown() {
        let source = Source::new("a.yaml", format!("{}\u{1b}]x\u{7}: 1", "é".repeat(500)));
        let error =
            Diagnostic::error("odd \u{1b}[2Jkey\nerror: not a line").at(&Place::new(&source, 1000..1004));
        golden(
            &render(
                [error],
                Style {
                    colour: false,
                    width: 40,
                },
            ),
            &[
                "error: odd \\u{1b}[2Jkey\\nerror: not a line",
                " --> a.yaml:1:501",
                "  |",
                "1 | …éééééééééééééééééééé\\u{1b}]x\\u{7}: 1",
                "  |                      ^^^^^^^^^^^^^",
            ],
        );
    }

    #[test]
    fn a_point_and_an_empty_file_have_a_caret() {
        let error = Diagnostic::error("nothing here").at(&Place::new(&Source::new("a.yaml", ""), 0..0));
        golden(
            &render([error], PLAIN),
            &["error: nothing here", " --> a.yaml:1:1", "  |", "1 |", "  | ^"],
        );
    }

    #[test]
    fn what_is_hidden_leaves_no_piece_where_a_line_is_cut() {
        let mask = |text: &str| text.replace("s3cr3t-s3cr3t-s3cr3t", "‹key›");
        let text = format!("{} s3cr3t-s3cr3t-s3cr3t: {}", "a".repeat(60), "b".repeat(60));
        let source = Source::new("s3cr3t-s3cr3t-s3cr3t.yaml", text);
        for width in 1..160 {
            for span in [0..1, 58..62, 61..81, 65..70, 70..100, 83..84, 0..143] {
                let place = Place::new(&source, span);
                let error = Diagnostic::error("no s3cr3t-s3cr3t-s3cr3t")
                    .at(&place)
                    .label("s3cr3t-s3cr3t-s3cr3t")
                    .related(&place, "s3cr3t-s3cr3t-s3cr3t")
                    .help("write s3cr3t-s3cr3t-s3cr3t");
                let style = Style { colour: false, width };
                let drawn = super::render([&error], style, &mask);
                assert!(!drawn.contains("3cr") && drawn.contains("no ‹key›"), "{drawn}");
            }
        }
    }

    #[test]
    fn colours_are_written_only_where_they_are_wanted() {
        let source = Source::new("a.yaml", "a: 1");
        let error = || {
            [Diagnostic::error("wrong")
                .at(&Place::new(&source, 0..1))
                .help("right")]
        };
        assert!(!render(error(), PLAIN).contains('\u{1b}'));
        let coloured = render(
            error(),
            Style {
                colour: true,
                width: 80,
            },
        );
        assert!(
            coloured.starts_with("\u{1b}[") && coloured.contains("a.yaml:1:1"),
            "{coloured:?}"
        );
    }
}
