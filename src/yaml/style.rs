//! Follows a scalar through its source, in each of YAML's five styles, to learn where its characters stand.
//!
//! The parser says what a scalar's value is and not which bytes each character came from. So its source is read
//! once more by the rules of the style (<https://yaml.org/spec/1.2.2/#chapter-7-flow-style-productions>, chapter 8
//! for blocks); where the outcome is not the parser's value, the whole scalar is given as the place.

use std::ops::Range;

use serde_saphyr::granit_parser::ScalarStyle;

use super::offsets::{Offsets, Piece};

/// A scalar as the parser reports it.
pub(super) struct Scalar<'text> {
    pub(super) value: &'text str,
    pub(super) style: ScalarStyle,
    /// The bytes of the source it covers: with its quotes, without a block's header.
    pub(super) span: Range<usize>,
    /// The column its span starts at, counted from zero: a block's indentation.
    pub(super) column: usize,
}

/// The bytes of the source that a scalar's value stands in as it is, if it does.
pub(super) fn verbatim(source: &str, scalar: &Scalar<'_>) -> Option<Range<usize>> {
    let inner = inner(scalar);
    (source.get(inner.clone()) == Some(scalar.value)).then_some(inner)
}

/// What is within a scalar's quotes.
fn inner(scalar: &Scalar<'_>) -> Range<usize> {
    let Range { start, end } = scalar.span;
    match scalar.style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            start + 1..end.saturating_sub(1).max(start + 1)
        }
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => start..end,
    }
}

/// Where the bytes of a scalar's value stand in the source, where it does not stand there as it is.
pub(super) fn offsets(source: &str, scalar: &Scalar<'_>) -> Offsets {
    let inner = inner(scalar);
    let mut trace = Trace {
        source,
        at: inner.start,
        value: String::with_capacity(scalar.value.len()),
        pieces: Vec::new(),
    };
    match scalar.style {
        ScalarStyle::Plain => trace.flow(inner.end, None),
        ScalarStyle::SingleQuoted => trace.flow(inner.end, Some('\'')),
        ScalarStyle::DoubleQuoted => trace.flow(inner.end, Some('\\')),
        ScalarStyle::Literal => trace.block(scalar, false),
        ScalarStyle::Folded => trace.block(scalar, true),
    }
    match trace.value == scalar.value && !trace.pieces.is_empty() {
        true => Offsets::Pieces(trace.pieces.into_boxed_slice()),
        false => Offsets::Whole(scalar.span.clone()),
    }
}

/// A reading position, the value read so far and the pieces it came from.
struct Trace<'text> {
    source: &'text str,
    at: usize,
    value: String,
    pieces: Vec<Piece>,
}

impl Trace<'_> {
    /// Adds text that came from these bytes.
    fn emit(&mut self, text: &str, source: Range<usize>) {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let value = narrow(self.value.len())..narrow(self.value.len() + text.len());
        let piece = Piece {
            value,
            source: narrow(source.start)..narrow(source.end),
        };
        self.value.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if last.is_followed_by(&piece) => last.extend_over(&piece),
            _ if text.is_empty() => {}
            _ => self.pieces.push(piece),
        }
    }

    /// Adds the source up to `end` as it is.
    fn verbatim(&mut self, end: usize) {
        let (source, range) = (self.source, self.at..end);
        self.emit(&source[range.clone()], range);
        self.at = end;
    }

    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at += self
            .rest()
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    /// Passes a line break, if one stands here, and says where it stood.
    fn line_break(&mut self) -> Option<Range<usize>> {
        let length = match self.rest().as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return None,
        };
        self.at += length;
        Some(self.at - length..self.at)
    }

    /// Plain and quoted scalars. `special` is the character that escapes: the quote itself, or the backslash.
    fn flow(&mut self, end: usize, special: Option<char>) {
        while self.at < end {
            let rest = &self.source[self.at..end];
            let run = rest.find(|character| {
                matches!(character, ' ' | '\t' | '\r' | '\n') || Some(character) == special
            });
            match run {
                None => self.verbatim(end),
                Some(0) if special.is_some_and(|special| rest.starts_with(special)) => match special {
                    Some('\\') => self.escape(),
                    _ => {
                        self.emit("'", self.at..self.at + 2);
                        self.at += 2;
                    }
                },
                Some(0) => self.white_space(),
                Some(length) => self.verbatim(self.at + length),
            }
        }
    }

    /// Blanks within a line stay. Around a line break they vanish, and the break folds: one to a space, and of
    /// several all but the first stay.
    fn white_space(&mut self) {
        let blanks = self.at;
        self.skip_blanks();
        match self.line_break() {
            Some(first) => {
                if self.further_breaks() == 0 {
                    self.emit(" ", first);
                }
            }
            None => {
                let end = std::mem::replace(&mut self.at, blanks);
                self.verbatim(end);
            }
        }
    }

    /// Empty lines after a line break, each of which stays as a line break, and the next line's indentation.
    fn further_breaks(&mut self) -> usize {
        let mut count = 0;
        loop {
            self.skip_blanks();
            match self.line_break() {
                Some(range) => self.emit("\n", range),
                None => return count,
            }
            count += 1;
        }
    }

    /// One escape of a double-quoted scalar (<https://yaml.org/spec/1.2.2/#57-escaped-characters>).
    fn escape(&mut self) {
        let start = self.at;
        self.at += 1;
        if self.line_break().is_some() {
            self.further_breaks();
            return;
        }
        let Some(letter) = self.rest().chars().next() else {
            return;
        };
        self.at += letter.len_utf8();
        let character = match letter {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' => self.hexadecimal(2),
            'u' => self.hexadecimal(4),
            'U' => self.hexadecimal(8),
            other => other,
        };
        self.emit(character.encode_utf8(&mut [0; 4]), start..self.at);
    }

    /// The character a code stands for; two `\u` escapes in a row may make up one character, as in JSON.
    fn hexadecimal(&mut self, digits: usize) -> char {
        let high = self.code(digits);
        let code = match high {
            0xd800..=0xdbff if self.rest().starts_with("\\u") => {
                self.at += 2;
                0x10000 + ((high - 0xd800) << 10) + (self.code(4) & 0x3ff)
            }
            code => code,
        };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn code(&mut self, digits: usize) -> u32 {
        let code = self
            .rest()
            .get(..digits)
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        self.at = (self.at + digits).min(self.source.len());
        code.unwrap_or(u32::MAX)
    }

    /// Literal and folded blocks. How line breaks at the end are chomped is read off the value.
    fn block(&mut self, scalar: &Scalar<'_>, folded: bool) {
        let content = scalar.value.trim_start_matches('\n');
        if content.is_empty() {
            return;
        }
        self.leading_breaks(
            scalar.value.len() - content.len(),
            self.at.saturating_sub(scalar.column),
        );
        loop {
            let starts_blank = self.rest().starts_with([' ', '\t']);
            self.verbatim(self.at + self.rest().find(['\r', '\n']).unwrap_or(self.rest().len()));
            let breaks = self.breaks_and_indentation(scalar.column);
            let remaining = scalar.value.get(self.value.len()..).unwrap_or_default();
            if remaining.bytes().all(|byte| byte == b'\n') {
                // At the end of a file the last line break may be missing in the source.
                let end = self.source.len();
                for position in 0..remaining.len() {
                    self.emit("\n", breaks.get(position).cloned().unwrap_or(end..end));
                }
                return;
            }
            let Some(first) = breaks.first() else { return };
            let folds = folded && !starts_blank && !self.rest().starts_with([' ', '\t']);
            if folds && breaks.len() == 1 {
                self.emit(" ", first.clone());
            } else {
                for line_break in &breaks[usize::from(folds)..] {
                    self.emit("\n", line_break.clone());
                }
            }
        }
    }

    /// The empty lines above a block's first line, which starts at `line`.
    fn leading_breaks(&mut self, count: usize, line: usize) {
        let mut breaks = Vec::with_capacity(count);
        let mut end = line;
        for _ in 0..count {
            let above = &self.source[..end];
            let length = if above.ends_with("\r\n") { 2 } else { 1 };
            let start = end.saturating_sub(length);
            breaks.push(start..end);
            end = self.source[..start].rfind(['\r', '\n']).map_or(0, |at| at + 1);
        }
        for line_break in breaks.into_iter().rev() {
            self.emit("\n", line_break);
        }
    }

    /// The line breaks from here to the next line that is not empty, and that line's indentation.
    fn breaks_and_indentation(&mut self, indentation: usize) -> Vec<Range<usize>> {
        let mut breaks = Vec::new();
        while let Some(line_break) = self.line_break() {
            breaks.push(line_break);
            self.at += self
                .rest()
                .bytes()
                .take(indentation)
                .take_while(|byte| *byte == b' ')
                .count();
        }
        breaks
    }
}
