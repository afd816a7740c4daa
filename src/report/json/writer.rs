//! Whatever serialises as JSON text, made in one buffer that is passed on in large parts.
//!
//! `serde_json` writes each quote, comma and indent to its writer by itself, and what is between two quotes of a body as
//! a piece of its own. Documents of tens of megabytes are made of little else, so here they are added to a buffer.
//! `serde_json` stays the measure: the tests compare the text of both.

use std::fmt;
use std::io;

use serde::ser::{self, Serialize};

use super::escape;
use crate::secret::MOST_AT_ONCE;

/// The room at first, in bytes: an event has enough of it. Asking for more each time makes the allocator tidy up.
const FIRST: usize = 2 * 1024;

/// A line feed, and the indentation of lines up to a depth that no shape of ours reaches.
const INDENT: &str = "\n                                                                ";

/// The name by which `serde_json` tells of a number whose digits are kept, for a serializer to write as they are.
const EXACT_NUMBER: &str = "$serde_json::private::Number";

/// The name by which a text that is JSON already tells of itself.
const MADE: &str = "callsheet::Made";

/// The text of a value, made to be written later as a part of another.
pub(in crate::report) struct Made(Box<str>);

impl Made {
    /// The text of a value on one line.
    ///
    /// # Errors
    /// As [`write`].
    pub(in crate::report) fn new(value: &impl Serialize) -> io::Result<Made> {
        Made::at(0, false, value)
    }

    /// The text of a value on several lines, to stand where so many brackets are open.
    ///
    /// # Errors
    /// As [`write`].
    pub(in crate::report) fn pretty(depth: usize, value: &impl Serialize) -> io::Result<Made> {
        Made::at(depth, true, value)
    }

    fn at(depth: usize, is_pretty: bool, value: &impl Serialize) -> io::Result<Made> {
        let mut text = Vec::new();
        let mut writer = Writer::new(&mut text, is_pretty);
        writer.depth = depth;
        writer.whole(value)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        Ok(Made(text.into_boxed_str()))
    }
}

impl Serialize for Made {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(MADE, &self.0)
    }
}

/// Writes a value on one line.
///
/// # Errors
/// The sink's; or a value that JSON has no text for, which is our bug.
pub(in crate::report) fn write(mut sink: impl io::Write, value: &impl Serialize) -> io::Result<()> {
    Writer::new(&mut sink, false).whole(value)
}

/// Writes a value on as many lines as it has parts.
///
/// # Errors
/// As [`write`].
pub(in crate::report) fn write_pretty(mut sink: impl io::Write, value: &impl Serialize) -> io::Result<()> {
    Writer::new(&mut sink, true).whole(value)
}

/// Why a value could not be written.
#[derive(Debug)]
struct Fault(io::Error);

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault(error)
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault(io::Error::other(message.to_string()))
    }
}

struct Writer<'a> {
    text: Vec<u8>,
    sink: &'a mut dyn io::Write,
    /// Whether each part has a line of its own.
    is_pretty: bool,
    /// Whether strings are written as they are.
    is_bare: bool,
    depth: usize,
}

impl<'a> Writer<'a> {
    fn new(sink: &'a mut dyn io::Write, is_pretty: bool) -> Self {
        Writer {
            text: Vec::with_capacity(FIRST),
            sink,
            is_pretty,
            is_bare: false,
            depth: 0,
        }
    }

    fn whole(mut self, value: &impl Serialize) -> io::Result<()> {
        value.serialize(&mut self)?;
        self.pass()
    }

    fn pass(&mut self) -> io::Result<()> {
        self.sink.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }

    fn string(&mut self, text: &str) {
        if self.is_bare {
            return self.text.extend_from_slice(text.as_bytes());
        }
        self.text.push(b'"');
        escape::push(&mut self.text, text);
        self.text.push(b'"');
    }

    /// Writes what comes as a string and is JSON already.
    fn bare(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        self.is_bare = true;
        value.serialize(&mut *self)?;
        self.is_bare = false;
        Ok(())
    }

    /// Begins what has parts; `open` is its bracket.
    fn begin(&mut self, open: u8) {
        self.text.push(open);
        self.depth += 1;
    }

    /// Begins the next part: what is between it and the one before.
    fn next(&mut self, is_first: bool) -> Result<(), Fault> {
        if !is_first {
            self.text.push(b',');
            if self.text.len() >= MOST_AT_ONCE {
                self.pass()?;
            }
        }
        self.line();
        Ok(())
    }

    fn line(&mut self) {
        if !self.is_pretty {
            return;
        }
        match INDENT.as_bytes().get(..=2 * self.depth) {
            Some(indent) => self.text.extend_from_slice(indent),
            None => {
                self.text.push(b'\n');
                self.text.extend(std::iter::repeat_n(b' ', 2 * self.depth));
            }
        }
    }

    fn colon(&mut self) {
        self.text.push(b':');
        if self.is_pretty {
            self.text.push(b' ');
        }
    }

    /// Begins an object with one member, which a variant with a value is.
    fn begin_variant(&mut self, name: &str) -> Result<(), Fault> {
        self.begin(b'{');
        self.next(true)?;
        self.string(name);
        self.colon();
        Ok(())
    }

    /// Ends what has parts; `is_empty` if it turned out to have none.
    fn end(&mut self, is_empty: bool, close: u8) {
        self.depth -= 1;
        if !is_empty {
            self.line();
        }
        self.text.push(close);
    }
}

/// An array or an object that is being written.
struct Parts<'w, 'a> {
    writer: &'w mut Writer<'a>,
    is_first: bool,
    close: u8,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Plain,
    /// The value of a variant, which is the one member of an object.
    Variant,
    /// No object at all, but a number whose digits are its one field.
    ExactNumber,
}

impl<'w, 'a> Parts<'w, 'a> {
    fn begin(writer: &'w mut Writer<'a>, open: u8, close: u8, kind: Kind) -> Self {
        if kind != Kind::ExactNumber {
            writer.begin(open);
        }
        Parts {
            writer,
            is_first: true,
            close,
            kind,
        }
    }

    fn next(&mut self) -> Result<(), Fault> {
        self.writer.next(self.is_first)?;
        self.is_first = false;
        Ok(())
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        self.next()?;
        value.serialize(&mut *self.writer)
    }

    fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        if self.kind == Kind::ExactNumber {
            // The digits come as a string.
            return self.writer.bare(value);
        }
        self.next()?;
        // The names of our fields have nothing to escape.
        self.writer.text.push(b'"');
        self.writer.text.extend_from_slice(name.as_bytes());
        self.writer.text.push(b'"');
        self.writer.colon();
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), Fault> {
        if self.kind == Kind::ExactNumber {
            return Ok(());
        }
        self.writer.end(self.is_first, self.close);
        if self.kind == Kind::Variant {
            self.writer.end(false, b'}');
        }
        Ok(())
    }
}

/// Numbers, as their digits.
macro_rules! integers {
    ($($method:ident: $integer:ty),*) => {
        $(fn $method(self, value: $integer) -> Result<(), Fault> {
            self.text.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            Ok(())
        })*
    };
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Parts<'w, 'a>;
    type SerializeTuple = Parts<'w, 'a>;
    type SerializeTupleStruct = Parts<'w, 'a>;
    type SerializeTupleVariant = Parts<'w, 'a>;
    type SerializeMap = Parts<'w, 'a>;
    type SerializeStruct = Parts<'w, 'a>;
    type SerializeStructVariant = Parts<'w, 'a>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.text.extend_from_slice(word);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Fault> {
        serde_json::to_writer(&mut self.text, &value).map_err(|error| Fault(error.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Fault> {
        serde_json::to_writer(&mut self.text, &value).map_err(|error| Fault(error.into()))
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        self.string(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.text.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        if name == MADE {
            return self.bare(value);
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.begin_variant(variant)?;
        value.serialize(&mut *self)?;
        self.end(false, b'}');
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Parts<'w, 'a>, Fault> {
        Ok(Parts::begin(self, b'[', b']', Kind::Plain))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Parts<'w, 'a>, Fault> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Parts<'w, 'a>, Fault> {
        self.begin_variant(variant)?;
        Ok(Parts::begin(self, b'[', b']', Kind::Variant))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Parts<'w, 'a>, Fault> {
        Ok(Parts::begin(self, b'{', b'}', Kind::Plain))
    }

    fn serialize_struct(self, name: &'static str, _length: usize) -> Result<Parts<'w, 'a>, Fault> {
        let kind = if name == EXACT_NUMBER {
            Kind::ExactNumber
        } else {
            Kind::Plain
        };
        Ok(Parts::begin(self, b'{', b'}', kind))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Parts<'w, 'a>, Fault> {
        self.begin_variant(variant)?;
        Ok(Parts::begin(self, b'{', b'}', Kind::Variant))
    }
}

/// The traits of what has elements, and of what has fields.
macro_rules! parts {
    ($($part:ident: $method:ident),*; $($whole:ident),*) => {
        $(impl ser::$part for Parts<'_, '_> {
            type Ok = ();
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                self.element(value)
            }

            fn end(self) -> Result<(), Fault> {
                self.close()
            }
        })*
        $(impl ser::$whole for Parts<'_, '_> {
            type Ok = ();
            type Error = Fault;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Fault> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Fault> {
                self.close()
            }
        })*
    };
}

parts!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field;
    SerializeStruct, SerializeStructVariant
);

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.next()?;
        let start = self.writer.text.len();
        key.serialize(&mut *self.writer)?;
        if self.writer.text.get(start) != Some(&b'"') {
            return Err(ser::Error::custom("a name that is no string"));
        }
        self.writer.colon();
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Fault> {
        self.close()
    }
}
