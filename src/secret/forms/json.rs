//! JSON string escapes (RFC 8259, section 7), in the ways writers choose among them.

use std::fmt::Write as _;

/// What a writer escapes beyond what it must.
#[derive(Clone, Copy)]
struct Style {
    /// Everything outside ASCII, as `\u` with surrogates.
    non_ascii: bool,
    /// `/` as `\/`.
    slash: bool,
    /// These characters as `\u`, for HTML's sake.
    html: &'static str,
    /// `\u` with digits in upper case.
    upper: bool,
}

/// The style of serde_json and of ECMAScript's `JSON.stringify`.
const LEAST: Style = Style {
    non_ascii: false,
    slash: false,
    html: "",
    upper: false,
};

/// The text in each style, without the quotes.
pub(super) fn encodings(text: &str) -> Vec<String> {
    let mut encodings = Vec::new();
    for non_ascii in [false, true] {
        for slash in [false, true] {
            // Go's encoder takes the first set, templates the second.
            for html in ["", "<>&\u{2028}\u{2029}", "<>&'"] {
                for upper in [false, true] {
                    encodings.push(encode(
                        text,
                        Style {
                            non_ascii,
                            slash,
                            html,
                            upper,
                        },
                    ));
                }
            }
        }
    }
    encodings
}

/// The text in the two styles most writers have: the least escapes, and all but ASCII escaped.
pub(super) fn usual(text: &str) -> Vec<String> {
    vec![
        least(text),
        encode(
            text,
            Style {
                non_ascii: true,
                ..LEAST
            },
        ),
    ]
}

/// The text with the least escapes.
pub(super) fn least(text: &str) -> String {
    encode(text, LEAST)
}

fn encode(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' if style.slash => out.push_str("\\/"),
            _ if needs_unicode_escape(character, style) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let written = if style.upper {
                        write!(out, "\\u{unit:04X}")
                    } else {
                        write!(out, "\\u{unit:04x}")
                    };
                    written.expect("writing to a string succeeds");
                }
            }
            _ => out.push(character),
        }
    }
    out
}

fn needs_unicode_escape(character: char, style: Style) -> bool {
    character < ' ' || (style.non_ascii && !character.is_ascii()) || style.html.contains(character)
}
