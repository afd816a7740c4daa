//! A scalar's text that knows where each of its characters was written.

use std::ops::Range;
use std::sync::Arc;

use super::offsets::Offsets;
use crate::source::{Place, Source};

/// What a scalar says, and for each part of it the place it was written at.
#[derive(Clone, Debug)]
pub struct Text {
    /// The characters, with quotes, escapes, folding and indentation resolved.
    pub value: String,
    source: Arc<Source>,
    offsets: Offsets,
}

impl Text {
    pub(super) fn new(value: String, source: &Arc<Source>, offsets: Offsets) -> Text {
        Text {
            value,
            source: Arc::clone(source),
            offsets,
        }
    }

    /// Where these bytes of `value` were written, whatever the scalar's style.
    ///
    /// The range is widened to whole characters and cut to the value; an empty range gives a point. The place of
    /// several characters runs from the first to the last of them, over indentation and line breaks in between.
    pub fn place(&self, range_in_value: Range<usize>) -> Place {
        let length = self.value.len();
        let boundary = |at: &usize| self.value.is_char_boundary(*at);
        let start = (0..=range_in_value.start.min(length))
            .rev()
            .find(boundary)
            .unwrap_or(0);
        let end = (range_in_value.end.clamp(start, length)..=length)
            .find(boundary)
            .unwrap_or(length);
        let first = self.offsets.start_of(start);
        let end = if start == end {
            first
        } else {
            self.offsets.end_of(end).max(first)
        };
        Place::new(&self.source, first..end)
    }
}
