//! The mask on a stream, where a secret may be cut by the borders of chunks.

use super::mask::Region;
use super::{Label, Vault};
use std::io::{self, Write};

/// The most that the mask takes at once, in bytes.
pub const MOST_AT_ONCE: usize = 64 * 1024;

/// How much is gathered before it is looked at, in bytes: reports write many small pieces.
pub(super) const GATHERED: usize = 32 * 1024;

/// A writer that masks across chunk borders.
///
/// It holds back what might be the beginning of a secret: as many bytes as the longest form has, or a text that may
/// become a token. [`flush`](Write::flush) writes the rest as if the text ended there, so flush where a text ends (a
/// record, a line), and in the end; what is held back is lost with the writer otherwise.
pub struct MaskWriter<W> {
    vault: Vault,
    inner: W,
    /// How many bytes are gathered before they are looked at.
    gathered: usize,
    /// What has been written to this writer and not yet decided. It begins with `hidden` bytes of a secret whose label
    /// is shown already, or with a byte that was looked at and is kept as the neighbour of the next one.
    held: Vec<u8>,
    hidden: usize,
    last: Option<Label>,
}

impl<W: Write> MaskWriter<W> {
    pub(super) fn new(vault: Vault, inner: W, gathered: usize) -> Self {
        MaskWriter {
            vault,
            inner,
            gathered,
            held: Vec::new(),
            hidden: 0,
            last: None,
        }
    }

    /// Writes the rest and returns the writer within.
    ///
    /// # Errors
    /// The error of the writer within.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.inner)
    }

    /// Passes on what is decided.
    fn pass(&mut self, complete: bool) -> io::Result<()> {
        let mut regions = Vec::new();
        // The first region may go on from the text before, where its label is shown.
        if let Some(label) = self.last.take() {
            regions.push(Region {
                start: 0,
                end: self.hidden,
                labels: vec![label],
            });
        }
        let labels_shown = regions.len();
        let decided = self.vault.mask().find(&self.held, complete, &mut regions);

        let keep = if complete {
            self.held.len()
        } else {
            decided.saturating_sub(1)
        };
        if regions.is_empty() {
            // Nearly always: nothing is to be copied then.
            self.inner.write_all(&self.held[..keep])?;
            self.held.drain(..keep);
            return Ok(());
        }
        let mut masked = Vec::with_capacity(self.held.len());
        let mut at = 0;
        for (index, region) in regions.iter().enumerate() {
            masked.extend_from_slice(&self.held[at..region.start]);
            for label in region.labels.iter().skip(usize::from(index < labels_shown)) {
                masked.extend_from_slice(label.to_string().as_bytes());
            }
            at = region.end;
        }
        if at > decided {
            self.hidden = at - decided;
            self.last = regions.pop().and_then(|mut region| region.labels.pop());
            at = decided;
        } else if at < keep {
            masked.extend_from_slice(&self.held[at..keep]);
            at = keep;
        }
        self.held.drain(..at);
        self.inner.write_all(&masked)
    }
}

impl<W: Write> Write for MaskWriter<W> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        // A large text is not held once more as a whole; whoever writes it all comes again with the rest.
        let chunk = &chunk[..chunk.len().min(MOST_AT_ONCE)];
        self.held.extend_from_slice(chunk);
        if self.held.len() > self.gathered {
            self.pass(false)?;
        }
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(true)?;
        self.inner.flush()
    }
}
