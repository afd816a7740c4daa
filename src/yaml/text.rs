//! A scalar's text that knows where each of its characters was written.

use std::ops::Range;
use std::sync::Arc;

use super::offsets::Offsets;
use crate::source::{Place, Source};

/// What a scalar says, and for each part of it the place it was written at.
#[derive(Clone, Debug)]
pub struct Text {
    source: Arc<Source>,
    written: Written,
}

/// How a value stands in its source.
#[derive(Clone, Debug)]
enum Written {
    /// As it is, in these bytes: most scalars, which are not copied.
    Verbatim(Range<usize>),
    /// With quotes, escapes, folds or indentation in between.
    Resolved(Box<(String, Offsets)>),
}

impl Text {
    /// A value that stands in the source as it is, in these bytes.
    pub(super) fn verbatim(source: &Arc<Source>, range: Range<usize>) -> Text {
        Text {
            source: Arc::clone(source),
            written: Written::Verbatim(range),
        }
    }

    /// A value that was put together.
    pub(super) fn resolved(source: &Arc<Source>, value: String, offsets: Offsets) -> Text {
        Text {
            source: Arc::clone(source),
            written: Written::Resolved(Box::new((value, offsets))),
        }
    }

    /// The characters, with quotes, escapes, folding and indentation resolved.
    pub fn value(&self) -> &str {
        match &self.written {
            Written::Verbatim(range) => &self.source.text[range.clone()],
            Written::Resolved(resolved) => &resolved.0,
        }
    }

    /// Whether these are its characters: quicker than a comparison of [`Text::value`], which most keys of a mapping fail.
    pub(super) fn is(&self, characters: &str) -> bool {
        match &self.written {
            Written::Verbatim(range) => {
                range.len() == characters.len()
                    && self.source.text.as_bytes()[range.clone()] == *characters.as_bytes()
            }
            Written::Resolved(resolved) => resolved.0 == characters,
        }
    }

    /// Where these bytes of the value were written, whatever the scalar's style.
    ///
    /// The range is widened to whole characters and cut to the value; an empty range gives a point. The place of
    /// several characters runs from the first to the last of them, over indentation and line breaks in between.
    pub fn place(&self, range_in_value: Range<usize>) -> Place {
        let value = self.value();
        let length = value.len();
        let boundary = |at: &usize| value.is_char_boundary(*at);
        let start = (0..=range_in_value.start.min(length))
            .rev()
            .find(boundary)
            .unwrap_or(0);
        let end = (range_in_value.end.clamp(start, length)..=length)
            .find(boundary)
            .unwrap_or(length);
        let (first, last) = match &self.written {
            Written::Verbatim(range) => (range.start + start, range.start + end),
            Written::Resolved(resolved) => (resolved.1.start_of(start), resolved.1.end_of(end)),
        };
        let end = if start == end { first } else { last.max(first) };
        Place::new(&self.source, first..end)
    }
}
