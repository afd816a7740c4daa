//! One file's text under the path people know it by.

use std::sync::{Arc, OnceLock};

/// One file's text and the path it is shown under.
#[derive(Debug)]
pub struct Source {
    /// The path as it is shown: relative to where the command runs, with forward slashes.
    pub path: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
    /// Where each line starts, in bytes; found when a line is first asked for.
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source of this text, shown under this path. Nothing is opened.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        Arc::new(Source {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        })
    }

    /// The line of a byte offset, counted from one; of one past the end, the last.
    pub fn line_of(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        self.line_starts().partition_point(|start| *start <= offset)
    }

    /// The line and the column of a byte offset, both counted from one; the column counts characters.
    ///
    /// An offset past the end is taken as the end, one inside a character as that character.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_of(offset);
        let start = self.line_starts()[line - 1];
        let column = self.text[start..]
            .char_indices()
            .take_while(|(at, _)| start + at <= offset)
            .count();
        let inside_a_character = !self.text.is_char_boundary(offset);
        let at_the_end = offset == self.text.len();
        match inside_a_character || !at_the_end {
            true => (line, column.max(1)),
            false => (line, column + 1),
        }
    }

    /// The bytes of a line counted from one, without its line break; `None` past the last line.
    pub fn line(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).map_or(self.text.len(), |next| next - 1);
        let end = if self.text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        Some(start..end)
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.match_indices('\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = Source::new("a.yaml", "one\nzwö lf\r\nend");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(
            source.line_column(3),
            (1, 4),
            "the line break belongs to its line"
        );
        assert_eq!(source.line_column(4), (2, 1));
        assert_eq!(source.line_column(6), (2, 3));
        assert_eq!(
            source.line_column(7),
            (2, 3),
            "inside a character is that character"
        );
        assert_eq!(source.line_column(8), (2, 4));
        assert_eq!(source.line_column(16), (3, 4));
        assert_eq!(source.line_column(999), (3, 4), "past the end is the end");
        assert_eq!(Source::new("empty", "").line_column(0), (1, 1));
        assert_eq!(Source::new("break", "a\n").line_column(2), (2, 1));
    }

    #[test]
    fn a_line_comes_without_its_break() {
        let source = Source::new("a.yaml", "one\r\ntwo\n\nlast");
        let line = |number| source.line(number).map(|range| &source.text[range]);
        assert_eq!(
            [line(0), line(1), line(2), line(3), line(4), line(5)],
            [None, Some("one"), Some("two"), Some(""), Some("last"), None]
        );
    }
}
