//! How differences are shown outside of a run's report.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::diff::{self, Line, LineKind, RenderOptions};
use crate::outcome::Differences;
use crate::untrusted;

/// The most lines of one difference.
pub(super) const LINES: usize = 40;

/// What everything that is shown depends on.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) colour: bool,
    pub(super) width: usize,
}

impl Page {
    /// A name among other words.
    pub(super) fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), &untrusted::line(text))
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.colour && style != Style::new() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// `3 snapshots`.
pub(super) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}

/// Differences as lines.
pub(super) fn lines(differences: &Differences, page: Page) -> Vec<Line> {
    let options = RenderOptions {
        width: page.width.saturating_sub(4),
        max_lines: LINES,
    };
    match differences {
        Differences::Json(diff) => diff::render(diff, options),
        Differences::Text(diff) => diff.render(options),
    }
}

/// Writes lines below what they are of.
pub(super) fn write(lines: &[Line], page: Page, out: &mut impl Write) -> io::Result<()> {
    for line in lines {
        let style = match line.kind {
            LineKind::Context => Style::new(),
            LineKind::Path => Style::new().bold(),
            LineKind::Removed => AnsiColor::Red.on_default(),
            LineKind::Added => AnsiColor::Green.on_default(),
            LineKind::Note => AnsiColor::Yellow.on_default(),
        };
        writeln!(out, "    {}", page.paint(style, &untrusted::line(&line.text)))?;
    }
    Ok(())
}
