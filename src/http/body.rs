//! A received body: bytes, and the readings of them that are made once.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8};
use http::HeaderValue;
use serde_json::Value;

use crate::json::path::Location;
use crate::json::{self, PlainSegment, Tree};

/// A decoded body. Its JSON is parsed on the first question and kept.
#[derive(Clone)]
pub struct Body {
    bytes: Bytes,
    charset: &'static Encoding,
    json: OnceLock<Result<Tree, String>>,
}

impl Body {
    /// A body whose text is in the charset its content type names, UTF-8 where it names none or none that is known.
    #[must_use]
    pub fn new(bytes: Bytes, content_type: Option<&HeaderValue>) -> Body {
        let charset = content_type
            .and_then(|value| charset_of(value.as_bytes()))
            .unwrap_or(UTF_8);
        Body {
            bytes,
            charset,
            json: OnceLock::new(),
        }
    }

    /// The bytes, after content codings.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text. A byte order mark decides over the charset and is not part of the text; what is malformed becomes
    /// U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.charset.decode(&self.bytes).0
    }

    /// The values at plain paths of the JSON, without reading the rest of it into values: see [`json::pick`]. Nothing
    /// also where the whole was read already, and for another charset than UTF-8.
    #[must_use]
    pub fn pick(&self, paths: &[&[PlainSegment]]) -> Option<Vec<Option<Value>>> {
        if self.charset != UTF_8 || self.json.get().is_some() {
            return None;
        }
        json::pick(std::str::from_utf8(self.without_mark()).ok()?, paths)
    }

    /// The JSON value.
    ///
    /// # Errors
    /// Why the body is not JSON, with the line and column. The message does not repeat any of the body.
    pub fn json(&self) -> Result<&Value, &str> {
        self.tree().map(|tree| &tree.value)
    }

    /// Where members of one name stand in one object of the JSON; nothing where it is none.
    #[must_use]
    pub fn doubled(&self) -> &[Location] {
        self.tree()
            .map(|tree| tree.doubled.as_slice())
            .unwrap_or_default()
    }
}

impl Body {
    fn tree(&self) -> Result<&Tree, &str> {
        self.json
            .get_or_init(|| {
                let read = if self.charset == UTF_8 {
                    json::read(self.without_mark())
                } else {
                    json::read(self.text().as_bytes())
                };
                read.map_err(|error| self.not_json(&error))
            })
            .as_ref()
            .map_err(String::as_str)
    }

    /// The bytes without the byte order mark of UTF-8.
    fn without_mark(&self) -> &[u8] {
        self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes)
    }

    /// Why the body is not JSON. Only markup and emptiness are told in detail: other text may be a token, and a piece
    /// of one is nothing a mask would find.
    fn not_json(&self, error: &json::JsonError) -> String {
        let text = self.bytes.trim_ascii_start();
        if text.is_empty() || text.starts_with(b"<") {
            error.to_string()
        } else {
            format!("not JSON (line {}, column {})", error.line, error.column)
        }
    }
}

impl Default for Body {
    fn default() -> Body {
        Body::from(Bytes::new())
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        Body::new(bytes, None)
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.bytes == other.bytes && self.charset == other.charset
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    /// Shows the length alone: a body may hold a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Body")
            .field("length", &self.len())
            .finish_non_exhaustive()
    }
}

/// The encoding named by a content type's `charset` parameter (RFC 9110 §8.3.1).
fn charset_of(content_type: &[u8]) -> Option<&'static Encoding> {
    content_type
        .split(|byte| *byte == b';')
        .skip(1)
        .find_map(|parameter| {
            let mut halves = parameter.splitn(2, |byte| *byte == b'=');
            let name = halves.next()?.trim_ascii();
            let value = halves.next()?.trim_ascii();
            let value = value
                .strip_prefix(b"\"")
                .and_then(|rest| rest.strip_suffix(b"\""))
                .unwrap_or(value);
            name.eq_ignore_ascii_case(b"charset")
                .then(|| Encoding::for_label(value))
                .flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: &'static [u8], content_type: &'static str) -> Body {
        Body::new(
            Bytes::from_static(bytes),
            Some(&HeaderValue::from_static(content_type)),
        )
    }

    #[test]
    fn text_is_read_in_the_named_charset() {
        assert_eq!(body(b"caf\xc3\xa9", "text/plain").text(), "café");
        assert_eq!(body(b"caf\xe9", "text/plain; charset=ISO-8859-1").text(), "café");
        assert_eq!(
            body(b"caf\xe9", "text/plain;format=flowed; Charset=\"latin1\"").text(),
            "café"
        );
        assert_eq!(body(b"\x80", "text/plain; charset=windows-1252").text(), "€");
        assert_eq!(body(b"caf\xc3\xa9", "text/plain; charset=no-such").text(), "café");
        assert_eq!(body(b"caf\xe9", "text/plain").text(), "caf\u{fffd}");
    }

    #[test]
    fn json_is_parsed_once_and_past_a_byte_order_mark() {
        let body = body(b"\xef\xbb\xbf{\"total\":1.10}", "application/json");
        let first: *const Value = body.json().unwrap();
        assert_eq!(body.json().unwrap()["total"].to_string(), "1.10");
        assert!(std::ptr::eq(first, body.json().unwrap()));
    }

    #[test]
    fn what_is_not_json_says_where() {
        let error = body(b"{\"card\": 4242x}", "application/json")
            .json()
            .unwrap_err()
            .to_owned();
        assert!(error.contains("line 1, column"), "{error}");
        assert!(!error.contains("4242"), "{error}");
    }
}
