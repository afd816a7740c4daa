//! The parser's complaints in words for people who write YAML now and then.

use std::ops::Range;

use serde_saphyr::granit_parser::ErrorKind;

use super::cause;
use super::limit::MAXIMUM_DEPTH;

/// What is wrong in a text, where, and what to do about it where that can be said; `at` is where the parser gave up.
pub(super) fn describe(kind: &ErrorKind, text: &str, at: usize) -> (String, Option<String>, Range<usize>) {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let (message, help) = in_words(kind, line);
    match kind {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            if let Some(meant) = cause::missing_colon(line) {
                let help = format!("write `{meant}`");
                return ("this line lacks a : behind its key".into(), Some(help), at..at);
            }
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockSequenceEntry => {
            let help = cause::columns(text, at).or(help);
            return (message, help, at..at);
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            if let Some(open) = cause::quote_of_an_earlier_line(text, at) {
                let closing = text[..at].lines().count();
                let help = format!("close it on its line; as it stands, the quote in line {closing} does");
                return ("this quote is not closed on its line".into(), Some(help), open);
            }
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            if let Some((meant, above)) = cause::missing_colon_above(text, start) {
                let help = format!("write `{meant}`");
                return ("this line lacks a : behind its key".into(), Some(help), above);
            }
        }
        _ => {}
    }
    (message, help, at..at)
}

fn in_words(kind: &ErrorKind, line: &str) -> (String, Option<String>) {
    let (message, help): (String, &str) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::InvalidBlockEntryWhitespace
        | ErrorKind::InvalidMappingValueWhitespace => {
            ("a tab is used as indentation".into(), "indent with spaces")
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("this quote is never closed".into(), "add the closing quote")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("this {open} is never closed"), "add the closing bracket")
        }
        ErrorKind::UnexpectedEofFlowSequence => ("a [ is never closed".into(), "add ]"),
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("a { is never closed".into(), "add }")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => (
            format!("{close} does not close {open}"),
            "brackets close in the order they opened",
        ),
        ErrorKind::MisplacedFlowCollectionEnd => ("this bracket closes nothing".into(), ""),
        ErrorKind::ExpectedFlowMappingSeparator => {
            ("expected , or } in a { … } mapping".into(), in_flow(line))
        }
        ErrorKind::ExpectedFlowSequenceSeparator => ("expected , or ] in a [ … ] list".into(), in_flow(line)),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockSequenceEntry => (
            "this line does not fit the indentation of the lines above".into(),
            "keys of one mapping, and entries of one list, start in the same column",
        ),
        ErrorKind::InvalidBlockScalarIndent => (
            "this line is indented less than the text block it belongs to".into(),
            "indent it like the block's first line",
        ),
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::InvalidFlowScalarIndent => (
            "this line is indented less than the text it belongs to".into(),
            "indent it further than the key",
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            "a : cannot stand here".into(),
            "a text that contains a colon and a space must be in quotes",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "expected a key followed by a :".into(),
            "a key stands on one line and has at most 1,024 characters",
        ),
        ErrorKind::MappingKeyNotAllowed => ("a key cannot stand here".into(), ""),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => (
            "a list entry cannot start here".into(),
            "write - on a line of its own, or put a text that starts with - in quotes",
        ),
        ErrorKind::UnexpectedCharacter { character: '@' | '`' } => {
            ("a text cannot start with @ or `".into(), "put it in quotes")
        }
        ErrorKind::UnexpectedCharacter { character: '%' } => {
            ("a text cannot start with %".into(), "put it in quotes")
        }
        ErrorKind::UnexpectedCharacter { character } => (
            format!("the character U+{:04X} cannot stand here", u32::from(*character)),
            "write it as an escape in double quotes",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text follows the closing quote".into(),
            "put the whole text in quotes; within '…' a quote is written twice, within \"…\" as \\\"",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "unknown escape in a double-quoted text".into(),
            "write a backslash as \\\\, or use single quotes, which know no escapes",
        ),
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => ("this escape stands for no character".into(), ""),
        ErrorKind::InvalidBlockScalarHeader => (
            "text follows | or >".into(),
            "start the text on the next line, indented",
        ),
        ErrorKind::ZeroBlockScalarIndent => ("a text block cannot have an indentation of 0".into(), ""),
        ErrorKind::CommentInterceptedScalar => (
            "a comment interrupts a text of several lines".into(),
            "move the comment",
        ),
        ErrorKind::CommentNotSeparated => (
            "a # without a space before it".into(),
            "put a space before the comment",
        ),
        ErrorKind::RecursionLimitExceeded => (
            format!("lists and mappings nest deeper than {MAXIMUM_DEPTH} levels"),
            "",
        ),
        ErrorKind::MissingAnchorOrAliasName if line.contains("[*]") && has_path(line) => {
            ("a * cannot stand here".into(), PATH_IN_FLOW)
        }
        ErrorKind::MissingAnchorOrAliasName => (
            "a name is missing after & or *".into(),
            "a text that starts with & or * must be in quotes",
        ),
        ErrorKind::ExpectedDocumentStart | ErrorKind::ExpectedNodeContent => {
            ("this cannot stand here".into(), in_flow(line))
        }
        other => (other.to_string(), ""),
    };
    (message, (!help.is_empty()).then(|| help.to_owned()))
}

const PATH_IN_FLOW: &str = "within { … } and [ … ] a path with [ must be in quotes: \"$.items[0].id\"";

/// True if a line has a path with a bracket in it.
fn has_path(line: &str) -> bool {
    line.split('$').skip(1).any(|path| {
        path.starts_with(['.', '['])
            && path
                .split([' ', ',', '}'])
                .next()
                .is_some_and(|path| path.contains('['))
    })
}

/// Within brackets the brackets of an expression or a path are YAML's own.
fn in_flow(line: &str) -> &'static str {
    if has_path(line) && !line.contains("${{") {
        PATH_IN_FLOW
    } else if line.contains("${{") {
        "within { … } and [ … ] an expression must be in quotes: \"${{ … }}\""
    } else {
        ""
    }
}
