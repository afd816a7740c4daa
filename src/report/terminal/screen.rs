//! The sink as a screen: lines above, the bar below.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;

use super::progress::Progress;
use crate::report::Sink;
use crate::untrusted::guard_ci;

/// Lines above, and where the sink can redraw, the bar below them.
pub(super) struct Screen {
    sink: Shared,
    progress: Option<Progress>,
}

impl Screen {
    /// A screen over a sink. The bar is drawn through the same sink, so that the mask sees it too.
    pub(super) fn new(sink: Sink, live: bool, width: usize) -> Screen {
        let sink = Shared {
            sink: Arc::new(Mutex::new(sink)),
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        Screen {
            progress: live.then(|| Progress::new(sink.clone())),
            sink,
        }
    }

    /// Writes lines, made inert for CI runners, above the bar. They are seen once the screen is flushed.
    pub(super) fn write(&mut self, lines: &[String]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = lines.join("\n");
        text.push('\n');
        let write = || {
            let mut sink = self.sink.lock();
            sink.write_all(guard_ci(&text).as_bytes())
        };
        match &self.progress {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }

    /// Shows what was written.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.sink.lock().flush()
    }

    /// Tells the bar something, where there is one. It swallows errors of the sink, which the lines above it meet too.
    pub(super) fn bar(&self, tell: impl FnOnce(&Progress)) {
        if let Some(progress) = &self.progress {
            tell(progress);
        }
    }
}

/// The sink, shared by the lines and the bar.
#[derive(Clone)]
pub(super) struct Shared {
    sink: Arc<Mutex<Sink>>,
    width: u16,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Cursor movements as ECMA-48 writes them.
impl TermLike for Shared {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.control(lines, 'A')
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.control(lines, 'B')
    }

    fn move_cursor_right(&self, characters: usize) -> io::Result<()> {
        self.control(characters, 'C')
    }

    fn move_cursor_left(&self, characters: usize) -> io::Result<()> {
        self.control(characters, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        writeln!(self.lock(), "{text}")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.lock().write_all(text.as_bytes())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\r\u{1b}[2K")
    }

    fn flush(&self) -> io::Result<()> {
        self.lock().flush()
    }
}

impl Shared {
    fn control(&self, count: usize, command: char) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        write!(self.lock(), "\u{1b}[{count}{command}")
    }
}
