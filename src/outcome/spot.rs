//! A place in a file, as data that outlives the file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::Place;

/// Lines shown before and after the one a spot is on.
const CONTEXT: usize = 2;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The file, as shown: one text for all places of a long plan.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant, on that line.
    pub length: usize,
    /// The lines around, where a reader will want them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Box<Excerpt>>,
}

/// Some lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The number of the first of them, from 1.
    pub first_line: usize,
    /// The lines, without their ends.
    pub lines: Vec<String>,
}

impl Spot {
    /// The spot of a place, without an excerpt.
    pub fn new(place: &Place) -> Spot {
        let (line, column) = place.source.line_column(place.span.start);
        let text = &place.source.text[place.span.clone()];
        let length = text.lines().next().map_or(0, |line| line.chars().count()).max(1);
        Spot {
            file: place.source.path.as_str().into(),
            line,
            column,
            length,
            excerpt: None,
        }
    }

    /// The spot of a place with the lines around it.
    pub fn with_excerpt(place: &Place) -> Spot {
        let mut spot = Spot::new(place);
        let first_line = spot.line.saturating_sub(CONTEXT).max(1);
        let lines = place
            .source
            .text
            .lines()
            .skip(first_line - 1)
            .take(spot.line - first_line + 1 + CONTEXT);
        spot.excerpt = Some(Box::new(Excerpt {
            first_line,
            lines: lines.map(str::to_owned).collect(),
        }));
        spot
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::Spot;
    use crate::source::{Place, Source};

    #[test]
    fn the_excerpt_ends_with_the_file() {
        let source = Source::new("a.yaml", "one\ntwo\nthree\n");
        let spot = Spot::with_excerpt(&Place::new(&source, 4..7));
        assert_eq!(spot.to_string(), "a.yaml:2:1");
        let excerpt = spot.excerpt.expect("asked for");
        assert_eq!((excerpt.first_line, excerpt.lines.len()), (1, 3));
        assert_eq!(spot.length, 3);
    }
}
