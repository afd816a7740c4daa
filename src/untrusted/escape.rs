//! Characters that act instead of showing, as visible escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Ranges of characters that are invisible or rearrange what is around them, beside the control characters: bidi
/// controls, separators, zero-width characters, tags. They are Unicode's `Default_Ignorable_Code_Point`s and the line
/// and paragraph separators, without the variation selectors U+FE00 to U+FE0F, which emoji need.
const HIDDEN: [(char, char); 19] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character acts on the text around it, or shows nothing at all, instead of being read.
pub(super) fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || HIDDEN
            .iter()
            .any(|&(first, last)| (first..=last).contains(&character))
}

/// Writes the escape of one character: `\n`, `\r`, `\t`, or its code point as `\u{202e}`.
pub(super) fn push_escape(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => write!(out, "\\u{{{:x}}}", u32::from(character)).expect("writing to a string succeeds"),
    }
}

/// Escapes what `needs_escape` picks, and borrows the text when it picks nothing.
pub(super) fn escape(text: &str, needs_escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Plain text, which nearly all text is, is seen many bytes at once.
    if text
        .bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
    {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(&needs_escape) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for character in text[first..].chars() {
        if needs_escape(character) {
            push_escape(&mut out, character);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Shows text on one line: control, bidi, separator, zero-width and tag characters appear as visible escapes (`\n`,
/// `\t`, `\u{202e}`). A backslash stays as it is, so that text without such characters is shown unchanged.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden)
}

/// Shows text on as many lines as it has: newlines and tabs are kept, `\r\n` is a newline, and all else is as in
/// [`line()`].
pub fn block(text: &str) -> Cow<'_, str> {
    let escape_rest = |character: char| is_hidden(character) && !matches!(character, '\n' | '\t');
    if text.contains("\r\n") {
        let lines = text.replace("\r\n", "\n");
        return Cow::Owned(escape(&lines, escape_rest).into_owned());
    }
    escape(text, escape_rest)
}

/// Shows bytes on one line as [`line()`] does, with bytes that are not UTF-8 as `\xff`.
pub fn bytes_line(bytes: &[u8]) -> String {
    show_bytes(bytes, line)
}

/// Shows bytes on as many lines as they have, as [`block`] does, with bytes that are not UTF-8 as `\xff`.
pub fn bytes_block(bytes: &[u8]) -> String {
    show_bytes(bytes, block)
}

fn show_bytes(bytes: &[u8], show: impl Fn(&str) -> Cow<'_, str>) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&show(chunk.valid()));
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}").expect("writing to a string succeeds");
        }
    }
    out
}
