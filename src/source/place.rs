//! A stretch of a source that something can be said about.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Source;

/// A byte range in a source. It displays as `path:line:column` of its start.
#[derive(Clone)]
pub struct Place {
    /// The text the range lies in.
    pub source: Arc<Source>,
    /// The bytes meant; an empty range is a point between two characters.
    pub span: Range<usize>,
}

impl Place {
    /// The place of these bytes in this source.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Place {
        Place {
            source: Arc::clone(source),
            span,
        }
    }

    /// The line of its start, counted from one.
    pub fn line(&self) -> usize {
        self.source.line_of(self.span.start)
    }

    /// The column of its start, counted from one, in characters.
    pub fn column(&self) -> usize {
        self.source.line_column(self.span.start).1
    }

    /// The point where it starts.
    pub fn start(&self) -> Place {
        Place::new(&self.source, self.span.start..self.span.start)
    }

    /// The text that stands there.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or_default()
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        self.span == other.span && self.source.path == other.source.path
    }
}

impl Eq for Place {}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.line_column(self.span.start);
        write!(formatter, "{}:{line}:{column}", self.source.path)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self} ({} bytes)", self.span.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_displays_as_path_line_column() {
        let source = Source::new("cases/a.yaml", "steps:\n  - GET: /\n");
        let place = Place::new(&source, 11..14);
        assert_eq!(place.to_string(), "cases/a.yaml:2:5");
        assert_eq!(format!("{place:?}"), "cases/a.yaml:2:5 (3 bytes)");
        assert_eq!((place.line(), place.column(), place.text()), (2, 5, "GET"));
        assert_eq!(place.start().span, 11..11);
    }

    #[test]
    fn places_are_equal_by_path_and_span() {
        let here = Place::new(&Source::new("a", "text"), 0..2);
        assert_eq!(here, Place::new(&Source::new("a", "text"), 0..2));
        assert_ne!(here, Place::new(&Source::new("b", "text"), 0..2));
        assert_ne!(here, Place::new(&Source::new("a", "text"), 0..3));
    }
}
