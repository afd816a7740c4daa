//! Text within a JSON string that reads back the same, in which no character acts on a terminal and no line commands a
//! CI runner.

use std::io::Write as _;

use crate::untrusted;

/// Adds a text to JSON, without the quotes around it.
///
/// Beside what JSON itself asks for, characters that act are written as `\\u202e`, and the second of two `#` as
/// `\\u0023`, since `##[…]` and `##vso[…]` are commands anywhere in a line. All of them can stand in strings only, so the
/// value stays what it was. `::name::` counts at the start of a line alone, where JSON on several lines has no text of its
/// own.
pub(super) fn push(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    // Up to where the text is written, and up to where it was looked at.
    let mut written = 0;
    let mut at = 0;
    // Where a `#` is that was not escaped.
    let mut hash = None;
    while let Some(plain) = bytes[at..].iter().position(|byte| NOTABLE[usize::from(*byte)]) {
        at += plain;
        let byte = bytes[at];
        if matches!(byte, b'"' | b'\\') {
            // Most of what is escaped is a quote of JSON within JSON; the character itself follows the backslash.
            out.extend_from_slice(&bytes[written..at]);
            out.push(b'\\');
            written = at;
            at += 1;
            continue;
        }
        let character = text[at..]
            .chars()
            .next()
            .expect("a notable byte begins a character");
        let next = at + character.len_utf8();
        let is_second = byte == b'#' && at > 0 && hash == Some(at - 1);
        if is_second || is_escaped(character) {
            out.extend_from_slice(&bytes[written..at]);
            push_escaped(out, character);
            written = next;
        } else if byte == b'#' {
            hash = Some(at);
        }
        at = next;
    }
    out.extend_from_slice(&bytes[written..]);
}

/// The bytes that may be of a character that is to be looked at.
const NOTABLE: [bool; 256] = {
    let mut notable = [false; 256];
    let mut byte = 0;
    while byte < notable.len() {
        let is_plain = byte >= 0x20 && byte < 0x7f;
        notable[byte] = !is_plain || matches!(byte as u8, b'"' | b'\\' | b'#');
        byte += 1;
    }
    notable
};

/// Whether a character other than a quote and a backslash is never written as it is.
fn is_escaped(character: char) -> bool {
    match character {
        '\0'..' ' => true,
        ' '..='~' => false,
        _ => {
            let mut bytes = [0; 4];
            let one = character.encode_utf8(&mut bytes);
            untrusted::line(one) != *one
        }
    }
}

fn push_escaped(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("a buffer takes what is written to it");
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
