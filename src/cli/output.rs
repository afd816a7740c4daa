//! What leaves the process: masked where a run has secrets, coloured where somebody looks.

use std::io::{self, IsTerminal, Write};

use super::{CommandError, Exit};
use crate::diagnostic::{self, Diagnostics, Style};
use crate::secret::{Label, Vault};
use crate::untrusted;

/// The width where there is no terminal to ask.
const USUAL_WIDTH: usize = 100;

/// Prints a whole text on stdout.
pub(super) fn print(text: &[u8]) -> Result<Exit, CommandError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text)
        .and_then(|()| stdout.flush())
        .map(|()| Exit::Passed)
        .map_err(|error| CommandError::output("cannot write to stdout", &error))
}

/// Clears the terminal, if stdout is one, with what was scrolled out of it.
pub(super) fn clear() -> Result<Exit, CommandError> {
    match io::stdout().is_terminal() {
        true => print(b"\x1b[2J\x1b[3J\x1b[H"),
        false => Ok(Exit::Passed),
    }
}

/// Prints a line on stderr. Where stderr is gone nobody can be told so.
pub(super) fn error_line(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", untrusted::block(line));
}

/// The most diagnostics that are printed: nobody reads further, and one slip may be made in each of thousands of files.
const SHOWN: usize = 100;

/// Prints what is wrong with the files on stderr, errors before warnings where not all of it has room, with a count.
pub(super) fn diagnostics(found: &mut Diagnostics, vault: &Vault) {
    found.sort();
    // The vault of a command that reads files only may be empty; what stands in them and should not is hidden as well.
    let hidden = Vault::new();
    for text in found.hidden() {
        hidden.add(text, &Label::new("hidden"));
    }
    let style = Style {
        colour: colour(&io::stderr()),
        width: width(),
    };
    let mask = |text: &str| hidden.mask_text(&vault.mask_text(text)).into_owned();
    let text = diagnostic::render(found.first(SHOWN), style, &mask);
    let summary = found.summary();
    let text = match found.iter().count().saturating_sub(SHOWN) {
        0 => format!("{text}\n{summary}\n"),
        more => format!(
            "{text}\n{summary}; {more} of them are not shown: mend these first, or check fewer files\n"
        ),
    };
    let _ = io::stderr().lock().write_all(mask(&text).as_bytes());
}

/// True if colours are wanted on a stream: on a terminal, unless `NO_COLOR`, `TERM=dumb` and their like say otherwise.
pub(super) fn colour(stream: &impl anstream::stream::RawStream) -> bool {
    !matches!(anstream::AutoStream::choice(stream), anstream::ColorChoice::Never)
}

/// True if a display that redraws itself makes sense on stdout.
pub(super) fn is_live() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !dumb && std::env::var_os("CI").is_none()
}

/// The columns of the terminal, or a usual width without one.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
}
