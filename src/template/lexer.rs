//! Finds the holes in a text and the names inside an expression, each with its range.
//!
//! minijinja compiles and evaluates; this small scanner only tells where things stand, so that a mistake can be
//! pointed at inside a YAML scalar and the use of a variable is known before anything runs.

use std::ops::Range;

/// A piece of a text with holes, as ranges into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text that stands for itself.
    Text(Range<usize>),
    /// `${{ … }}`: the range of what stands between the markers.
    Hole(Range<usize>),
    /// `${% … %}`: the text as a whole is a program for minijinja.
    Statement(Range<usize>),
    /// `${# … #}`.
    Comment,
}

/// A hole, statement or comment that is never closed: where it opens and what would close it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unclosed {
    pub(super) open: Range<usize>,
    pub(super) closer: &'static str,
}

/// True if the text has any marker at all; most texts have none.
pub(super) fn has_marker(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|window| matches!(window, b"${{" | b"${%" | b"${#"))
}

/// Splits a text at its markers.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, Unclosed> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while at + 2 < bytes.len() {
        if bytes[at] != b'$' || bytes[at + 1] != b'{' || !matches!(bytes[at + 2], b'{' | b'%' | b'#') {
            at += 1;
            continue;
        }
        if plain_from < at {
            pieces.push(Piece::Text(plain_from..at));
        }
        let inner = at + 3;
        let open = at..inner;
        let (end, piece) = match bytes[at + 2] {
            b'{' => {
                let end = expression_end(text, inner).ok_or(Unclosed { open, closer: "}}" })?;
                (end, Piece::Hole(inner..end))
            }
            b'%' => {
                let end = text[inner..].find("%}").ok_or(Unclosed { open, closer: "%}" })? + inner;
                (end, Piece::Statement(inner..end))
            }
            _ => {
                let end = text[inner..].find("#}").ok_or(Unclosed { open, closer: "#}" })? + inner;
                (end, Piece::Comment)
            }
        };
        pieces.push(piece);
        at = end + 2;
        plain_from = at;
    }
    if plain_from < text.len() {
        pieces.push(Piece::Text(plain_from..text.len()));
    }
    Ok(pieces)
}

/// Where the `}}` that closes an expression stands: not within a string, not closing a mapping of the expression.
fn expression_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote)?,
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The offset of the quote that ends the string opened at `open`.
fn string_end(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A word of an expression with the role its neighbours give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The word and, for a variable, the attributes that follow by dots: `login.token` is `["login", "token"]`.
    pub(super) path: Vec<String>,
    /// Where the first word stands.
    pub(super) range: Range<usize>,
    /// Where the whole dotted path stands.
    pub(super) whole: Range<usize>,
    pub(super) role: Role,
}

/// What a word of an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A variable, or an attribute path that starts with one.
    Variable,
    /// A function: followed by `(`.
    Function,
    /// A filter: after `|`.
    Filter,
    /// A test: after `is` or `is not`.
    Test,
}

/// The words of an expression that name something; keywords, strings, numbers, keyword arguments and attributes of
/// other values are passed over.
pub(super) fn words(expression: &str) -> Vec<Word> {
    const KEYWORDS: [&str; 15] = [
        "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
        "loop", "self",
    ];
    let bytes = expression.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // The last significant byte before the current word, and the last word: `.` makes it an attribute, `|` a filter.
    let mut before = 0_u8;
    let mut last_word = String::new();
    while at < bytes.len() {
        let byte = bytes[at];
        if matches!(byte, b'"' | b'\'') {
            at = string_end(bytes, at, byte).map_or(bytes.len(), |end| end + 1);
            before = byte;
            continue;
        }
        if byte.is_ascii_digit() {
            at = skip_number(bytes, at);
            before = b'0';
            continue;
        }
        if !is_word_start(byte) {
            if !byte.is_ascii_whitespace() {
                before = byte;
                last_word.clear();
            }
            at += 1;
            continue;
        }
        let end = word_end(bytes, at);
        let word = &expression[at..end];
        let next = next_significant(bytes, end);
        let is_test = last_word == "is" || last_word == "is not";
        if before == b'.' {
            // An attribute of something that is not a plain variable, such as `first(x).name`.
        } else if word == "not" && last_word == "is" {
            last_word = "is not".to_owned();
            at = end;
            continue;
        } else if is_test {
            found.push(single(word, at..end, Role::Test));
        } else if before == b'|' {
            found.push(single(word, at..end, Role::Filter));
        } else if KEYWORDS.contains(&word) || is_keyword_argument(bytes, end) {
        } else if next == Some(b'(') {
            found.push(single(word, at..end, Role::Function));
        } else {
            let (path, whole_end) = dotted(expression, at, end);
            found.push(Word {
                path,
                range: at..end,
                whole: at..whole_end,
                role: Role::Variable,
            });
        }
        last_word = word.to_owned();
        before = b'a';
        at = end;
    }
    found
}

fn single(word: &str, range: Range<usize>, role: Role) -> Word {
    Word {
        path: vec![word.to_owned()],
        whole: range.clone(),
        range,
        role,
    }
}

/// The path `a.b.c` that starts at `start`; a method call ends it before the method's name.
fn dotted(expression: &str, start: usize, first_end: usize) -> (Vec<String>, usize) {
    let bytes = expression.as_bytes();
    let mut path = vec![expression[start..first_end].to_owned()];
    let mut end = first_end;
    while bytes.get(end) == Some(&b'.') && bytes.get(end + 1).copied().is_some_and(is_word_start) {
        let next_end = word_end(bytes, end + 1);
        if next_significant(bytes, next_end) == Some(b'(') {
            break;
        }
        path.push(expression[end + 1..next_end].to_owned());
        end = next_end;
    }
    (path, end)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn word_end(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..]
        .iter()
        .take_while(|byte| is_word_start(**byte) || byte.is_ascii_digit())
        .count();
    from + length
}

fn skip_number(bytes: &[u8], from: usize) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut end = from + bytes[from..].iter().take_while(|byte| is_part(byte)).count();
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + bytes[end + 1..].iter().take_while(|byte| is_part(byte)).count();
    }
    end
}

fn next_significant(bytes: &[u8], from: usize) -> Option<u8> {
    bytes[from..]
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace())
}

/// `name=value` inside a call, but not `name == value`.
fn is_keyword_argument(bytes: &[u8], from: usize) -> bool {
    let rest: Vec<u8> = bytes[from..]
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(2)
        .collect();
    rest.first() == Some(&b'=') && rest.get(1) != Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::{Piece, Role, pieces, words};

    fn named(expression: &str) -> Vec<(String, Role)> {
        words(expression)
            .into_iter()
            .map(|word| (word.path.join("."), word.role))
            .collect()
    }

    #[test]
    fn holes_are_found_whatever_stands_around_them() {
        let text = "a ${{ b }} {{ c }} ${{ '}}' ~ {'k': {}} }}${# no #}";
        let found: Vec<&str> = pieces(text)
            .expect("closed")
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(range) | Piece::Hole(range) | Piece::Statement(range) => &text[range],
                Piece::Comment => "#",
            })
            .collect();
        assert_eq!(found, ["a ", " b ", " {{ c }} ", " '}}' ~ {'k': {}} ", "#"]);
    }

    #[test]
    fn an_open_hole_says_what_would_close_it() {
        assert_eq!(pieces("x ${{ y }").expect_err("open").closer, "}}");
        assert_eq!(pieces("x ${% if y").expect_err("open").open, 2..5);
    }

    #[test]
    fn words_have_roles() {
        assert_eq!(
            named("login.token | upper ~ f(a, key=b.c) and x is not defined or 'q.r' in d['e']"),
            [
                ("login.token".to_owned(), Role::Variable),
                ("upper".to_owned(), Role::Filter),
                ("f".to_owned(), Role::Function),
                ("a".to_owned(), Role::Variable),
                ("b.c".to_owned(), Role::Variable),
                ("x".to_owned(), Role::Variable),
                ("defined".to_owned(), Role::Test),
                ("d".to_owned(), Role::Variable),
            ]
        );
        assert_eq!(named("1.5e3 == 0x1f.b"), []);
        assert_eq!(
            named("name.strip() == other"),
            [
                ("name".to_owned(), Role::Variable),
                ("other".to_owned(), Role::Variable)
            ]
        );
    }
}
