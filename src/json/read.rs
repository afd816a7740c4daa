//! Reads JSON from bytes that may be anything, and says what was found when they are not JSON.

use std::fmt;

use serde_json::error::Category;

use super::{Tree, Value};

/// How deep arrays and objects may nest. Deeper input is refused rather than followed.
pub const DEPTH_LIMIT: usize = 128;

/// How many characters of the input an error quotes.
const QUOTED: usize = 40;

/// The names under which the JSON reader passes numbers around inside itself. A member with such a name would be taken
/// for a number, so that a document can choose what it is read as.
pub(super) const RESERVED: &str = "$serde_json::private::";

/// Why bytes are not JSON. The message and `near` quote the input, so they are no more trustworthy or less secret than it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong, without the place.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of that line around the place, at most 40 characters.
    pub near: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 1 && self.column == 1 {
            f.write_str(&self.message)
        } else {
            write!(
                f,
                "{} at line {}, column {}",
                self.message, self.line, self.column
            )
        }
    }
}

impl std::error::Error for JsonError {}

/// Reads exactly one JSON text (RFC 8259): UTF-8 without a byte order mark, nothing behind it, nested no deeper than
/// [`DEPTH_LIMIT`]. Of members with one name the last counts. Numbers keep every digit; of an exponent, the reader writes
/// the sign out (`1E5` is kept as `1e+5`).
///
/// # Errors
/// [`JsonError`], which says what was found instead and where.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes).map(|tree| tree.value)
}

/// Reads as [`parse`] does, and tells which members stand twice in one object: RFC 8259, section 4, leaves open what
/// becomes of them.
///
/// # Errors
/// As [`parse`].
pub fn read(bytes: &[u8]) -> Result<Tree, JsonError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let found = bytes[error.valid_up_to()];
            return Err(error_at(
                &valid,
                valid.len(),
                format!("not JSON: the byte 0x{found:02x} is not UTF-8"),
            ));
        }
    };
    if let Some(at) = find_reserved(text) {
        return Err(error_at(
            text,
            at,
            format!("a string starts with `{RESERVED}`, which the JSON reader keeps for itself"),
        ));
    }
    Tree::read(text).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        error_at(text, at, describe(text, at, &error))
    })
}

/// The message for an error of the reader.
fn describe(text: &str, at: usize, error: &serde_json::Error) -> String {
    let start = text.trim_start_matches([' ', '\t', '\r', '\n']);
    if start.is_empty() {
        return "the body is empty, not JSON".to_owned();
    }
    if start.starts_with('\u{feff}') {
        return "not JSON: starts with a byte order mark".to_owned();
    }
    if !may_start_json(start) {
        return format!("not JSON: starts with `{}`", first_word(start));
    }
    let full = error.to_string();
    let reason = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(reason, _)| reason);
    match (error.classify(), reason) {
        (Category::Eof, "EOF while parsing a list") => "not JSON: ends inside an array".to_owned(),
        (Category::Eof, "EOF while parsing an object") => "not JSON: ends inside an object".to_owned(),
        (Category::Eof, "EOF while parsing a string") => "not JSON: ends inside a string".to_owned(),
        (Category::Eof, _) => "not JSON: ends where a value is expected".to_owned(),
        (_, "recursion limit exceeded") => format!("JSON nested more than {DEPTH_LIMIT} levels deep"),
        (_, "trailing characters") => {
            format!(
                "not JSON: `{}` follows the end of the value",
                first_word(&text[at..])
            )
        }
        (_, "expected value") => format!("not JSON: expected a value, found {}", found(&text[at..])),
        (_, "key must be a string") => format!(
            "not JSON: expected a key in double quotes, found {}",
            found(&text[at..])
        ),
        (_, reason) => format!("not JSON: {reason}"),
    }
}

/// Whether a text could be JSON by how it begins.
fn may_start_json(text: &str) -> bool {
    ["true", "false", "null"]
        .iter()
        .any(|word| text.starts_with(word))
        || text.starts_with(|first: char| matches!(first, '{' | '[' | '"' | '-' | '0'..='9'))
}

/// A character of the input for a message, or its end.
fn found(rest: &str) -> String {
    rest.chars().next().map_or_else(
        || "the end".to_owned(),
        |character| format!("`{}`", character.escape_debug()),
    )
}

/// The beginning of a text that is telling: to the end of a tag, or of the line, at most [`QUOTED`] characters.
fn first_word(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = if line.starts_with('<') {
        line.find('>').map_or(line.len(), |at| at + 1)
    } else {
        line.len()
    };
    cut(&line[..end])
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The byte offset of the reader's line and column. It counts columns in bytes and points at the last byte it took.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let line_start = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let mut at = (line_start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An error at a byte offset of `text`.
fn error_at(text: &str, at: usize, message: String) -> JsonError {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let column = text[line_start..at].chars().count() + 1;
    let near = text[line_start..line_end].trim_end_matches('\r');
    JsonError {
        message,
        line: before.matches('\n').count() + 1,
        column,
        near: near
            .chars()
            .skip(column.saturating_sub(QUOTED / 2))
            .take(QUOTED)
            .collect(),
    }
}

/// Where a string begins with a [`RESERVED`] name, with or without escapes.
fn find_reserved(text: &str) -> Option<usize> {
    text.match_indices('"')
        .map(|(quote, _)| quote)
        .find(|quote| is_reserved(&text[quote + 1..]))
}

/// Whether a string begins with a [`RESERVED`] name, as it is written in the text behind its quote.
pub(super) fn is_reserved(string: &str) -> bool {
    let mut rest = string;
    for wanted in RESERVED.chars() {
        let Some(after) = rest.strip_prefix(wanted).or_else(|| strip_escaped(rest, wanted)) else {
            return false;
        };
        rest = after;
    }
    true
}

fn strip_escaped(text: &str, wanted: char) -> Option<&str> {
    let hex = text.strip_prefix("\\u")?;
    let code = u32::from_str_radix(hex.get(..4)?, 16).ok()?;
    (code == u32::from(wanted)).then(|| &hex[4..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fails(text: &str) -> JsonError {
        parse(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn what_was_found_instead_is_said() {
        for (text, message) in [
            ("", "the body is empty, not JSON"),
            (" \r\n", "the body is empty, not JSON"),
            ("<!doctype html><html>", "not JSON: starts with `<!doctype html>`"),
            ("Bad Gateway\nnginx", "not JSON: starts with `Bad Gateway`"),
            ("\u{feff}{}", "not JSON: starts with a byte order mark"),
            ("{\"a\": 1", "not JSON: ends inside an object"),
            ("[1,", "not JSON: ends where a value is expected"),
            ("\"abc", "not JSON: ends inside a string"),
            ("{} {}", "not JSON: `{}` follows the end of the value"),
            ("[1,]", "not JSON: trailing comma"),
            ("{a: 1}", "not JSON: expected a key in double quotes, found `a`"),
            ("[1, NaN]", "not JSON: expected a value, found `N`"),
        ] {
            assert_eq!(fails(text).message, message, "{text:?}");
        }
    }

    #[test]
    fn the_place_is_counted_in_characters() {
        let error = fails("{\n  \"é\": x\n}");
        assert_eq!(
            (error.line, error.column, error.near.as_str()),
            (2, 8, "  \"é\": x")
        );
        assert_eq!(
            error.to_string(),
            "not JSON: expected a value, found `x` at line 2, column 8"
        );
        assert_eq!(fails("<html>").to_string(), "not JSON: starts with `<html>`");
    }

    #[test]
    fn only_strict_json_is_read() {
        for text in [
            "'a'",
            "[01]",
            "[1.]",
            "[+1]",
            "{\"a\":1,}",
            "// c\n1",
            "\"\t\"",
            "\"\\x\"",
            "nul",
            "Infinity",
        ] {
            fails(text);
        }
        let error = parse(b"[\"\xff\"]").unwrap_err();
        assert_eq!(error.message, "not JSON: the byte 0xff is not UTF-8");
        assert_eq!((error.line, error.column), (1, 3));
    }

    #[test]
    fn digits_and_order_are_kept_and_the_last_duplicate_counts() {
        let value = parse(br#"{"z": 1.500000000000000000000000000001, "a": -0, "z2": 1, "a": 2.0}"#).unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"z":1.500000000000000000000000000001,"a":2.0,"z2":1}"#
        );
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEPTH_LIMIT - 1).as_bytes()).is_ok());
        assert_eq!(
            fails(&nested(100_000)).message,
            "JSON nested more than 128 levels deep"
        );
    }

    #[test]
    fn a_document_cannot_choose_to_be_read_as_something_else() {
        for text in [
            r#"{"$serde_json::private::Number":"1"}"#,
            r#"{"$serde_json::private::RawValue":"[1]"}"#,
            r#"[{"\u0024serde_json\u003A:private::Number":"1"}]"#,
        ] {
            assert!(fails(text).message.contains("keeps for itself"), "{text}");
        }
        assert!(parse(br#"["$serde_json", "\u0024x", "\\u0024serde_json::private::"]"#).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_place(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Err(error) = parse(&bytes) {
                prop_assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty());
            }
        }

        #[test]
        fn near_json_gives_a_value_or_a_place(text in "[\\[\\]{}:,\"\\\\ua0-9.eE \n\r\té…-]{0,40}") {
            if let Err(error) = parse(text.as_bytes()) {
                prop_assert!(error.near.chars().count() <= QUOTED && !error.message.is_empty());
            }
        }
    }
}
