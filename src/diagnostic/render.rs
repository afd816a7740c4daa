//! Diagnostics as people read them: the message, the line with a caret, the help.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

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

/// Draws diagnostics in the order given, an empty line between two of them, a line break at the end.
pub fn render(diagnostics: impl AsRef<[Diagnostic]>, style: Style) -> String {
    let renderer = if style.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Excerpts are cut here; the renderer must not cut them once more.
    let renderer = renderer.term_width(usize::MAX / 4);
    let mut drawn = String::new();
    for diagnostic in diagnostics.as_ref() {
        if !drawn.is_empty() {
            drawn.push('\n');
        }
        drawn.push_str(&renderer.render(&groups(diagnostic, style)));
        drawn.push('\n');
    }
    drawn
}

/// The diagnostic itself with its help, then one group for each related place.
fn groups(diagnostic: &Diagnostic, style: Style) -> Vec<Group<'static>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut main = Group::with_title(level.primary_title(safe_line(&diagnostic.message)));
    if let Some(place) = &diagnostic.place {
        main = with_excerpt(main, place, diagnostic.label.as_deref(), style);
    }
    if let Some(help) = &diagnostic.help {
        let lines: Vec<String> = help.lines().map(safe_line).collect();
        main = main.element(Level::HELP.message(lines.join("\n")));
    }
    let related = diagnostic.related.iter().map(|(place, text)| {
        with_excerpt(
            Group::with_title(Level::NOTE.secondary_title(safe_line(text))),
            place,
            None,
            style,
        )
    });
    std::iter::once(main).chain(related).collect()
}

/// Adds where a place is and the line it stands on. The renderer is told line and column, since the excerpt it
/// gets is cut and escaped, and counting in that would give another column.
fn with_excerpt(group: Group<'static>, place: &Place, label: Option<&str>, style: Style) -> Group<'static> {
    let (line, column) = (place.line(), place.column());
    let origin = Origin::path(safe_line(&place.source.path))
        .line(line)
        .char_column(column);
    let gutter = line.to_string().len() + " | ".len();
    let excerpt = Excerpt::new(place, style.width.saturating_sub(gutter));
    let annotation = AnnotationKind::Primary
        .span(excerpt.span)
        .label(label.map(safe_line));
    group.element(origin).element(
        Snippet::source(excerpt.text)
            .line_start(line)
            .annotation(annotation),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::source::Source;

    const PLAIN: Style = Style {
        colour: false,
        width: 80,
    };

    #[test]
    fn an_error_shows_its_place_line_caret_label_and_help() {
        let source = Source::new("cases/a.yaml", "steps:\n  - nmae: x\n");
        let error = Diagnostic::error("unknown key nmae in a step")
            .at(&Place::new(&source, 11..15))
            .label("unknown")
            .help("did you mean name?");
        println!("{}", render([error], PLAIN));
        let source = Source::new(
            "a.yaml",
            format!("{}\n\ta: \u{1b}x\n{}", "\n".repeat(9), "y".repeat(300)),
        );
        let mut all = Diagnostics::default();
        all.push(
            Diagnostic::error("long")
                .at(&Place::new(&source, 200..203))
                .label("here"),
        );
        all.push(Diagnostic::warning("no place\u{1b}").help("do this\nand that"));
        all.push(
            Diagnostic::error("related")
                .at(&Place::new(&source, 14..15))
                .related(&Place::new(&source, 11..12), "first here")
                .help("x"),
        );
        all.push(Diagnostic::error("empty").at(&Place::new(&source, 0..0)));
        all.push(Diagnostic::error("end").at(&Place::new(&source, 9999..9999)));
        println!("{}", render(&all, PLAIN));
        println!(
            "{:?}",
            render(
                &all,
                Style {
                    colour: true,
                    width: 80
                }
            )
        );
        panic!();
    }
}
