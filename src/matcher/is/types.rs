//! The types and formats that `is` knows, each with a small function.

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use uuid::Uuid;

use super::{email, jwt, time, uri};
use crate::json;

/// A type of a value or a format of a text.
#[derive(Debug)]
pub(super) struct Type {
    /// The word people write.
    pub(super) name: &'static str,
    /// In a sentence: `a string`.
    pub(super) words: &'static str,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Value(fn(&Value) -> bool),
    /// Nothing but a text passes.
    Text(fn(&str) -> bool),
}

impl Type {
    /// Whether a value is of it.
    pub(super) fn includes(&self, value: &Value) -> bool {
        match self.test {
            Test::Value(is) => is(value),
            Test::Text(is) => value.as_str().is_some_and(is),
        }
    }
}

const fn of_values(name: &'static str, words: &'static str, is: fn(&Value) -> bool) -> Type {
    Type {
        name,
        words,
        test: Test::Value(is),
    }
}

const fn of_texts(name: &'static str, words: &'static str, is: fn(&str) -> bool) -> Type {
    Type {
        name,
        words,
        test: Test::Text(is),
    }
}

/// Every type, in the order of the reference page.
pub(super) const TYPES: &[Type] = &[
    of_values("string", "a string", Value::is_string),
    of_values("integer", "an integer", |value| json::kind(value) == "integer"),
    of_values("number", "a number", Value::is_number),
    of_values("boolean", "a boolean", Value::is_boolean),
    of_values("null", "null", Value::is_null),
    of_values("array", "an array", Value::is_array),
    of_values("object", "an object", Value::is_object),
    of_texts("uuid", "a UUID (RFC 9562)", is_uuid),
    of_texts("email", "an email address", email::is_email),
    of_texts("uri", "a URI (RFC 3986)", uri::is_uri),
    of_texts("date", "a date (RFC 3339)", time::is_date),
    of_texts("date-time", "a date with a time (RFC 3339)", time::is_date_time),
    of_texts("ipv4", "an IPv4 address", |text| text.parse::<Ipv4Addr>().is_ok()),
    of_texts("ipv6", "an IPv6 address", |text| text.parse::<Ipv6Addr>().is_ok()),
    of_texts("jwt", "a JSON Web Token (RFC 7519)", jwt::is_jwt),
    of_texts("base64", "base64 (RFC 4648, section 4)", is_base64),
];

/// The form with hyphens; the crate reads others as well.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// The standard alphabet, padded. An empty text encodes nothing and is not taken for base64.
fn is_base64(text: &str) -> bool {
    !text.is_empty() && STANDARD.decode(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::TYPES;

    fn is(name: &str, value: &Value) -> bool {
        let found = TYPES.iter().find(|it| it.name == name).expect(name);
        found.includes(value)
    }

    #[test]
    fn every_type_tells_its_own_from_others() {
        let uuid = "0190a5d0-7c4e-7b1a-9f6e-3a2b1c0d9e8f";
        for (name, yes, no) in [
            ("string", json!("a"), json!(1)),
            ("integer", json!(1), json!(1.5)),
            ("number", json!(1.5), json!("1.5")),
            ("boolean", json!(false), json!("false")),
            ("null", json!(null), json!(false)),
            ("array", json!([]), json!({})),
            ("object", json!({}), json!([])),
            ("uuid", json!(uuid), json!(uuid.replace('-', ""))),
            ("email", json!("jo@example.com"), json!("jo@")),
            ("uri", json!("https://example.com/a?b#c"), json!("/a")),
            ("date", json!("2024-02-29"), json!("2023-02-29")),
            ("date-time", json!("2024-02-29T12:00:00Z"), json!("2024-02-29")),
            ("ipv4", json!("127.0.0.1"), json!("127.0.0.256")),
            ("ipv6", json!("::1"), json!("::g")),
            ("jwt", json!("eyJhbGciOiJub25lIn0.e30."), json!("a.b.c")),
            ("base64", json!("aGk="), json!("aGk")),
        ] {
            assert!(is(name, &yes), "{yes} is {name}");
            assert!(!is(name, &no), "{no} is not {name}");
        }
        assert_eq!(TYPES.len(), 16);
        assert!(is("integer", &serde_json::from_str("1.0").expect("a number")));
    }
}
