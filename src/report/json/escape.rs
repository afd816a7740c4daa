//! JSON text that reads back the same, in which no character acts on a terminal and no line commands a CI runner.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use crate::untrusted;

/// Writes a value on one line.
///
/// # Errors
/// The writer's; or a value that JSON has no text for, which is our bug.
pub(in crate::report) fn write(writer: impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(writer, Inert::new(CompactFormatter));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes a value on as many lines as it has parts.
///
/// # Errors
/// As [`write`].
pub(in crate::report) fn write_pretty(writer: impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(writer, Inert::new(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes characters that act as `\u202e`, and the second of two `#` as `\u0023`, since `##[…]` and `##vso[…]` are
/// commands anywhere in a line. All of them can stand in strings only, so the value stays what it was. `::name::`
/// counts at the start of a line alone, where JSON on several lines has no text of its own.
///
/// What is around strings is another formatter's.
struct Inert<F> {
    layout: F,
    /// Whether the last character written of a string is a `#`.
    after_hash: bool,
}

impl<F> Inert<F> {
    fn new(layout: F) -> Self {
        Inert {
            layout,
            after_hash: false,
        }
    }

    fn text<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        if !text.bytes().fold(false, |found, byte| found | is_notable(byte)) {
            self.after_hash &= text.is_empty();
            return writer.write_all(text.as_bytes());
        }
        let mut written = 0;
        for (at, character) in text.char_indices() {
            let is_second = character == '#' && self.after_hash;
            if is_second || acts(character) {
                writer.write_all(&text.as_bytes()[written..at])?;
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = at + character.len_utf8();
            }
            self.after_hash = character == '#' && !is_second;
        }
        writer.write_all(&text.as_bytes()[written..])
    }
}

/// Whether a byte may be one of a character that is to be looked at.
fn is_notable(byte: u8) -> bool {
    byte >= 0x7f || byte == b'#' || byte < b' '
}

fn acts(character: char) -> bool {
    match character {
        '\n' | ' '..='~' => false,
        _ => {
            let mut bytes = [0; 4];
            let one = character.encode_utf8(&mut bytes);
            untrusted::line(one) != *one
        }
    }
}

impl<F: Formatter> Formatter for Inert<F> {
    fn begin_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.after_hash = false;
        self.layout.begin_string(writer)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.text(writer, fragment)
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.after_hash = false;
        self.layout.write_char_escape(writer, escape)
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.after_hash = false;
        self.text(writer, fragment)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn pretty(value: &impl Serialize) -> String {
        let mut text = Vec::new();
        write_pretty(&mut text, value).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn what_acts_is_escaped() {
        assert_eq!(
            pretty(&["##[a] ###b \u{202e}\u{7f}\u{e0041}"]),
            "[\n  \"#\\u0023[a] #\\u0023#b \\u202e\\u007f\\udb40\\udc41\"\n]"
        );
    }

    #[test]
    fn hashes_meet_where_a_text_comes_in_parts_and_not_across_strings() {
        let mut text = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut text, Inert::new(CompactFormatter));
        serde::Serializer::collect_str(&mut serializer, &format_args!("{}{}", "a#", "#b")).unwrap();
        assert_eq!(text, br#""a#\u0023b""#);
        let mut text = Vec::new();
        write(&mut text, &json!({"#": "#", "#\n#": []})).unwrap();
        assert_eq!(text, br##"{"#":"#","#\n#":[]}"##);
    }

    proptest! {
        #[test]
        fn the_value_stays(text in any::<String>(), hashes in "[#a\u{200b}\\[\n]{0,8}") {
            let value = json!({ text: hashes, "more": [1.5, {}, [], null, {"a": [true]}] });
            let written = pretty(&value);
            prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &value);
            prop_assert_eq!(untrusted::guard_ci(&written), written.as_str());
            prop_assert_eq!(untrusted::block(&written), written.as_str());
            let mut line = Vec::new();
            write(&mut line, &value).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Value>(&line).unwrap(), &value);
        }
    }
}
