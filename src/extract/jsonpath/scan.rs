//! A first look at the text of a path, token by token.
//!
//! It names the mistakes people make (a bracket left open, a name that needs quotes, a function of another dialect) with
//! their places, refuses what the parser wrongly lets pass (spaces within names, functions RFC 9535 does not have, calls
//! so nested that it would take exponential time), and takes out what the parser would round or refuse: the numbers of
//! filters, which stay exact.

mod operators;
mod words;

use std::ops::Range;

use serde_json::Number;

use super::error::PathError;
use crate::json::number;

/// How deep brackets and parentheses may nest, for the parser calls itself for each.
const DEPTH_LIMIT: usize = 32;

/// How deep functions may nest. The parser tries every reading of an argument, so a wrong path takes time by the power
/// of this.
const FUNCTION_DEPTH_LIMIT: usize = 5;

/// The largest index (RFC 9535, section 2.1): 2⁵³ − 1.
const LARGEST_INDEX: i64 = 9_007_199_254_740_991;

/// What the look found.
pub(super) struct Scan {
    /// The text for the parser, byte for byte in the same places, with `0` for each number in a filter.
    pub(super) text: String,
    /// The numbers in filters, in the order of the text.
    pub(super) numbers: Vec<Number>,
    /// Where the names of functions stand, in the order of the text.
    pub(super) functions: Vec<Range<usize>>,
}

/// Looks through a path.
pub(super) fn scan(text: &str) -> Result<Scan, PathError> {
    check_ends(text)?;
    let mut scanner = Scanner {
        text,
        at: 0,
        open: Vec::new(),
        last: Token::Other,
        scan: Scan {
            text: text.to_owned(),
            numbers: Vec::new(),
            functions: Vec::new(),
        },
    };
    while let Some(next) = scanner.peek() {
        scanner.token(next)?;
    }
    match scanner.open.last() {
        None => Ok(scanner.scan),
        Some(open) => {
            let bracket = &text[open.at..=open.at];
            Err(PathError::new(
                open.at..open.at + 1,
                format!("this `{bracket}` is not closed"),
            ))
        }
    }
}

/// Checks that the text starts with `$` and has no space around it.
fn check_ends(text: &str) -> Result<(), PathError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(PathError::new(0..text.len(), "the path is empty").with_help("`$` is the whole document"));
    }
    if trimmed.len() < text.len() && trimmed.starts_with('$') {
        let range = if text.starts_with('$') {
            trimmed.len()..text.len()
        } else {
            0..text.len() - text.trim_start().len()
        };
        return Err(PathError::new(
            range,
            "a path has no space before it or behind it",
        ));
    }
    if !text.starts_with('$') {
        let length = text.chars().next().map_or(0, char::len_utf8);
        let dot = if trimmed.starts_with(['.', '[']) { "" } else { "." };
        return Err(PathError::new(0..length, "a path starts with `$`")
            .with_help(format!("write ${dot}{}", trimmed.trim_start_matches('@'))));
    }
    Ok(())
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Open>,
    last: Token,
    scan: Scan,
}

/// A bracket that waits to be closed.
struct Open {
    at: usize,
    kind: Kind,
}

enum Kind {
    /// `[`, and whether what stands now is a filter.
    Selectors { filter: bool },
    /// `(` around a condition.
    Group,
    /// `(` behind the name of a function; how many arguments have begun.
    Call { name: Range<usize>, arguments: usize },
}

/// What stood last, as far as it bears on what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A literal, or a name behind a dot.
    Operand,
    /// A comparison.
    Comparison,
    Other,
}

impl<'t> Scanner<'t> {
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Whether numbers and words here are literals of a filter.
    fn in_filter(&self) -> bool {
        match self.open.last().map(|open| &open.kind) {
            Some(Kind::Selectors { filter }) => *filter,
            Some(Kind::Group | Kind::Call { .. }) => true,
            None => false,
        }
    }

    fn token(&mut self, next: char) -> Result<(), PathError> {
        let before = self.last;
        if !is_space(next) {
            self.begin_argument(next);
            self.last = Token::Other;
        }
        match next {
            ' ' | '\t' | '\n' | '\r' => self.at += 1,
            '\'' | '"' => self.string(next)?,
            '.' => self.dot()?,
            '[' => self.open(Kind::Selectors { filter: false })?,
            '(' => self.group()?,
            ']' | ')' => self.close(next)?,
            ',' => self.comma(),
            '?' => {
                if let Some(Open {
                    kind: Kind::Selectors { filter },
                    ..
                }) = self.open.last_mut()
                {
                    *filter = true;
                }
                self.at += 1;
            }
            '-' | '0'..='9' => self.number(before)?,
            '@' if !self.in_filter() => {
                return Err(PathError::new(
                    self.at..self.at + 1,
                    "`@` stands for the element a filter looks at",
                )
                .with_help("outside a filter, a path goes on from `$`"));
            }
            '$' | '@' | '*' | ':' => self.at += 1,
            '=' | '!' | '<' | '>' | '&' | '|' => self.operator()?,
            first if is_name_first(first) => self.word(before)?,
            _ => return Err(PathError::unexpected(self.text, self.at)),
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind) -> Result<(), PathError> {
        let here = self.at..self.at + 1;
        if self.open.len() >= DEPTH_LIMIT {
            return Err(PathError::new(
                here,
                format!("brackets nest more than {DEPTH_LIMIT} deep"),
            ));
        }
        self.open.push(Open { at: self.at, kind });
        self.at += 1;
        Ok(())
    }

    /// A `(` that follows no function.
    fn group(&mut self) -> Result<(), PathError> {
        if !self.in_filter() {
            let error = PathError::new(self.at..self.at + 1, "`(` stands only in a filter");
            return Err(if self.rest().contains("length") {
                error.with_help("the last element is [-1]")
            } else {
                error.with_help("a filter starts with `?`, as in $[?@.price < 10]")
            });
        }
        self.open(Kind::Group)
    }

    fn close(&mut self, bracket: char) -> Result<(), PathError> {
        let here = self.at..self.at + 1;
        match (self.open.pop(), bracket) {
            (
                Some(Open {
                    kind: Kind::Selectors { .. },
                    ..
                }),
                ']',
            )
            | (
                Some(Open {
                    kind: Kind::Group, ..
                }),
                ')',
            ) => {}
            (
                Some(Open {
                    kind: Kind::Call { name, arguments },
                    ..
                }),
                ')',
            ) => self.check_call(name, arguments)?,
            (Some(open), _) => {
                let opened = &self.text[open.at..=open.at];
                return Err(
                    PathError::new(open.at..open.at + 1, format!("this `{opened}` is not closed"))
                        .with_help(format!("a `{bracket}` comes first")),
                );
            }
            (None, _) => return Err(PathError::new(here, format!("this `{bracket}` closes nothing"))),
        }
        self.at += 1;
        Ok(())
    }

    fn comma(&mut self) {
        match self.open.last_mut().map(|open| &mut open.kind) {
            Some(Kind::Call { arguments, .. }) => *arguments += 1,
            Some(Kind::Selectors { filter }) => *filter = false,
            Some(Kind::Group) | None => {}
        }
        self.at += 1;
    }

    /// Counts the first argument of a call when it begins; the others are counted by their commas.
    fn begin_argument(&mut self, next: char) {
        if let Some(Open {
            kind: Kind::Call { arguments, .. },
            ..
        }) = self.open.last_mut()
            && *arguments == 0
            && next != ')'
        {
            *arguments = 1;
        }
    }

    /// A string in either quotes.
    fn string(&mut self, quote: char) -> Result<(), PathError> {
        let start = self.at;
        let mut characters = self.text[start + 1..]
            .char_indices()
            .map(|(at, character)| (start + 1 + at, character));
        while let Some((at, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.at = at + 1;
                    self.last = Token::Operand;
                    return Ok(());
                }
                '\\' => match characters.next() {
                    Some((_, 'b' | 'f' | 'n' | 'r' | 't' | '/' | '\\' | 'u')) => {}
                    Some((_, escaped)) if escaped == quote => {}
                    Some((end, escaped)) => {
                        let message = format!("a string has no escape `\\{}`", escaped.escape_debug());
                        return Err(PathError::new(at..end + escaped.len_utf8(), message)
                            .with_help("a backslash itself is written `\\\\`"));
                    }
                    None => break,
                },
                control if control < ' ' => {
                    let message = format!("a control character, U+{:04X}, in a string", u32::from(control));
                    return Err(PathError::new(at..at + 1, message)
                        .with_help(format!("write \\u{:04x}", u32::from(control))));
                }
                _ => {}
            }
        }
        Err(PathError::new(
            start..start + 1,
            format!("the string this `{quote}` opens is not closed"),
        ))
    }

    /// An index, a bound of a slice or a number in a filter.
    fn number(&mut self, before: Token) -> Result<(), PathError> {
        let start = self.at;
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let mut end = sign + digits(&rest[sign..]);
        if end == sign {
            return Err(PathError::new(
                start + sign..(start + sign + 1).min(self.text.len()),
                "expected a digit",
            ));
        }
        if rest[end..].starts_with('.') && digits(&rest[end + 1..]) > 0 {
            end += 1 + digits(&rest[end + 1..]);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[end + 1 + sign..]);
            end += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        let range = start..start + end;
        if before == Token::Operand {
            return Err(
                PathError::new(range, "two values stand side by side").with_help("an operator is missing")
            );
        }
        let written = &rest[..end];
        let Some(value) = number::parse(written) else {
            return Err(PathError::new(range, format!("`{written}` is not a number"))
                .with_help("no zeros stand before a number"));
        };
        if self.in_filter() {
            self.scan.text.replace_range(range, &format!("{:<end$}", 0));
            self.scan.numbers.push(value);
        } else {
            check_index(written, range)?;
        }
        self.at = start + end;
        self.last = Token::Operand;
        Ok(())
    }
}

fn check_index(written: &str, range: Range<usize>) -> Result<(), PathError> {
    if written.contains(['.', 'e', 'E']) || written == "-0" {
        return Err(PathError::new(range, format!("`{written}` is not an index"))
            .with_help("an index is a whole number"));
    }
    match written.parse::<i64>() {
        Ok(index) if index.abs() <= LARGEST_INDEX => Ok(()),
        _ => Err(PathError::new(
            range,
            format!("an index is at most {LARGEST_INDEX}"),
        )),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The blank space of RFC 9535.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn is_name_first(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_' || !character.is_ascii()
}

fn is_name_character(character: char) -> bool {
    is_name_first(character) || character.is_ascii_digit()
}
