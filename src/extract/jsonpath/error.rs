//! Why a text is no JSONPath, and where in it.

use std::fmt;
use std::ops::Range;

use jsonpath_rust::parser::errors::JsonPathError;
use pest::error::InputLocation;

/// Why a text is no JSONPath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong.
    pub message: String,
    /// The bytes of the text that are; empty at its end where something is missing.
    pub range: Range<usize>,
    /// How to write it.
    pub help: Option<String>,
}

impl PathError {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            range,
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A function that takes a list of nodes was given something else.
    pub(super) fn takes_a_path(range: Range<usize>, function: &str) -> Self {
        Self::new(range, format!("`{function}` takes a path"))
            .with_help(format!("such as {function}(@.list[*])"))
    }

    /// What stands at `at` is not expected there.
    pub(super) fn unexpected(text: &str, at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        let Some(character) = rest.chars().next() else {
            return Self::new(text.len()..text.len(), "the path ends too early");
        };
        let operator = ["==", "!=", "<=", ">=", "&&", "||"]
            .into_iter()
            .find(|two| rest.starts_with(two));
        let length = operator.map_or(character.len_utf8(), str::len);
        let shown = operator.map_or_else(|| character.escape_debug().to_string(), str::to_owned);
        let error = Self::new(at..at + length, format!("unexpected `{shown}`"));
        match shown.as_str() {
            "==" | "!=" | "<=" | ">=" | "<" | ">" => error
                .with_help("a comparison takes literals and paths to one value, such as @.name or @.list[0]"),
            _ => error,
        }
    }

    /// The error of the parser, whose offsets are those of `text`.
    pub(super) fn from_parser(text: &str, error: &JsonPathError) -> Self {
        match error {
            JsonPathError::PestError(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                Self::unexpected(text, at)
            }
            // The rest carries no place, and names parts of the parser rather than of the text.
            _ => Self::new(0..text.len(), "not a JSONPath of RFC 9535"),
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PathError {}
