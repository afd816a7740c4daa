//! A text whose lines a CI runner may read, written in parts.

use std::io::{self, Write};

use crate::untrusted;

/// How much is looked at together, in bytes.
const AT_ONCE: usize = 32 * 1024;

/// A writer that makes commands to CI runners inert, whole lines at a time. What is written last is passed on by
/// [`finish`](Guarded::finish) alone.
pub(super) struct Guarded<W> {
    inner: W,
    /// Whole lines, and the beginning of one.
    held: Vec<u8>,
    /// Where the whole lines end.
    whole: usize,
}

impl<W: Write> Guarded<W> {
    pub(super) fn new(inner: W) -> Self {
        Guarded {
            inner,
            held: Vec::with_capacity(AT_ONCE),
            whole: 0,
        }
    }

    /// Passes on what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.whole = self.held.len();
        self.pass()
    }

    /// Passes on the whole lines.
    fn pass(&mut self) -> io::Result<()> {
        let text = std::str::from_utf8(&self.held[..self.whole]).map_err(io::Error::other)?;
        self.inner.write_all(untrusted::guard_ci(text).as_bytes())?;
        self.held.drain(..self.whole);
        self.whole = 0;
        Ok(())
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Of what is new alone: a line may be long, and come in very many parts.
        if let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.whole = self.held.len() + last + 1;
        }
        self.held.extend_from_slice(bytes);
        if self.whole >= AT_ONCE {
            self.pass()?;
        }
        Ok(bytes.len())
    }

    /// Does nothing: a line that is not whole cannot be judged.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_make_no_difference(
            text in "([\\[#:a\u{ad}é\r\n ]|::|##|\\n::|a{9000}\n){0,40}",
            length in 1usize..5000,
        ) {
            let mut written = Vec::new();
            let mut guarded = Guarded::new(&mut written);
            for part in text.as_bytes().chunks(length) {
                guarded.write_all(part).unwrap();
            }
            guarded.finish().unwrap();
            prop_assert_eq!(String::from_utf8(written).unwrap(), untrusted::guard_ci(&text));
        }
    }
}
