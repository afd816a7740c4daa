//! Colours, where they are wanted.

use anstyle::{AnsiColor, Style};

/// What held, and what to do next.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What does not hold, or could not be evaluated.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What deserves a look.
pub(super) const NOTABLE: Style = AnsiColor::Yellow.on_default().bold();
/// What happened beside the steps.
pub(super) const ASIDE: Style = AnsiColor::Cyan.on_default().bold();
/// A name among other words.
pub(super) const STRONG: Style = Style::new().bold();
/// What is there to find one's way.
pub(super) const FAINT: Style = Style::new().dimmed();
/// An expected part that is missing.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
/// A part that was not expected.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();

/// Puts styles around texts, or leaves them plain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    /// With or without escape sequences.
    pub(super) fn new(colour: bool) -> Paint {
        Paint { colour }
    }

    /// The text in this style.
    pub(super) fn with(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
