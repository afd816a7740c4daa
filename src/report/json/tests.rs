//! The text that `serde_json` itself would write is the measure of ours.

use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};
use serde_json::{Serializer, Value, json};

use super::{write, write_pretty};
use crate::untrusted;

/// What `serde_json` writes with the layout of one of its formatters, and what acts or commands in strings escaped: as
/// plainly as that can be said, and slower than ours.
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

fn measure<F: Formatter>(value: &impl Serialize, layout: F) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, Inert::new(layout));
    value.serialize(&mut serializer).unwrap();
    String::from_utf8(text).unwrap()
}

fn compact(value: &impl Serialize) -> String {
    let mut text = Vec::new();
    write(&mut text, value).unwrap();
    String::from_utf8(text).unwrap()
}

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
fn hashes_do_not_meet_across_strings() {
    assert_eq!(
        compact(&json!({"#": "#", "#\n#": []})),
        r##"{"#":"#","#\n#":[]}"##
    );
}

/// Every kind of thing that serialises.
#[derive(Clone, Debug, Serialize)]
enum Shape {
    Unit,
    Newtype(Option<Box<Shape>>),
    Tuple(i8, u16, char, Nothing),
    Struct {
        float: f64,
        small: f32,
        bytes: (bool, ()),
        map: BTreeMap<String, Vec<Shape>>,
        pair: Pair,
        wrapped: Wrapped,
        value: Value,
    },
}

#[derive(Clone, Debug, Serialize)]
struct Nothing;

#[derive(Clone, Debug, Serialize)]
struct Pair(u64, i64);

#[derive(Clone, Debug, Serialize)]
struct Wrapped(String);

/// A member's name in another form than a string.
#[test]
fn a_name_is_a_string() {
    let names: BTreeMap<u8, u8> = [(1, 2)].into();
    assert!(write(Vec::new(), &names).is_err());
}

#[test]
fn a_text_longer_than_the_buffer_is_whole() {
    let many: Vec<String> = (0..20_000)
        .map(|number| format!("{number} \"and\" more"))
        .collect();
    assert_eq!(pretty(&many), measure(&many, PrettyFormatter::new()));
    let deep = (0..60).fold(json!([1.50]), |inner, _| json!({ "a": [inner] }));
    assert_eq!(pretty(&deep), measure(&deep, PrettyFormatter::new()));
}

#[test]
fn a_sink_that_fails_is_told() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write(Full, &"a").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let number = prop_oneof![
        any::<f64>().prop_map(Value::from),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,30})?".prop_map(|digits| serde_json::from_str(&digits).unwrap()),
    ];
    let leaf = prop_oneof![
        Just(Shape::Unit),
        Just(Shape::Newtype(None)),
        (any::<i8>(), any::<u16>(), any::<char>()).prop_map(|(a, b, c)| Shape::Tuple(a, b, c, Nothing)),
    ];
    leaf.prop_recursive(4, 30, 4, move |inner| {
        let map = proptest::collection::btree_map(
            any::<String>(),
            proptest::collection::vec(inner.clone(), 0..3),
            0..3,
        );
        let rest = (
            any::<(f64, f32, bool, u64, i64)>(),
            any::<String>(),
            number.clone(),
        );
        prop_oneof![
            inner.prop_map(|shape| Shape::Newtype(Some(Box::new(shape)))),
            (map, rest).prop_map(|(map, ((float, small, yes, a, b), text, number))| Shape::Struct {
                float,
                small,
                bytes: (yes, ()),
                map,
                pair: Pair(a, b),
                wrapped: Wrapped(text),
                value: json!({ "number": number, "none": null, "list": [] }),
            }),
        ]
    })
}

proptest! {
    #[test]
    fn the_text_is_what_serde_json_writes(
        shape in any_shape(),
        text in "(#|##|\\[|[\u{0}-\u{7f}]|\u{ad}|é|\u{202e}|\u{e0041}|\"|\\\\){0,24}",
    ) {
        prop_assert_eq!(compact(&shape), measure(&shape, CompactFormatter));
        prop_assert_eq!(pretty(&shape), measure(&shape, PrettyFormatter::new()));
        prop_assert_eq!(compact(&text), measure(&text, CompactFormatter));
    }

    #[test]
    fn the_value_stays(text in any::<String>(), hashes in "[#a\u{200b}\\[\n]{0,8}") {
        let value = json!({ text: hashes, "more": [1.5, {}, [], null, {"a": [true]}] });
        let written = pretty(&value);
        prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &value);
        prop_assert_eq!(untrusted::guard_ci(&written), written.as_str());
        prop_assert_eq!(untrusted::block(&written), written.as_str());
        prop_assert_eq!(&serde_json::from_str::<Value>(&compact(&value)).unwrap(), &value);
    }
}
