//! Where a value stands inside a JSON document.

use std::fmt;
use std::sync::Arc;

use super::Value;

/// One step down from a value: to the member of an object or to the element of an array.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// The member with this name.
    Key(Arc<str>),
    /// The element at this index, from 0.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(Arc::from(key))
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The place of one value: the steps that lead to it from the root. The empty location is the root.
///
/// Displays as a JSONPath people would write, `$.data[0].name`, with quotes only around a name that needs them:
/// `$['first name']`. Either form selects the value again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location(pub Vec<Segment>);

impl Location {
    /// The root of the document, `$`.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The place one step further down.
    #[must_use]
    pub fn child(&self, segment: impl Into<Segment>) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment.into());
        Self(segments)
    }

    /// The value that stands here in `root`, if any does.
    #[must_use]
    pub fn resolve<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(root, |value, segment| match segment {
            Segment::Key(key) => value.as_object()?.get(&**key),
            Segment::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// The normalized path of RFC 9535, section 2.7: `$['data'][0]['name']`.
    #[must_use]
    pub fn normalized(&self) -> String {
        let mut text = String::from("$");
        for segment in &self.0 {
            // Writing to a string does not fail.
            let _ = write_bracketed(&mut text, segment);
        }
        text
    }
}

impl From<Vec<Segment>> for Location {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}

impl FromIterator<Segment> for Location {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Key(key) if is_plain_name(key) => write!(f, ".{key}"),
            segment => write_bracketed(f, segment),
        })
    }
}

/// Whether a name can follow a dot. Narrower than RFC 9535, section 2.5.1, in that beyond ASCII only letters and digits
/// do, so that nothing invisible stands unquoted.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|character| character == '_' || character.is_alphanumeric())
}

fn write_bracketed(out: &mut impl fmt::Write, segment: &Segment) -> fmt::Result {
    let key = match segment {
        Segment::Index(index) => return write!(out, "[{index}]"),
        Segment::Key(key) => key,
    };
    out.write_str("['")?;
    for character in key.chars() {
        match character {
            '\u{8}' => out.write_str("\\b")?,
            '\t' => out.write_str("\\t")?,
            '\n' => out.write_str("\\n")?,
            '\u{c}' => out.write_str("\\f")?,
            '\r' => out.write_str("\\r")?,
            '\'' => out.write_str("\\'")?,
            '\\' => out.write_str("\\\\")?,
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
            other => out.write_char(other)?,
        }
    }
    out.write_str("']")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        let place = Location::root()
            .child("data")
            .child(0)
            .child("first name")
            .child("größe")
            .child("0a")
            .child("");
        assert_eq!(place.to_string(), "$.data[0]['first name'].größe['0a']['']");
        assert_eq!(
            place.normalized(),
            "$['data'][0]['first name']['größe']['0a']['']"
        );
        assert_eq!(Location::root().to_string(), "$");
    }

    #[test]
    fn control_characters_and_quotes_are_escaped() {
        let place = Location::root().child("\u{8}\t\n\u{c}\r'\\\u{b}\"");
        assert_eq!(place.to_string(), r#"$['\b\t\n\f\r\'\\\u000b"']"#);
    }

    #[test]
    fn a_location_leads_to_its_value() {
        let value = json!({"data": [{"id": 7}]});
        let place = Location::root().child("data").child(0).child("id");
        assert_eq!(place.resolve(&value), Some(&json!(7)));
        assert_eq!(place.child("x").resolve(&value), None);
        assert_eq!(Location::root().child(0).resolve(&value), None);
        assert_eq!(Location::root().resolve(&value), Some(&value));
    }
}
